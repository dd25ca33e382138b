import * as v from 'valibot';
import { randomToken } from '../../keys/digest.ts';
import { SEALED_SECRET_PREFIX } from '../../keys/keys.ts';
import type { Client } from '../../spec/client.ts';
import { isClientId } from '../../spec/client_id.ts';
import { type ClientMetadata, clientMetadataSchema } from '../../spec/client_metadata.ts';
import { type ClientProblem, needsRawSecret, usesSecret } from '../../spec/client_problems.ts';
import { clients } from '../../store/collections.ts';
import type { Provenance, StoredClient } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { ensureKeysFor, keyIdProblems } from '../client_algorithms.ts';
import { originChange } from '../client_origins.ts';
import type { Engine } from '../engine.ts';
import { sectorChangeProblem, sectorProblem } from '../sector.ts';
import { parseClientOptions } from './client_options.ts';
import { revokeConsents } from './consents.ts';
import { revokeGrants } from './grants.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** A client without its secret, and where it is defined. */
export interface ClientView extends Omit<Client, 'client_secret'> {
  readonly provenance: Provenance | 'file';
  /** A client of the store that has no effect, since the file defines the same client_id. */
  readonly shadowed?: true;
}

/** A client as just written; the secret is shown this once, and only when it was minted. */
export interface WrittenClient {
  readonly client: ClientView;
  readonly client_secret?: string;
}

/** How a client will prove who it is; `mint` makes a secret of 256 bits where its method needs one. */
export type Credential =
  | { readonly kind: 'mint' }
  | { readonly kind: 'given'; readonly secret: string };

type Metadata = Readonly<Record<string, unknown>>;

const MAX_ATTEMPTS = 8;
const MAX_SECRET_LENGTH = 1024;

/** Registers a client by hand. */
export async function addClient(
  client_id: string,
  metadata: Metadata,
  credential: Credential,
  engine: Engine,
): Promise<Outcome<WrittenClient>> {
  if (!isClientId(client_id)) {
    return refused('client_id must be 1 to 255 of the characters A-Z a-z 0-9 . _ ~ : / @ + = -');
  }
  if (isOfFile(client_id, engine)) return refused(ofFile(client_id));
  const needsSecret = mayNeedSecret(metadata);
  if (!needsSecret && credential.kind === 'given') {
    return refused('a client of this authentication method has no secret');
  }
  const options = parseClientOptions(metadata, needsSecret, engine.settings);
  if (options.kind === 'refused') return options;
  const [unknownKey] = keyIdProblems(options.value, engine);
  if (unknownKey !== undefined) return refused(inWords(unknownKey));
  const secret = needsSecret ? secretOf(credential) : done(undefined);
  if (secret.kind === 'refused') return secret;
  const sector = await sectorProblem(options.value, engine);
  if (sector !== undefined) return refused(inWords(sector));
  const nowSeconds = Math.floor(engine.now());
  const record: StoredClient = {
    ...options.value,
    client_id,
    ...secret.value !== undefined &&
      { client_secret: kept(secret.value, options.value, engine) },
    client_id_issued_at: nowSeconds,
    provenance: 'cli',
    created_at: nowSeconds,
    updated_at: nowSeconds,
  };
  const outcome = await engine.store.commit({
    check: [clients.absent(engine.settings.issuer, client_id)],
    put: [
      clients.put([engine.settings.issuer, client_id], record),
      ...originChange(client_id, undefined, record, engine).put,
    ],
  });
  if (outcome === 'conflict') return refused(`client ${client_id} exists already`);
  await ensureKeysFor([record], engine);
  return done(written(record, credential.kind === 'mint' ? secret.value : undefined));
}

export interface UpdateOptions {
  /** The client may come into another sector, where everybody has another sub. */
  readonly newSubs?: boolean;
}

/** Changes fields of a client's metadata; null takes one back to its default. */
export async function updateClient(
  client_id: string,
  changes: Metadata,
  engine: Engine,
  { newSubs = false }: UpdateOptions = {},
): Promise<Outcome<WrittenClient>> {
  return await change(client_id, engine, async (client) => {
    const { client_id: _, client_secret, provenance, created_at, updated_at: _updated, ...rest } =
      client;
    const { client_id_issued_at, client_secret_expires_at: _expires, ...metadata } = rest;
    const merged = Object.fromEntries(
      Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== null),
    );
    const needsSecret = mayNeedSecret(merged);
    const options = parseClientOptions(merged, needsSecret, engine.settings);
    if (options.kind === 'refused') return options;
    const [unknownKey] = keyIdProblems(options.value, engine);
    if (unknownKey !== undefined) return refused(inWords(unknownKey));
    const next = { ...options.value, client_id };
    const sector = newSubs ? undefined : sectorChangeProblem(client, next);
    if (sector !== undefined) return refused(`${inWords(sector)}; --new-subs allows that`);
    const unlisted = await sectorProblem(next, engine, client);
    if (unlisted !== undefined) return refused(inWords(unlisted));
    // A client that had none until now needs a secret; of a digest nothing can be made that HMAC would do with.
    const isUsable = client_secret !== undefined &&
      (!needsRawSecret(options.value) || client_secret.startsWith(SEALED_SECRET_PREFIX));
    const minted = needsSecret && !isUsable ? randomToken(32) : undefined;
    const secret = minted === undefined ? client_secret : kept(minted, options.value, engine);
    const record: StoredClient = {
      ...options.value,
      client_id,
      ...needsSecret && secret !== undefined && { client_secret: secret },
      ...client_id_issued_at !== undefined && { client_id_issued_at },
      provenance,
      created_at,
      updated_at: Math.floor(engine.now()),
    };
    return done({ record, minted });
  });
}

/** Replaces a client's secret; the one before is worth nothing from now on. */
export async function newClientSecret(
  client_id: string,
  credential: Credential,
  engine: Engine,
): Promise<Outcome<WrittenClient>> {
  return await change(client_id, engine, (client) => {
    if (!usesSecret(client)) {
      return refused(`client ${client_id} proves who it is without a secret`);
    }
    const secret = secretOf(credential);
    if (secret.kind === 'refused') return secret;
    const client_secret = kept(secret.value, client, engine);
    const record = { ...client, client_secret, updated_at: Math.floor(engine.now()) };
    return done({ record, minted: credential.kind === 'mint' ? secret.value : undefined });
  });
}

/** Removes a client of the store, and the grants that a later client of the same id must not inherit. */
export async function removeClient(
  client_id: string,
  engine: Engine,
): Promise<Outcome<{ readonly client_id: string; readonly grants: number }>> {
  const entry = await find(client_id, engine);
  const isShadowed = isOfFile(client_id, engine);
  if (entry === undefined) return refused(isShadowed ? ofFile(client_id) : notFound(client_id));
  await engine.store.commit({
    remove: [
      clients.key(engine.settings.issuer, client_id),
      ...originChange(client_id, entry.value, undefined, engine).remove,
    ],
  });
  // What the file's client of this id was given stays.
  if (isShadowed) return done({ client_id, grants: 0 });
  const grants = await revokeGrants({ client_id }, engine);
  await revokeConsents({ client_id }, engine);
  return done({ client_id, grants });
}

/** Those of the file first, then those of the store by id. */
export async function listClients(engine: Engine): Promise<readonly ClientView[]> {
  const views = [...engine.settings.clients.values()].map(viewOfFile);
  for await (const { value } of clients.list(engine.store, [engine.settings.issuer])) {
    const shadowed = isOfFile(value.client_id, engine);
    views.push(shadowed ? { ...viewOf(value), shadowed } : viewOf(value));
  }
  return views;
}

export async function showClient(client_id: string, engine: Engine): Promise<Outcome<ClientView>> {
  const ofTheFile = engine.settings.clients.get(client_id);
  if (ofTheFile !== undefined) return done(viewOfFile(ofTheFile));
  const entry = await find(client_id, engine);
  return entry === undefined ? refused(notFound(client_id)) : done(viewOf(entry.value));
}

type Next = Outcome<{ readonly record: StoredClient; readonly minted: string | undefined }>;

async function change(
  client_id: string,
  engine: Engine,
  next: (client: StoredClient) => Next | Promise<Next>,
): Promise<Outcome<WrittenClient>> {
  if (isOfFile(client_id, engine)) return refused(ofFile(client_id));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await find(client_id, engine);
    if (entry === undefined) return refused(notFound(client_id));
    const outcome = await next(entry.value);
    if (outcome.kind === 'refused') return outcome;
    const { record, minted } = outcome.value;
    const origins = originChange(client_id, entry.value, record, engine);
    const committed = await engine.store.commit({
      check: [clients.check(entry)],
      put: [clients.put([engine.settings.issuer, client_id], record), ...origins.put],
      remove: origins.remove,
    });
    if (committed === 'committed') {
      await ensureKeysFor([record], engine);
      return done(written(record, minted));
    }
  }
  return refused(`client ${client_id} is being changed by others: try again`);
}

async function find(client_id: string, engine: Engine): Promise<Entry<StoredClient> | undefined> {
  if (!isClientId(client_id)) return undefined;
  return await clients.get(engine.store, engine.settings.issuer, client_id);
}

function secretOf(credential: Credential): Outcome<string> {
  if (credential.kind === 'mint') return done(randomToken(32));
  const { secret } = credential;
  // RFC 6749 §A.2; what is given may be of any strength, so at least it must not be a word.
  if (!/^[\x20-\x7e]+$/.test(secret)) return refused('the secret must be printable ASCII');
  if (secret.length < 16) return refused('the secret must have at least 16 characters');
  return secret.length > MAX_SECRET_LENGTH
    ? refused(`the secret must have at most ${MAX_SECRET_LENGTH} characters`)
    : done(secret);
}

/** Metadata may be raw: what does not parse is reported by whoever parses it. */
function mayNeedSecret(metadata: unknown): boolean {
  const parsed = v.safeParse(clientMetadataSchema, metadata);
  return !parsed.success || usesSecret(parsed.output);
}

/** In the form that its uses allow: a digest wherever that will do. */
function kept(secret: string, metadata: ClientMetadata, engine: Engine): string {
  return needsRawSecret(metadata)
    ? engine.keys.sealSecret(secret)
    : engine.keys.digestSecret(secret);
}

function isOfFile(client_id: string, engine: Engine): boolean {
  return engine.settings.clients.has(client_id);
}

function ofFile(client_id: string): string {
  return `client ${client_id} is defined in the configuration file: change it there`;
}

function inWords({ field, problem }: ClientProblem): string {
  return `${field} ${problem}`;
}

function notFound(client_id: string): string {
  return `there is no client ${JSON.stringify(client_id)}`;
}

function viewOf({ client_secret: _, ...rest }: StoredClient): ClientView {
  return rest;
}

function viewOfFile({ client_secret: _, ...rest }: Client): ClientView {
  return { ...rest, provenance: 'file' };
}

function written(record: StoredClient, client_secret: string | undefined): WrittenClient {
  const client = viewOf(record);
  return client_secret === undefined ? { client } : { client, client_secret };
}
