import { PLAINTEXT_PREFIX } from '../../accounts/password_digest.ts';
import { type ClientMetadata, METADATA_DEFAULTS } from '../../spec/client_metadata.ts';
import { needsRawSecret } from '../../spec/client_problems.ts';
import { clients } from '../../store/collections.ts';
import type { StoredClient } from '../../store/records.ts';
import { audit, differencesOf } from '../audit.ts';
import { ensureKeysFor, keyIdProblems } from '../client_algorithms.ts';
import { originChange } from '../client_origins.ts';
import type { Engine } from '../engine.ts';
import { sectorChangeProblem, sectorProblem } from '../sector.ts';
import { parseClientOptions } from './client_options.ts';
import type { ImportContext, ImportRow } from './import.ts';
import type { PlannedClient } from './import_plan.ts';
import { done, type Outcome, refused } from './outcome.ts';

const MAX_ATTEMPTS = 8;

/** A client comes as a client of the import; those of the file, and those that came otherwise, stay what they are. */
export async function importClient(
  planned: PlannedClient,
  kids: ReadonlySet<string>,
  context: ImportContext,
): Promise<ImportRow> {
  const { engine, by, isDry } = context;
  const { client_id } = planned;
  const { issuer } = engine.settings;
  const row = { kind: 'client', id: client_id } as const;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await clients.get(engine.store, issuer, client_id);
    const next = await recordOf(planned, entry?.value, kids, context);
    if (next.kind === 'refused') return { ...row, state: 'conflict', why: next.problem };
    const before = entry && { ...METADATA_DEFAULTS, ...entry.value };
    const changes = differencesOf(before ?? {}, next.value);
    if (before !== undefined && Object.keys(changes).length === 0) return { ...row, state: 'same' };
    const state = before === undefined ? 'added' : 'changed';
    const done = { ...row, state, ...before !== undefined && { changes } } as const;
    if (isDry) return done;
    const action = before === undefined ? 'client.created' : 'client.updated';
    const origins = originChange(client_id, entry?.value, next.value, engine);
    const outcome = await engine.store.commit({
      check: [entry === undefined ? clients.absent(issuer, client_id) : clients.check(entry)],
      put: [
        clients.put([issuer, client_id], next.value),
        ...origins.put,
        audit({ action, target: client_id, before, after: next.value }, by, engine),
      ],
      remove: origins.remove,
    });
    if (outcome === 'conflict') continue;
    await ensureKeysFor([next.value], engine);
    return done;
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
  const options = parseClientOptions(metadata, client_secret !== undefined, settings);
  if (options.kind === 'refused') return options;
  const [wrongKey] = keyIdProblems(options.value, engine)
    .filter(({ field }) => !isDry || !kids.has(String(metadata[field])));
  if (wrongKey !== undefined) return refused(`${wrongKey.field} ${wrongKey.problem}`);
  const next = { ...options.value, client_id };
  const sector = (before && sectorChangeProblem(before, next)) ??
    await sectorProblem(next, engine, before);
  if (sector !== undefined) return refused(`${sector.field} ${sector.problem}`);
  const nowSeconds = Math.floor(engine.now());
  return done({
    ...next,
    ...client_secret !== undefined &&
      { client_secret: keptSecret(client_secret, options.value, before, engine) },
    client_id_issued_at: before?.client_id_issued_at ?? nowSeconds,
    provenance: 'import',
    created_at: before?.created_at ?? nowSeconds,
    updated_at: nowSeconds,
  });
}

/** What is kept of a secret: digests as they are; of the secret itself as little as its uses allow. */
function keptSecret(
  secret: string,
  metadata: ClientMetadata,
  before: StoredClient | undefined,
  { keys }: Engine,
): string {
  if (!secret.startsWith(PLAINTEXT_PREFIX)) return secret;
  const raw = secret.slice(PLAINTEXT_PREFIX.length);
  const old = before?.client_secret;
  if (needsRawSecret(metadata)) {
    return old !== undefined && keys.openSecret(old) === raw ? old : keys.sealSecret(raw);
  }
  return old !== undefined && keys.matchesSecret(raw, old) ? old : keys.digestSecret(raw);
}
