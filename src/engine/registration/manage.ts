import { sha256 } from '../../keys/digest.ts';
import { metadataOf } from '../../spec/client_metadata.ts';
import { isClientId } from '../../spec/client_id.ts';
import { usesSecret } from '../../spec/client_proof.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { clients } from '../../store/collections.ts';
import type { Actor, DynamicRegistration, StoredClient } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { endClient } from '../administration/clients.ts';
import { ensureKeysFor } from '../client_algorithms.ts';
import { clientWrite, lacksSecret } from '../client_records.ts';
import type { Engine } from '../engine.ts';
import {
  digestOfRegistration,
  isRegistrationToken,
  secretBeside,
  successorOf,
} from './access_token.ts';
import { checkPace, limitsOf } from './admission.ts';
import { isAging, newSecret, sameSecret } from './client_secret.ts';
import { type ClientInformation, clientInformation } from './information.ts';
import { registeredMetadata } from './metadata.ts';
import type { ClientRequest } from './register.ts';
import { softwareStatement } from './software_statement.ts';

/** Whose client is to be managed, and what was shown for it. */
export interface Presented {
  readonly client_id: string;
  /** The registration access token. */
  readonly token: string;
  readonly source: string;
}

const MAX_ATTEMPTS = 8;

/** Seconds in which an update may be sent again. */
const RETRY_SECONDS = 600;

/** RFC 7592 §2.1. @throws {OAuthError} `invalid_token` */
export async function readClient(
  presented: Presented,
  engine: Engine,
): Promise<ClientInformation> {
  const { entry, standing } = await findManaged(presented, engine);
  if (standing !== 'current') throw unauthorized();
  return clientInformation(entry.value, { registration_access_token: presented.token }, engine);
}

/** RFC 7592 §2.3. @throws {OAuthError} `invalid_token`, `temporarily_unavailable` */
export async function deleteClient(presented: Presented, engine: Engine): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { entry, standing } = await findManaged(presented, engine);
    if (standing !== 'current') throw unauthorized();
    const by = actorOf(presented, entry.value.registration);
    if (await endClient(entry, by, engine) !== undefined) return;
  }
  throw busy();
}

/**
 * Puts what is sent in the place of all that was registered. The token changes with it: the one that was shown is void,
 * save for the very same update again, which is answered the same for a while. RFC 7592 §2.2, §5
 * @throws {OAuthError} the codes of RFC 7591 §3.2.2; `invalid_token`, `temporarily_unavailable`
 */
export async function updateClient(
  presented: Presented,
  request: ClientRequest,
  engine: Engine,
): Promise<ClientInformation> {
  const digest = sha256(JSON.stringify(request.sent));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { entry, standing } = await findManaged(presented, engine);
    const { registration } = entry.value;
    if (standing === 'replaced') {
      if (!isRetry(registration, digest, engine)) throw unauthorized();
      return updated(entry.value, presented, engine);
    }
    checkPace(presented.source, registration?.initial && presented, engine);
    const record = await replacement(entry.value, presented, request, digest, engine);
    const by = actorOf(presented, registration);
    const committed = await engine.store.commit(clientWrite(entry, record, by, engine));
    if (committed === 'conflict') continue;
    await ensureKeysFor([record], engine);
    return updated(record, presented, engine);
  }
  throw busy();
}

interface Managed {
  readonly entry: Entry<StoredClient>;
  /** `replaced`: by the last update. */
  readonly standing: 'current' | 'replaced';
}

/** T083: whether there is no such client or the token is another's, the answer and the work are the same. */
async function findManaged({ client_id, token }: Presented, engine: Engine): Promise<Managed> {
  const entry = isClientId(client_id)
    ? await clients.get(engine.store, engine.settings.issuer, client_id)
    : undefined;
  const digest = entry?.value.registration?.token ?? NO_DIGEST;
  const isCurrent = isRegistrationToken(token, client_id, digest, engine);
  const next = successorOf(token, client_id, engine);
  const isReplaced = isRegistrationToken(next, client_id, digest, engine);
  if (entry === undefined || !isCurrent && !isReplaced) throw unauthorized();
  return { entry, standing: isCurrent ? 'current' : 'replaced' };
}

/** As long as a digest, and of nothing. */
const NO_DIGEST = '-'.repeat(43);

function unauthorized(): OAuthError {
  return new OAuthError('invalid_token', 'the registration access token is not valid here');
}

function busy(): OAuthError {
  return new OAuthError('temporarily_unavailable', 'the client is being changed by others', {
    retryAfterSeconds: 1,
  });
}

function actorOf({ source }: Presented, registration: DynamicRegistration | undefined): Actor {
  const token_id = registration?.initial?.id;
  return token_id === undefined ? { kind: 'dcr', source } : { kind: 'dcr', token_id };
}

function isRetry(
  registration: DynamicRegistration | undefined,
  digest: string,
  engine: Engine,
): boolean {
  const { update } = registration ?? {};
  return update?.request === digest && update.at + RETRY_SECONDS > engine.now();
}

async function replacement(
  before: StoredClient,
  { client_id, token }: Presented,
  { sent, auth_methods }: ClientRequest,
  request: string,
  engine: Engine,
): Promise<StoredClient> {
  checkMembers(sent, client_id);
  await checkSecret(sent['client_secret'], before, engine);
  const { initial, slot } = before.registration ?? {};
  const { software_statement, claims } = await softwareStatement(
    sent,
    engine,
    before.registration?.software_statement,
  );
  const metadata = await registeredMetadata({
    sent,
    claims,
    registration: {
      client_id,
      action: 'update',
      ...initial !== undefined && { initial_token: initial.id },
      limits: limitsOf(initial, engine),
      auth_methods,
      before: metadataOf(before),
    },
  }, engine);
  const next = successorOf(token, client_id, engine);
  const nowSeconds = Math.floor(engine.now());
  const isNew = lacksSecret(metadata, before) || usesSecret(metadata) && isAging(before, engine);
  const { client_id_issued_at, provenance, created_at, unused_until } = before;
  return {
    ...metadata,
    client_id,
    ...isNew ? newSecret(next, client_id, metadata, engine) : sameSecret(metadata, before),
    ...client_id_issued_at !== undefined && { client_id_issued_at },
    provenance,
    registration: {
      token: digestOfRegistration(next, client_id, engine),
      ...initial !== undefined && { initial },
      ...slot !== undefined && { slot },
      ...software_statement !== undefined && { software_statement },
      update: { request, at: nowSeconds, ...isNew && { has_new_secret: true } },
    },
    ...unused_until !== undefined && { unused_until },
    created_at,
    updated_at: nowSeconds,
  };
}

/** RFC 7592 §2.2. */
function checkMembers(sent: ClientRequest['sent'], client_id: string): void {
  if (sent['client_id'] !== client_id) {
    throw new OAuthError('invalid_client_metadata', 'client_id must be that of the client');
  }
  const extra = NEVER_SENT.find((name) => (sent[name] ?? undefined) !== undefined);
  if (extra !== undefined) {
    throw new OAuthError('invalid_client_metadata', `${extra} must not be sent in an update`);
  }
}

const NEVER_SENT = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

async function checkSecret(shown: unknown, before: StoredClient, engine: Engine): Promise<void> {
  if (shown === undefined || shown === null) return;
  const { client_secret } = before;
  const isRight = typeof shown === 'string' && client_secret !== undefined &&
    await engine.secrets.matches(shown, client_secret);
  if (!isRight) {
    throw new OAuthError('invalid_client_metadata', 'client_secret must be the current one');
  }
}

/** The answer to an update, as often as it is sent. */
function updated(
  record: StoredClient,
  { client_id, token }: Presented,
  engine: Engine,
): ClientInformation {
  const registration_access_token = successorOf(token, client_id, engine);
  const client_secret = record.registration?.update?.has_new_secret
    ? secretBeside(registration_access_token, client_id, engine)
    : undefined;
  return clientInformation(record, { registration_access_token, client_secret }, engine);
}
