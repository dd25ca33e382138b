import type { JWTPayload } from 'jose';
import { sha256 } from '../../keys/digest.ts';
import { MAX_CLOCK_SKEW_SECONDS, peekJwt, type ReadJwt, verifyJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import type { ClientSigningAlg } from '../../spec/identifiers.ts';
import { endpointUrls } from '../endpoint_urls.ts';
import type { Engine } from '../engine.ts';
import {
  type Credentials,
  invalidClient,
  type Presented,
  type Proof,
  unproven,
} from './client_auth.ts';

/** RFC 7523 §2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** RFC 7521 §5.2 leaves the bound to us: an assertion good for longer is as good as a password. */
const MAX_LIFETIME_SECONDS = 3600;
const MAX_JTI_LENGTH = 255;

/** T050: no kind of JWT that has a typ of its own passes for an assertion. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'client-authentication+jwt'];

type VerifyKeys = Parameters<typeof verifyJwt>[1];

/** The assertion of a request that uses one of these algs. RFC 7521 §4.2. @throws {OAuthError} `invalid_client` */
export function readAssertion(
  presented: Presented,
  algs: readonly string[],
): Credentials | undefined {
  const { params } = presented;
  const assertion = params.get('client_assertion');
  const type = params.get('client_assertion_type');
  if (assertion === undefined && type === undefined) return undefined;
  if (type !== ASSERTION_TYPE) throw invalidClient('client_assertion_type is another');
  const peeked = assertion === undefined ? undefined : peekAssertion(presented, assertion);
  const sub = peeked?.payload.sub;
  if (assertion === undefined || peeked === undefined || typeof sub !== 'string' || sub === '') {
    throw invalidClient('client_assertion is not a JWT with sub');
  }
  return algs.includes(peeked.header.alg) ? { client_id: sub, shown: assertion } : undefined;
}

const peekedAssertions = new WeakMap<Presented, ReadJwt | undefined>();

/** What the assertion of a request claims to say: read once, since each method has a look at it. */
export function peekAssertion(presented: Presented, assertion: string): ReadJwt | undefined {
  if (!peekedAssertions.has(presented)) peekedAssertions.set(presented, peekJwt(assertion));
  return peekedAssertions.get(presented);
}

/** Is this an assertion of the client's, made for us, and not used before? RFC 7523 §3, Core §9 */
export async function proveAssertion(
  client: Client,
  jwt: string,
  by: VerifyKeys,
  algs: readonly ClientSigningAlg[],
  presented: Presented,
  engine: Engine,
): Promise<Proof> {
  const verified = await verifyJwt(jwt, by, algs);
  if (verified === undefined) return unproven('the assertion is not signed by the client');
  const { header, payload } = verified;
  if (!TYPES.includes(header.typ?.toLowerCase())) return unproven('the assertion has another typ');
  const nowSeconds = engine.now();
  const problem = assertionProblem(payload, client, audiencesOf(client, presented, engine)) ??
    timeProblem(payload, nowSeconds);
  if (problem !== undefined) return unproven(problem);
  return {
    ok: true,
    uses: [{
      kind: 'assertion',
      id: sha256(JSON.stringify([client.client_id, payload.jti])),
      expiresAtSeconds: Math.ceil(payload.exp ?? 0),
      taken: invalidClient('the assertion was used before'),
    }],
  };
}

interface Audiences {
  readonly accepted: readonly string[];
  /** Whether it must be one plain string. T041 */
  readonly isPlain: boolean;
}

function audiencesOf(client: Client, { urls }: Presented, { settings }: Engine): Audiences {
  const { issuer } = settings;
  return client.assertion_audience === 'issuer'
    ? { accepted: [issuer], isPlain: true }
    : { accepted: [issuer, ...endpointUrls('/token', settings), ...urls], isPlain: false };
}

function assertionProblem(
  { iss, sub, aud, jti }: JWTPayload,
  { client_id }: Client,
  { accepted, isPlain }: Audiences,
): string | undefined {
  if (iss !== client_id || sub !== client_id) return 'iss and sub must be the client_id';
  if (isPlain && typeof aud !== 'string') return 'aud must be one string';
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!named.some((each) => accepted.some((known) => known === each))) return 'aud is not us';
  return typeof jti === 'string' && jti !== '' && jti.length <= MAX_JTI_LENGTH
    ? undefined
    : `jti must have 1 to ${MAX_JTI_LENGTH} characters`;
}

function timeProblem({ exp, iat, nbf }: JWTPayload, nowSeconds: number): string | undefined {
  if (!isTime(exp)) return 'exp is required';
  if (exp <= nowSeconds) return 'the assertion has expired';
  if (exp > nowSeconds + MAX_LIFETIME_SECONDS) return 'exp is too far ahead';
  for (const [name, time] of [['iat', iat], ['nbf', nbf]] as const) {
    if (time === undefined) continue;
    if (!isTime(time)) return `${name} must be a number`;
    if (time > nowSeconds + MAX_CLOCK_SKEW_SECONDS) return `${name} is in the future`;
  }
  return undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
