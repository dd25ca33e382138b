import { randomClientSecret } from '../../keys/digest.ts';
import { isClientId } from '../../spec/client_id.ts';
import { type ClientMetadata, isMetadataField } from '../../spec/client_metadata.ts';
import type { ClientProblem } from '../../spec/client_problems.ts';
import { usesSecret } from '../../spec/client_proof.ts';
import type { Actor, StoredClient } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { ensureKeysFor } from '../client_algorithms.ts';
import { clientRemoval, clientWrite, keptSecret, lacksSecret } from '../client_records.ts';
import type { Engine } from '../engine.ts';
import { sectorChangeProblem } from '../sector.ts';
import {
  clientEtag,
  type ClientView,
  clientView,
  definedByFile,
  findStored,
  isOfFile,
  noClient,
} from './client_views.ts';
import { metadataProblems, parseMetadata, problemText } from './client_options.ts';
import { forgetConsents } from './consents.ts';
import { endGrants } from './grants.ts';
import { mergePatch } from './merge_patch.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';
import { provenanceOf } from './provenance.ts';

/** A client as just written; the secret is shown this once, and only when it was minted. */
export interface WrittenClient {
  readonly client: ClientView;
  readonly client_secret?: string;
}

/** How a client will prove who it is; `mint` makes a secret of 64 characters where its method needs one. */
export type Credential =
  | { readonly kind: 'mint' }
  | { readonly kind: 'given'; readonly secret: string };

type Metadata = Readonly<Record<string, unknown>>;

const MAX_ATTEMPTS = 8;
const MAX_SECRET_LENGTH = 1024;

/** Registers a client by hand. */
export async function addClient(
  client_id: string,
  input: Metadata,
  credential: Credential,
  by: Actor,
  engine: Engine,
): Promise<Outcome<WrittenClient>> {
  const options = await clientOptions({ given: input }, engine);
  if (!isClientId(client_id)) {
    const problem = 'must be 1 to 255 of the characters A-Z a-z 0-9 . _ ~ : / @ + = -';
    const others = options.kind === 'refused' ? options.problems ?? [] : [];
    return wrong([{ field: 'client_id', problem }, ...others]);
  }
  if (isOfFile(client_id, engine)) return { ...definedByFile(client_id), reason: 'conflict' };
  if (options.kind === 'refused') return options;
  const metadata = options.value;
  const needsSecret = usesSecret(metadata);
  if (!needsSecret && credential.kind === 'given') {
    const problem = 'a client of this authentication method has no secret';
    return { ...refused(problem), problems: [{ field: 'client_secret', problem }] };
  }
  const secret = needsSecret ? secretOf(credential) : done(undefined);
  if (secret.kind === 'refused') return secret;
  const nowSeconds = Math.floor(engine.now());
  const record: StoredClient = {
    ...metadata,
    client_id,
    ...secret.value !== undefined && { client_secret: keptSecret(secret.value, metadata, engine) },
    client_id_issued_at: nowSeconds,
    provenance: provenanceOf(by),
    created_at: nowSeconds,
    updated_at: nowSeconds,
  };
  const outcome = await engine.store.commit(clientWrite(undefined, record, by, engine));
  if (outcome === 'conflict') return refused(`client ${client_id} exists already`, 'conflict');
  await ensureKeysFor([record], engine);
  return done(written(record, credential.kind === 'mint' ? secret.value : undefined));
}

export interface ChangeOptions {
  /** Whether a client that is so is the one to be changed; by default any. */
  readonly isExpected?: (etag: string) => boolean;
}

export interface UpdateOptions extends ChangeOptions {
  /** The client may come into another sector, where everybody has another sub. */
  readonly newSubs?: boolean;
}

/** Changes fields of a client's metadata; null takes one back to its default. */
export async function updateClient(
  client_id: string,
  changes: Metadata,
  by: Actor,
  engine: Engine,
  options: UpdateOptions = {},
): Promise<Outcome<WrittenClient>> {
  const next = (metadata: Metadata): NextMetadata => {
    const merged = Object.entries(mergePatch(metadata, changes) as Metadata);
    const isChanged = ([field]: [string, unknown]): boolean => Object.hasOwn(changes, field);
    return {
      given: Object.fromEntries(merged.filter(isChanged)),
      standing: Object.fromEntries(merged.filter((each) => !isChanged(each))),
    };
  };
  return await rewrite(client_id, next, by, engine, options);
}

/** Puts other metadata in the place of all that a client has; the secret stays, where it is still needed. */
export async function replaceClient(
  client_id: string,
  metadata: Metadata,
  by: Actor,
  engine: Engine,
  options: UpdateOptions = {},
): Promise<Outcome<WrittenClient>> {
  return await rewrite(client_id, () => ({ given: metadata }), by, engine, options);
}

interface NextMetadata {
  readonly given: Metadata;
  /** What stays as it is. */
  readonly standing?: Metadata;
}

async function rewrite(
  client_id: string,
  nextMetadata: (metadata: Metadata) => NextMetadata,
  by: Actor,
  engine: Engine,
  { newSubs = false, ...expected }: UpdateOptions,
): Promise<Outcome<WrittenClient>> {
  return await change(client_id, by, engine, expected, async (client) => {
    const { metadata, rest } = metadataOf(client);
    const options = await clientOptions(nextMetadata(metadata), engine, client);
    if (options.kind === 'refused') return options;
    const next = { ...options.value, client_id };
    const sector = newSubs ? undefined : sectorChangeProblem(client, next);
    if (sector !== undefined) {
      return {
        ...wrong([sector]),
        problem: `${problemText([sector])}; --new-subs (new_subs) allows that`,
      };
    }
    const minted = lacksSecret(next, client) ? randomClientSecret() : undefined;
    const { client_secret, client_secret_expires_at, ...kept } = rest;
    // The end belongs to the secret that was there: T045.
    const secret = minted === undefined
      ? {
        ...client_secret !== undefined && { client_secret },
        ...client_secret_expires_at !== undefined && { client_secret_expires_at },
      }
      : { client_secret: keptSecret(minted, next, engine) };
    const record: StoredClient = {
      ...kept,
      ...next,
      ...usesSecret(next) && secret,
      updated_at: Math.floor(engine.now()),
    };
    return done({ record, minted });
  });
}

/** Replaces a client's secret; the one before is worth nothing from now on. */
export async function newClientSecret(
  client_id: string,
  credential: Credential,
  by: Actor,
  engine: Engine,
  options: ChangeOptions = {},
): Promise<Outcome<WrittenClient>> {
  return await change(client_id, by, engine, options, (client) => {
    if (!usesSecret(client)) {
      return refused(`client ${client_id} proves who it is without a secret`);
    }
    const secret = secretOf(credential);
    if (secret.kind === 'refused') return secret;
    const client_secret = keptSecret(secret.value, client, engine);
    // RFC 7591 §3.2.1: when the one before was to expire is nothing to this one.
    const { client_secret_expires_at: _, ...kept } = client;
    const record = { ...kept, client_secret, updated_at: Math.floor(engine.now()) };
    return done({ record, minted: credential.kind === 'mint' ? secret.value : undefined });
  });
}

/** Removes a client of the store, and the grants that a later client of the same id must not inherit. T086 */
export async function removeClient(
  client_id: string,
  by: Actor,
  engine: Engine,
  { isExpected = () => true }: ChangeOptions = {},
): Promise<Outcome<{ readonly client_id: string; readonly grants: number }>> {
  const isShadowed = isOfFile(client_id, engine);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await findStored(client_id, engine);
    if (entry === undefined) {
      return isShadowed ? definedByFile(client_id) : noClient(client_id);
    }
    if (!isExpected(clientEtag(entry))) return refused(CHANGED, 'changed');
    const grants = await endClient(entry, by, engine);
    if (grants !== undefined) return done({ client_id, grants });
  }
  return refused(beingChanged(client_id), 'busy');
}

/**
 * Removes a client that is as it was read; with it go its grants and the answers of people to it, and so all that was
 * issued or is under way. T086 @returns how many grants; undefined when the client has changed
 */
export async function endClient(
  entry: Entry<StoredClient>,
  by: Actor,
  engine: Engine,
): Promise<number | undefined> {
  const { client_id, unused_until } = entry.value;
  const committed = await engine.store.commit(clientRemoval(entry, by, engine));
  if (committed === 'conflict') return undefined;
  // What the file's client of this id was given stays; and nothing is looked for of one that never got anything.
  if (isOfFile(client_id, engine) || unused_until !== undefined) return 0;
  const grants = await endGrants({ client_id }, engine);
  await forgetConsents({ client_id }, engine);
  return grants;
}

type Next = Outcome<{ readonly record: StoredClient; readonly minted: string | undefined }>;

async function change(
  client_id: string,
  by: Actor,
  engine: Engine,
  { isExpected = () => true }: ChangeOptions,
  next: (client: StoredClient) => Next | Promise<Next>,
): Promise<Outcome<WrittenClient>> {
  if (isOfFile(client_id, engine)) return definedByFile(client_id);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await findStored(client_id, engine);
    if (entry === undefined) return noClient(client_id);
    if (!isExpected(clientEtag(entry))) return refused(CHANGED, 'changed');
    const outcome = await next(entry.value);
    if (outcome.kind === 'refused') return outcome;
    const { record, minted } = outcome.value;
    const committed = await engine.store.commit(clientWrite(entry, record, by, engine));
    if (committed === 'committed') {
      await ensureKeysFor([record], engine);
      return done(written(record, minted));
    }
  }
  return refused(beingChanged(client_id), 'busy');
}

/** A record's metadata, and what else it holds. */
function metadataOf(client: StoredClient): {
  readonly metadata: Metadata;
  readonly rest: Omit<StoredClient, keyof ClientMetadata>;
} {
  const isMetadata = ([field]: [string, unknown]): boolean => isMetadataField(field);
  const all = Object.entries(client);
  const rest = Object.fromEntries(all.filter((each) => !isMetadata(each)));
  return {
    metadata: Object.fromEntries(all.filter(isMetadata)),
    rest: rest as unknown as Omit<StoredClient, keyof ClientMetadata>,
  };
}

async function clientOptions(
  { given, standing }: NextMetadata,
  engine: Engine,
  before?: ClientMetadata,
): Promise<Outcome<ClientMetadata>> {
  const parsed = parseMetadata(given, engine, standing);
  if (!parsed.ok) return wrong(parsed.problems);
  const problems = await metadataProblems(parsed.metadata, engine, before);
  return problems.length === 0 ? done(parsed.metadata) : wrong(problems);
}

function secretOf(credential: Credential): Outcome<string> {
  if (credential.kind === 'mint') return done(randomClientSecret());
  const problem = secretProblem(credential.secret);
  return problem === undefined
    ? done(credential.secret)
    : { ...refused(`the secret ${problem}`), problems: [{ field: 'client_secret', problem }] };
}

function secretProblem(secret: string): string | undefined {
  // RFC 6749 §A.2; what is given may be of any strength, so at least it must not be a word.
  if (!/^[\x20-\x7e]+$/.test(secret)) return 'must be printable ASCII';
  if (secret.length < 16) return 'must have at least 16 characters';
  return secret.length > MAX_SECRET_LENGTH
    ? `must have at most ${MAX_SECRET_LENGTH} characters`
    : undefined;
}

function beingChanged(client_id: string): string {
  return `client ${client_id} is being changed by others: try again`;
}

function wrong(problems: readonly ClientProblem[]): Refusal {
  return { ...refused(problemText(problems)), problems };
}

const CHANGED = 'the client is no longer as it was read';

function written(record: StoredClient, client_secret: string | undefined): WrittenClient {
  const client = clientView(record);
  return client_secret === undefined ? { client } : { client, client_secret };
}
