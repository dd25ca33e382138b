import type { JWTPayload } from 'jose';
import { peekJwt, verifyJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import { isSigning } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, paramsOf } from '../../spec/params.ts';
import {
  checkClaims,
  checkProfileAlg,
  keysFor,
  pairsOf,
  usesOf,
} from '../authorize/request_object.ts';
import type { Engine } from '../engine.ts';
import type { OneTimeUse } from '../one_time.ts';

/** The parameters that count, and what is used up by them. */
export interface ReadRequest {
  readonly params: Params;
  readonly uses: readonly OneTimeUse[];
}

/** Characters. */
const MAX_LENGTH = 16 * 1024;

/** CIBA §7.1.1: all of them must be there. */
const REQUIRED_CLAIMS = ['aud', 'iss', 'exp', 'iat', 'nbf', 'jti'] as const;

/** Members that are parameters; what else there is, such as FAPI-CIBA's `request_context`, may be anything. §7.1 */
const PARAMETERS: ReadonlySet<string> = new Set([
  'scope',
  'client_notification_token',
  'acr_values',
  'login_hint_token',
  'id_token_hint',
  'login_hint',
  'binding_message',
  'user_code',
  'requested_expiry',
  'resource',
  'authorization_details',
]);

/** What stands beside a signed request: it, and what proves who the client is. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'request',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]);

/**
 * The parameters of a request, be they in a JWT or not. CIBA §7.1, §7.1.1
 * @throws {OAuthError} `invalid_request`: §13 has no code of its own for a JWT that will not do
 */
export async function readBackchannelRequest(
  params: Params,
  client: Client,
  engine: Engine,
): Promise<ReadRequest> {
  const request = params.get('request');
  if (request === undefined) {
    const alg = client.backchannel_authentication_request_signing_alg;
    if (alg !== undefined) throw invalid(`it must be signed with ${alg}`);
    if (client.require_signed_request_object) throw invalid('it must be signed');
    return { params, uses: [] };
  }
  const outside = params.pairs.find(([name]) => !OUTSIDE.has(name));
  if (outside !== undefined) {
    throw invalid(`${outside[0].slice(0, 64)} must be in the JWT, not beside it`);
  }
  try {
    const payload = await verified(request, client, engine);
    const uses = usesOf(payload, client, engine);
    return {
      params: paramsOf(pairsOf(parametersOf(payload))),
      uses: uses.map((use) => ({ ...use, taken: asInvalidRequest(use.taken) })),
    };
  } catch (error) {
    throw asInvalidRequest(error);
  }
}

async function verified(request: string, client: Client, engine: Engine): Promise<JWTPayload> {
  if (request.length > MAX_LENGTH) throw invalid('it is too long');
  const { alg, kid } = peekJwt(request)?.header ?? {};
  const registered = client.backchannel_authentication_request_signing_alg;
  if (registered !== undefined && alg !== registered) throw invalid(`it must use ${registered}`);
  // §7.1.1: no symmetric algorithm, and so not `none` either.
  if (alg === undefined || !isSigning(alg)) throw invalid('it must use an asymmetric signature');
  checkProfileAlg(alg, client);
  const read = await verifyJwt(request, await keysFor(alg, kid, client, engine), [alg]);
  if (read === undefined) throw invalid('its signature is not by a key of this client');
  const missing = REQUIRED_CLAIMS.find((name) => read.payload[name] === undefined);
  if (missing !== undefined) throw invalid(`it has no ${missing}`);
  checkClaims(read.payload, client, engine);
  return read.payload;
}

function parametersOf(payload: JWTPayload): JWTPayload {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => PARAMETERS.has(name)));
}

function asInvalidRequest<E>(error: E): E | OAuthError {
  return error instanceof OAuthError && error.code === 'invalid_request_object'
    ? new OAuthError('invalid_request', error.hint)
    : error;
}

function invalid(problem: string): OAuthError {
  return new OAuthError('invalid_request', `the request is refused: ${problem}`);
}
