import { randomToken, sha256 } from '../../keys/digest.ts';
import { byteLength } from '../../spec/byte_length.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { checkSingleValued, type Params, paramsOf } from '../../spec/params.ts';
import { pushedRequests } from '../../store/collections.ts';
import type { PushedRequestRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { checkUnused, type OneTimeUse, usingUp, withUses } from '../one_time.ts';
import type { Incoming } from './incoming.ts';
import { PENDING_SECONDS } from './lifetime.ts';
import { parseAuthorizationRequest } from './request.ts';
import { readRequestObject } from './request_object.ts';
import { findReturnAddress } from './return_address.ts';

/** RFC 9126 §2.2. */
export interface PushedResponse {
  readonly request_uri: string;
  readonly expires_in: number;
}

const PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** Bytes of JSON of what is kept; a record of the store may hold little more. */
const MAX_BYTES = 48 * 1024;

/** What says whose request it is, and where. */
export const REFERRING = ['client_id', 'request', 'request_uri'];

/** What authenticates the client is no part of its request. RFC 9126 §2.1 */
const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type'];

export function isPushedUri(request_uri: string): boolean {
  return request_uri.startsWith(PREFIX);
}

export interface Push {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly client: Client;
  /** What authenticating used up; it is written with the request. */
  readonly uses: readonly OneTimeUse[];
  readonly dpop_jkt?: string;
}

/**
 * Keeps a request that has passed every check of the authorization endpoint. RFC 9126 §2.1, §3.
 * @throws {OAuthError} every refusal of the authorization endpoint, as an answer to the client itself
 */
export async function pushRequest(push: Push, engine: Engine): Promise<PushedResponse> {
  return await usingUp(push, engine, () => keepRequest(push, engine));
}

async function keepRequest(push: Push, engine: Engine): Promise<PushedResponse> {
  const { client, dpop_jkt } = push;
  const incoming = await incomingOf(push, engine);
  const address = await findReturnAddress(incoming.params, engine);
  await parseAuthorizationRequest(incoming, address, engine);
  const lifetime = lifespansOf(client, engine).pushed_authorization_request;
  const expires_at = Math.ceil(engine.now()) + lifetime;
  const record: PushedRequestRecord = {
    client_id: client.client_id,
    params: incoming.params.pairs,
    ...(incoming.via.signed === true ? { signed: true } : {}),
    ...(dpop_jkt === undefined ? {} : { dpop_jkt }),
    expires_at,
  };
  if (byteLength(JSON.stringify(record)) > MAX_BYTES) {
    throw new OAuthError('invalid_request', 'the request is too long', { status: 413 });
  }
  const request_uri = PREFIX + randomToken(32);
  const uses = [...push.uses, ...incoming.uses];
  const key = [engine.settings.issuer, sha256(request_uri)] as const;
  // Who brings it in time may then take as long as anybody over signing in.
  const change = { put: [pushedRequests.put(key, record, expires_at + PENDING_SECONDS)] };
  const outcome = await engine.store.commit(withUses(change, uses, engine));
  if (outcome === 'conflict') {
    // The request_uri is new, so it is one of the uses.
    await checkUnused(uses, engine);
    throw new OAuthError('temporarily_unavailable', 'try again', { retryAfterSeconds: 1 });
  }
  return { request_uri, expires_in: lifetime };
}

async function incomingOf({ pairs, client, dpop_jkt }: Push, engine: Engine): Promise<Incoming> {
  const params = paramsOf(pairs.filter(([name]) => !CREDENTIALS.includes(name)));
  checkSingleValued(params, REFERRING);
  if (params.get('request_uri') !== undefined) {
    throw new OAuthError('invalid_request', 'request_uri cannot be pushed');
  }
  const jkt = dpop_jkt === undefined ? {} : { dpop_jkt };
  const request = params.get('request');
  if (request === undefined) {
    return { params: ofClient(params, client), via: { pushed: true }, uses: [], ...jkt };
  }
  const object = await readRequestObject({ request, request_uri: undefined }, client, engine);
  return { ...object, via: { ...object.via, pushed: true }, ...jkt };
}

/** The client has proven who it is; its request need not say so again. */
function ofClient(params: Params, { client_id }: Client): Params {
  return params.get('client_id') === undefined
    ? paramsOf([...params.pairs, ['client_id', client_id]])
    : params;
}

/** RFC 9126 §4, T016: of this client, in time. @throws {OAuthError} `invalid_request_uri` */
export async function findPushedRequest(
  request_uri: string,
  client_id: string,
  engine: Engine,
): Promise<Incoming> {
  const digest = sha256(request_uri);
  const record = (await findPushed(digest, engine))?.value;
  if (
    record === undefined || record.client_id !== client_id || record.expires_at <= engine.now()
  ) {
    throw new OAuthError('invalid_request_uri', 'request_uri is unknown, used or expired');
  }
  return incomingOfRecord(record, digest);
}

/** The request of a passage that has begun. @throws {OAuthError} `invalid_request_uri` when it was answered already */
export async function resumePushedRequest(digest: string, engine: Engine): Promise<Incoming> {
  const entry = await findPushed(digest, engine);
  if (entry === undefined) throw answeredBefore();
  return incomingOfRecord(entry.value, digest);
}

/** To be shown as a page: whoever has the answer must not hear of this. */
export function answeredBefore(): OAuthError {
  return new OAuthError('invalid_request_uri', 'this request was answered already');
}

export async function findPushed(
  digest: string,
  engine: Engine,
): Promise<Entry<PushedRequestRecord> | undefined> {
  return await pushedRequests.get(engine.store, engine.settings.issuer, digest);
}

function incomingOfRecord(
  { params, signed, dpop_jkt }: PushedRequestRecord,
  digest: string,
): Incoming {
  return {
    params: paramsOf(params),
    via: { pushed: digest, signed: signed === true },
    uses: [],
    ...(dpop_jkt === undefined ? {} : { dpop_jkt }),
  };
}
