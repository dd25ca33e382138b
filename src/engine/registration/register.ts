import { randomToken } from '../../keys/digest.ts';
import { usesSecret } from '../../spec/client_proof.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { clientSlots } from '../../store/collections.ts';
import type { StoredClient } from '../../store/records.ts';
import type { Change } from '../../store/store.ts';
import { ensureKeysFor } from '../client_algorithms.ts';
import { clientWrite } from '../client_records.ts';
import type { Engine } from '../engine.ts';
import { digestOfRegistration, newRegistrationToken, secretBeside } from './access_token.ts';
import { type Admission, limitsOf, vouching } from './admission.ts';
import { newSecret } from './client_secret.ts';
import { type ClientInformation, clientInformation } from './information.ts';
import { findInitialToken, useOf } from './initial_token.ts';
import { registeredMetadata } from './metadata.ts';
import { findSlot, slotName } from './slots.ts';
import { softwareStatement } from './software_statement.ts';

export interface ClientRequest {
  /** A JSON object. */
  readonly sent: Readonly<Record<string, unknown>>;
  /** By which clients can prove who they are here. */
  readonly auth_methods: readonly string[];
}

const MAX_ATTEMPTS = 16;

/**
 * Registers a client. Its id and secret are ours, whatever it asks for (T087).
 * @throws {OAuthError} the codes of RFC 7591 §3.2.2; `invalid_token`, `temporarily_unavailable`
 */
export async function registerClient(
  { sent, auth_methods }: ClientRequest,
  admission: Admission,
  engine: Engine,
): Promise<ClientInformation> {
  const client_id = `dcr_${randomToken(16)}`;
  const initial = admission.initial && vouching(admission.initial.value);
  const { software_statement, claims } = await softwareStatement(sent, engine);
  const metadata = await registeredMetadata({
    sent,
    claims,
    registration: {
      client_id,
      action: 'create',
      ...initial !== undefined && { initial_token: initial.id },
      limits: limitsOf(initial, engine),
      auth_methods,
    },
  }, engine);
  const registration_access_token = newRegistrationToken();
  const needsSecret = usesSecret(metadata);
  const client_secret = needsSecret
    ? secretBeside(registration_access_token, client_id, engine)
    : undefined;
  const nowSeconds = Math.floor(engine.now());
  const record: StoredClient = {
    ...metadata,
    client_id,
    ...needsSecret && newSecret(registration_access_token, client_id, metadata, engine),
    client_id_issued_at: nowSeconds,
    provenance: 'dcr',
    registration: {
      token: digestOfRegistration(registration_access_token, client_id, engine),
      ...initial !== undefined && { initial },
      ...software_statement !== undefined && { software_statement },
    },
    ...initial === undefined && {
      unused_until: nowSeconds + engine.settings.registration.unused_client_lifetime,
    },
    created_at: nowSeconds,
    updated_at: nowSeconds,
  };
  const commit = () => commitNew(record, admission, engine);
  await (initial === undefined ? commit() : engine.registrar.turns(initial.id, commit));
  await ensureKeysFor([record], engine);
  return clientInformation(record, { registration_access_token, client_secret }, engine);
}

/** With one use of the initial access token, or in a place that is free. */
async function commitNew(
  record: StoredClient,
  { token, by }: Admission,
  engine: Engine,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { placed, change } = token === undefined
      ? await inSlot(record, engine)
      : await byToken(record, token, engine);
    const write = clientWrite(undefined, placed, by, engine);
    const committed = await engine.store.commit({
      check: [...write.check, ...change.check],
      put: [...write.put, ...change.put],
      remove: write.remove,
    });
    if (committed === 'committed') return;
  }
  throw new OAuthError('temporarily_unavailable', 'too many registrations at once', {
    retryAfterSeconds: 1,
  });
}

interface Placed {
  readonly placed: StoredClient;
  readonly change: Required<Pick<Change, 'check' | 'put'>>;
}

async function inSlot(record: StoredClient, engine: Engine): Promise<Placed> {
  const { issuer } = engine.settings;
  const { registration, client_id, unused_until } = record;
  const slot = await findSlot(engine);
  if (slot === undefined || registration === undefined) {
    throw new OAuthError('temporarily_unavailable', 'there are as many clients as may be', {
      retryAfterSeconds: 3600,
    });
  }
  const name = slotName(slot);
  return {
    placed: { ...record, registration: { ...registration, slot } },
    change: {
      check: [clientSlots.absent(issuer, name)],
      put: [clientSlots.put([issuer, name], { client_id }, unused_until)],
    },
  };
}

async function byToken(record: StoredClient, token: string, engine: Engine): Promise<Placed> {
  const initial = await findInitialToken(token, engine);
  if (initial === undefined) {
    throw new OAuthError(
      'invalid_token',
      'the initial access token is unknown, used up or expired',
    );
  }
  return { placed: record, change: useOf(initial, engine) };
}
