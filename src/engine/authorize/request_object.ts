import type { JWTPayload } from 'jose';
import { sha256 } from '../../keys/digest.ts';
import { isJwe } from '../../keys/encrypt.ts';
import { MAX_CLOCK_SKEW_SECONDS, peekJwt, verifyJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import {
  ASYMMETRIC_ENCRYPTION_ALGS,
  type ClientSigningAlg,
  CONTENT_ENCRYPTIONS,
  isHmac,
  isSigning,
} from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { paramsOf } from '../../spec/params.ts';
import { isProfileAlg, profileOf } from '../../spec/profile_client.ts';
import { rawSecret } from '../client_auth/secret.ts';
import { clientKeys } from '../client_keys.ts';
import type { Engine } from '../engine.ts';
import type { OneTimeUse } from '../one_time.ts';
import type { Incoming } from './incoming.ts';
import { PENDING_SECONDS } from './lifetime.ts';

/** Characters. */
const MAX_LENGTH = 32 * 1024;

/** Seconds for which the `jti` of a request object without `exp` is remembered. */
const REMEMBERED_SECONDS = 24 * 3600;

/** A request object by value, or by reference. */
export interface Reference {
  readonly request: string | undefined;
  readonly request_uri: string | undefined;
}

/**
 * The parameters in a request object, and only those. RFC 9101 §4 to §6, Core §6; T018, T019.
 * @throws {OAuthError} `invalid_request_object`, `invalid_request_uri`
 */
export async function readRequestObject(
  { request, request_uri }: Reference,
  client: Client,
  engine: Engine,
): Promise<Incoming> {
  const text = request ?? await fetchObject(request_uri ?? '', client, engine);
  if (text.length > MAX_LENGTH) throw invalid('it is too long');
  const jwt = await decrypted(text.trim(), client, engine);
  const { payload, isSigned } = await opened(jwt, client, engine);
  checkClaims(payload, client, engine);
  return {
    params: paramsOf([...pairsOf(payload), ['client_id', client.client_id]]),
    via: { signed: isSigned },
    uses: usesOf(payload, client, engine),
  };
}

/** RFC 9101 §5.2.2: only what the client has registered is ever fetched. */
async function fetchObject(
  request_uri: string,
  client: Client,
  engine: Engine,
): Promise<string> {
  if (client.request_uris?.includes(request_uri) !== true) {
    throw new OAuthError('invalid_request_uri', 'request_uri is not registered for this client');
  }
  const [url = ''] = request_uri.split('#');
  const fetched = await engine.outbound.fetchText(url, {
    accept: ['application/oauth-authz-req+jwt', 'application/jwt', 'text/plain'],
    maxBytes: MAX_LENGTH,
  });
  if (!fetched.ok) {
    throw new OAuthError('invalid_request_uri', 'request_uri could not be fetched', {
      debug: fetched.problem,
    });
  }
  return fetched.body;
}

/** RFC 9101 §6.1. What the client registered is what we open; without that, whatever is for a key of ours. */
async function decrypted(text: string, client: Client, engine: Engine): Promise<string> {
  const { request_object_encryption_alg: alg, request_object_encryption_enc: enc } = client;
  if (!isJwe(text)) {
    if (alg !== undefined) throw invalid('it must be encrypted');
    return text;
  }
  const secret = rawSecret(client, engine);
  const jwt = await engine.keys.decrypt(text, {
    algs: alg === undefined ? ASYMMETRIC_ENCRYPTION_ALGS : [alg],
    encs: alg === undefined ? CONTENT_ENCRYPTIONS : [enc ?? 'A128CBC-HS256'],
    ...(secret === undefined ? {} : { secret }),
  });
  if (jwt === undefined) throw invalid('it cannot be decrypted');
  return jwt;
}

/** RFC 9101 §6.2. Unsigned ones only of clients that are registered for just that. */
async function opened(
  jwt: string,
  client: Client,
  engine: Engine,
): Promise<{ readonly payload: JWTPayload; readonly isSigned: boolean }> {
  const registered = client.request_object_signing_alg;
  const peeked = peekJwt(jwt);
  if (peeked === undefined) throw invalid('it is not a JWT');
  const { alg, typ, kid } = peeked.header;
  if (typ !== undefined && !TYPES.includes(String(typ).toLowerCase())) {
    throw invalid('it is a JWT of another kind');
  }
  if (registered !== undefined && alg !== registered) throw invalid(`it must use ${registered}`);
  checkProfileAlg(alg, client);
  if (alg === 'none') {
    if (registered !== 'none' || !jwt.endsWith('.')) throw invalid('it must be signed');
    return { payload: peeked.payload, isSigned: false };
  }
  const verified = await verifyJwt(jwt, await keysFor(alg, kid, client, engine), [
    alg as ClientSigningAlg,
  ]);
  if (verified === undefined) throw invalid('its signature is not by a key of this client');
  return { payload: verified.payload, isSigned: true };
}

export function checkProfileAlg(alg: string, client: Client): void {
  const profile = profileOf(client);
  if (isProfileAlg(alg, profile)) return;
  throw invalid(`it must use one of ${profile.signing_algs?.value.join(', ')}`);
}

const TYPES = ['jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'];

/** The key type first, T047: a secret for HMAC, public keys for all else. */
export async function keysFor(
  alg: string | undefined,
  kid: string | undefined,
  client: Client,
  engine: Engine,
): Promise<Parameters<typeof verifyJwt>[1]> {
  if (alg !== undefined && isHmac(alg)) {
    const secret = rawSecret(client, engine);
    if (secret === undefined) throw invalid('this client has no secret to sign with');
    return { secret };
  }
  if (alg === undefined || !isSigning(alg)) {
    throw invalid('its algorithm is not supported');
  }
  const wanted = { use: 'sig' as const, alg, ...(kid === undefined ? {} : { kid }) };
  return { keys: await clientKeys(client, wanted, engine) };
}

/** @throws {OAuthError} `invalid_request_object` */
export function checkClaims(payload: JWTPayload, client: Client, engine: Engine): void {
  const nowSeconds = engine.now();
  const { iss, aud, exp, nbf, iat } = payload;
  if (iss !== undefined && iss !== client.client_id) throw invalid('iss must be the client_id');
  if (aud !== undefined && ![aud].flat().includes(engine.settings.issuer)) {
    throw invalid('aud must be the issuer');
  }
  if (payload['client_id'] !== undefined && payload['client_id'] !== client.client_id) {
    throw invalid('client_id must be that of the request');
  }
  for (const [name, value] of Object.entries({ exp, nbf, iat })) {
    if (value !== undefined && typeof value !== 'number') throw invalid(`${name} must be a number`);
  }
  if (exp !== undefined && exp <= nowSeconds) throw invalid('it has expired');
  for (const start of [nbf, iat]) {
    if (start !== undefined && start > nowSeconds + MAX_CLOCK_SKEW_SECONDS) {
      throw invalid('it is not valid yet');
    }
  }
  for (const nested of ['request', 'request_uri']) {
    if (payload[nested] !== undefined) throw invalid(`it must not hold ${nested}`);
  }
  checkLifetime(payload, client, nowSeconds);
}

/** What a profile wants to be told of when a request was signed, and for whom. */
function checkLifetime({ aud, exp, nbf }: JWTPayload, client: Client, nowSeconds: number): void {
  const { object_seconds: rule } = profileOf(client).requests;
  if (rule === undefined) return;
  const { value: most, clause } = rule;
  const must = (text: string): OAuthError => invalid(`it must ${text} (${clause})`);
  if (aud === undefined) throw must('have the issuer as its aud');
  if (nbf === undefined || exp === undefined) throw must('have nbf and exp');
  if (nbf < nowSeconds - most) throw must(`not be older than ${most} seconds by its nbf`);
  if (exp - nbf > most) throw must(`not be good for more than ${most} seconds after its nbf`);
}

/** Claims of the JWT itself, RFC 7519 §4.1; all others are parameters. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'client_id',
]);

/** RFC 9101 §4: parameters are members; those that are JSON elsewhere are JSON here. */
export function pairsOf(payload: JWTPayload): readonly (readonly [string, string])[] {
  return Object.entries(payload).flatMap(
    ([name, value]): readonly (readonly [string, string])[] => {
      if (ENVELOPE.has(name)) return [];
      if (MAY_REPEAT.has(name) && Array.isArray(value)) {
        return value.map((each) => [name, textOf(name, each)]);
      }
      return [[name, JSON_PARAMETERS.has(name) ? jsonOf(name, value) : textOf(name, value)]];
    },
  );
}

const MAY_REPEAT: ReadonlySet<string> = new Set(['resource', 'audience']);
const JSON_PARAMETERS: ReadonlySet<string> = new Set(['claims', 'authorization_details']);

function jsonOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch {
    // Where parsing goes deeper than writing.
    throw invalid(`${name} is nested too deep`);
  }
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'boolean') return String(value);
  throw invalid(`${name.slice(0, 64)} must be a string`);
}

/** A request object that names itself is good for one answer. RFC 9101 §10.2 leaves replay to us. */
export function usesOf(payload: JWTPayload, client: Client, engine: Engine): readonly OneTimeUse[] {
  const { jti, exp } = payload;
  if (jti === undefined) return [];
  if (typeof jti !== 'string' || jti === '' || jti.length > 255) {
    throw invalid('jti must be a string of at most 255 characters');
  }
  const end = Math.min(exp ?? Infinity, engine.now() + REMEMBERED_SECONDS);
  return [{
    kind: 'request_object',
    id: sha256(JSON.stringify([client.client_id, jti])),
    // A sign-in that began in time may end later.
    expiresAtSeconds: Math.ceil(end) + MAX_CLOCK_SKEW_SECONDS + PENDING_SECONDS,
    taken: invalid('its jti was used before'),
  }];
}

function invalid(problem: string): OAuthError {
  return new OAuthError('invalid_request_object', `the request object is refused: ${problem}`);
}
