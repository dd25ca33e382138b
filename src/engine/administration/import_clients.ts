import { PLAINTEXT_PREFIX } from '../../accounts/password_digest.ts';
import { type ClientMetadata, METADATA_DEFAULTS } from '../../spec/client_metadata.ts';
import { usesSecret } from '../../spec/client_proof.ts';
import { clients } from '../../store/collections.ts';
import type { StoredClient } from '../../store/records.ts';
import { differencesOf } from '../audit.ts';
import { ensureKeysFor } from '../client_algorithms.ts';
import { clientWrite, keptSecret } from '../client_records.ts';
import type { Engine } from '../engine.ts';
import { sectorChangeProblem } from '../sector.ts';
import { metadataProblems, parseMetadata, problemText } from './client_options.ts';
import type { ImportContext, ImportRow } from './import.ts';
import type { PlannedClient } from './import_plan.ts';
import { done, type Outcome, refused } from './outcome.ts';

const MAX_ATTEMPTS = 8;

/** A client comes as one of the import; those of the file, and those that came otherwise, stay what they are. */
export async function importClient(
  planned: PlannedClient,
  kids: ReadonlySet<string>,
  context: ImportContext,
): Promise<ImportRow> {
  const { engine, by, isDry } = context;
  const { client_id } = planned;
  const row = { kind: 'client', id: client_id } as const;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await clients.get(engine.store, engine.settings.issuer, client_id);
    const next = await recordOf(planned, entry?.value, kids, context);
    if (next.kind === 'refused') return { ...row, state: 'conflict', why: next.problem };
    const changes = entry && differencesOf({ ...METADATA_DEFAULTS, ...entry.value }, next.value);
    if (changes !== undefined && Object.keys(changes).length === 0) {
      return { ...row, state: 'same' };
    }
    const result = changes === undefined
      ? { ...row, state: 'added' } as const
      : { ...row, state: 'changed', changes } as const;
    if (isDry) return result;
    const committed = await engine.store.commit(clientWrite(entry, next.value, by, engine));
    if (committed === 'conflict') continue;
    await ensureKeysFor([next.value], engine);
    return result;
  }
  return { ...row, state: 'conflict', why: 'is being changed by others: try again' };
}

/** The record as it is to be. */
async function recordOf(
  { client_id, metadata, client_secret }: PlannedClient,
  before: StoredClient | undefined,
  kids: ReadonlySet<string>,
  { engine, settings, isDry }: ImportContext,
): Promise<Outcome<StoredClient>> {
  if (settings.clients.has(client_id)) {
    return refused('is defined in the configuration file: change it there');
  }
  if (before !== undefined && before.provenance !== 'import') {
    return refused(`is here already, and came by ${before.provenance}`);
  }
  const parsed = parseMetadata(metadata, { settings });
  if (!parsed.ok) return refused(problemText(parsed.problems));
  const next = { ...parsed.metadata, client_id };
  if (usesSecret(next) && client_secret === undefined) return refused('has no secret in the file');
  const problems = await metadataProblems(parsed.metadata, { ...engine, settings }, before);
  const left = problems.filter(({ field }) =>
    !isDry || !field.endsWith('_key_id') || !kids.has(String(metadata[field]))
  );
  if (left.length > 0) return refused(problemText(left));
  const sector = before && sectorChangeProblem(before, next);
  if (sector !== undefined) return refused(problemText([sector]));
  const nowSeconds = Math.floor(engine.now());
  return done({
    ...next,
    ...client_secret !== undefined &&
      { client_secret: secretOf(client_secret, next, before, engine) },
    client_id_issued_at: before?.client_id_issued_at ?? nowSeconds,
    provenance: 'import',
    created_at: before?.created_at ?? nowSeconds,
    updated_at: nowSeconds,
  });
}

/** What is kept of a secret: foreign digests as they are; of a secret that is kept already, what is kept. */
function secretOf(
  secret: string,
  metadata: ClientMetadata,
  before: StoredClient | undefined,
  engine: Engine,
): string {
  if (!secret.startsWith(PLAINTEXT_PREFIX)) return secret;
  const raw = secret.slice(PLAINTEXT_PREFIX.length);
  const old = before?.client_secret ?? '';
  const kept = keptSecret(raw, metadata, engine);
  const [form] = /^\$\w+\$/.exec(kept) ?? [];
  const isKept = form !== undefined && old.startsWith(form) &&
    (engine.keys.openSecret(old) === raw || engine.keys.matchesSecret(raw, old));
  return isKept ? old : kept;
}
