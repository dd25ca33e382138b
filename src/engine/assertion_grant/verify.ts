import type { JWTPayload } from 'jose';
import { sha256 } from '../../keys/digest.ts';
import { MAX_CLOCK_SKEW_SECONDS, peekJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import { isMap } from '../../spec/is_map.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { TokenExchangePolicy } from '../../spec/token_exchange.ts';
import type { TrustedIssuer } from '../../spec/trusted_issuer.ts';
import type { Confirmation } from '../../store/records.ts';
import { isHeldBy } from '../binding.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import type { OneTimeUse } from '../one_time.ts';
import { trustedIssuer, verifyTrusted } from './trusted.ts';

/** An assertion that holds; it counts once its use is written. */
export interface Assertion {
  /** By which the configuration calls its issuer. */
  readonly name: string;
  readonly issuer: TrustedIssuer;
  readonly payload: JWTPayload;
  /** The key that whoever shows it has proven. */
  readonly cnf?: Confirmation;
  readonly use: OneTimeUse;
}

/** T050: no kind of JWT that has a typ of its own passes for an assertion. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'authorization-grant+jwt'];

const MAX_JTI_LENGTH = 255;

/** All of RFC 7523 §3, for the client that shows it. @throws {OAuthError} `invalid_grant` (§3.1) */
export async function verifyAssertion(
  text: string,
  policy: TokenExchangePolicy,
  caller: Caller,
  engine: Engine,
): Promise<Assertion> {
  const peeked = peekJwt(text);
  const [name, issuer] = trustedIssuer(peeked?.payload.iss, policy, engine) ?? [];
  if (peeked === undefined || name === undefined || issuer === undefined) {
    throw invalid('must be a signed JWT of an issuer that the policy of the client names');
  }
  const verified = await verifyTrusted(text, peeked, issuer, caller.client, engine);
  if (verified === undefined) throw invalid('is not signed by a key of its issuer');
  const { header, payload } = verified;
  if (!TYPES.includes(header.typ?.toLowerCase())) throw invalid('has the typ of something else');
  const problem = audienceProblem(payload, issuer, engine) ??
    timeProblem(payload, issuer, engine.now()) ??
    jtiProblem(payload) ??
    actorProblem(payload, caller.client) ??
    holderProblem(payload, caller);
  if (problem !== undefined) throw invalid(problem);
  const { cnf } = payload as { readonly cnf?: Confirmation };
  return { name, issuer, payload, ...cnf !== undefined && { cnf }, use: useOf(text, payload) };
}

/** One, so that nobody else whom it is meant for can show it here. RFC 7523 §3 no. 3 */
function audienceProblem(
  { aud }: JWTPayload,
  { audience }: TrustedIssuer,
  { settings: { issuer } }: Engine,
): string | undefined {
  const accepted = audience ?? [issuer, `${issuer}/token`];
  const [only, ...others] = [aud ?? []].flat();
  return only !== undefined && others.length === 0 && accepted.includes(only)
    ? undefined
    : `must have one aud: ${accepted.join(' or ')}`;
}

/** RFC 7523 §3 no. 4 to 6. */
function timeProblem(
  { exp, nbf, iat }: JWTPayload,
  { max_lifetime }: TrustedIssuer,
  nowSeconds: number,
): string | undefined {
  if (!isTime(exp)) return 'must have an exp';
  if (exp <= nowSeconds) return 'has expired';
  if (exp > nowSeconds + max_lifetime + MAX_CLOCK_SKEW_SECONDS) return 'has an exp too far ahead';
  for (const [claim, time] of [['iat', iat], ['nbf', nbf]] as const) {
    if (time === undefined) continue;
    if (!isTime(time)) return `has an ${claim} that is no time`;
    if (time > nowSeconds + MAX_CLOCK_SKEW_SECONDS) return `has an ${claim} in the future`;
  }
  const isOld = iat !== undefined && iat < nowSeconds - max_lifetime - MAX_CLOCK_SKEW_SECONDS;
  return isOld ? 'has an iat too long ago' : undefined;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function jtiProblem({ jti }: JWTPayload): string | undefined {
  const isGood = jti === undefined ||
    typeof jti === 'string' && jti !== '' && jti.length <= MAX_JTI_LENGTH;
  return isGood ? undefined : `has a jti that is no text of 1 to ${MAX_JTI_LENGTH} characters`;
}

/**
 * An actor of somebody else's making would be lost in our token, and the client would seem to act in the person's own
 * name. RFC 8693 §4.1, §4.4
 */
function actorProblem(payload: JWTPayload, { client_id }: Client): string | undefined {
  const { act, may_act } = payload as { readonly act?: unknown; readonly may_act?: unknown };
  if (act !== undefined) return 'must be of a subject that acts itself: it has an act';
  if (may_act === undefined) return undefined;
  const isClient = isMap(may_act) && Object.keys(may_act).length > 0 &&
    Object.entries(may_act).every(([claim, value]) =>
      ['sub', 'client_id'].includes(claim) && value === client_id
    );
  return isClient ? undefined : 'has a may_act that names another party';
}

/** RFC 7800 §3: whoever shows it holds the key, by a proof that we know. */
function holderProblem({ cnf }: JWTPayload, caller: Caller): string | undefined {
  if (cnf === undefined) return undefined;
  const members: readonly (readonly [string, unknown])[] = isMap(cnf) ? Object.entries(cnf) : [];
  const isKnown = members.length > 0 &&
    members.every(([name, value]) =>
      ['jkt', 'x5t#S256'].includes(name) && typeof value === 'string'
    );
  return isKnown && isHeldBy(Object.fromEntries(members), caller)
    ? undefined
    : 'is bound to another key';
}

/** By its jti or, without one, by what is signed: of signatures there may be several. RFC 7523 §3 no. 7 */
function useOf(text: string, { iss, jti, exp }: JWTPayload): OneTimeUse {
  const signed = text.slice(0, text.lastIndexOf('.'));
  return {
    kind: 'grant_assertion',
    id: sha256(JSON.stringify(jti === undefined ? [iss, null, signed] : [iss, jti])),
    expiresAtSeconds: Math.ceil(exp ?? 0),
    taken: invalid('was used before'),
  };
}

function invalid(problem: string): OAuthError {
  return new OAuthError('invalid_grant', `assertion ${problem}`);
}
