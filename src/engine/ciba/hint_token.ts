import type { JWTPayload } from 'jose';
import { MAX_CLOCK_SKEW_SECONDS, peekJwt, type ReadJwt, verifyJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import { isSigning, type SigningAlg } from '../../spec/identifiers.ts';
import { isMap } from '../../spec/is_map.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { isProfileAlg, profileOf } from '../../spec/profile_client.ts';
import type { UserRecord } from '../../store/records.ts';
import { assertedPerson } from '../assertion_grant/subject.ts';
import { trustedIssuer, verifyTrusted } from '../assertion_grant/trusted.ts';
import { clientKeys } from '../client_keys.ts';
import type { Engine } from '../engine.ts';
import { personBySub } from '../person_by_sub.ts';
import { known, nobody, personByName } from './hinted.ts';

/** Of tokens of others, which so cannot be shown for a grant (RFC 7523), where they would need nobody's answer. */
const TYPE = 'login-hint+jwt';

/**
 * Whom a JWT means: one of the client's own making, or of a trusted issuer that its token exchange policy names.
 * @throws {OAuthError} `invalid_request`, `expired_login_hint_token`, `unknown_user_id`
 */
export async function personByToken(
  jwt: string,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const peeked = peekJwt(jwt);
  const alg = peeked?.header.alg;
  if (peeked === undefined || alg === undefined || !isSigning(alg)) {
    throw invalid('it is not a JWT with an asymmetric signature');
  }
  if (!isProfileAlg(alg, profileOf(client))) throw invalid('the profile of the client forbids alg');
  return peeked.payload.iss === client.client_id
    ? await personByOwnToken(jwt, peeked, alg, client, engine)
    : await personByTrusted(jwt, peeked, client, engine);
}

/** RFC 9493: `iss_sub`, with our issuer and the `sub` that the client knows, or `opaque`, with a username. */
async function personByOwnToken(
  jwt: string,
  { header: { kid } }: ReadJwt,
  alg: SigningAlg,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const wanted = { use: 'sig', alg, ...(kid === undefined ? {} : { kid }) } as const;
  const keys = await clientKeys(client, wanted, engine);
  const payload = (await verifyJwt(jwt, { keys }, [alg]))?.payload;
  if (payload === undefined) throw invalid('its signature is not by a key of this client');
  checkClaims(payload, [engine.settings.issuer], engine);
  const { format, iss, sub, id } = isMap(payload['sub_id']) ? payload['sub_id'] : {};
  if (format === 'iss_sub' && typeof sub === 'string') {
    if (iss !== engine.settings.issuer) throw invalid('sub_id names another issuer');
    return known(await personBySub(sub, client, engine));
  }
  if (format === 'opaque' && typeof id === 'string') return await personByName(id, client, engine);
  throw invalid('sub_id must have format iss_sub with iss and sub, or opaque with id');
}

/** By the claim that the configuration says names the subject. */
async function personByTrusted(
  jwt: string,
  peeked: ReadJwt,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const policy = engine.settings.token_exchange_policies.get(client.token_exchange_policy ?? '');
  const [, issuer] = trustedIssuer(peeked.payload.iss, policy ?? {}, engine) ?? [];
  if (issuer === undefined || issuer.subject_is === 'client') {
    throw invalid('iss must be the client_id, or an issuer that the policy of the client names');
  }
  const verified = await verifyTrusted(jwt, peeked, issuer, client, engine);
  if (verified === undefined) throw invalid('it is not signed by a key of its issuer');
  if (verified.header.typ?.toLowerCase() !== TYPE) throw invalid(`it must have typ ${TYPE}`);
  const { payload } = verified;
  checkClaims(payload, issuer.audience ?? [engine.settings.issuer], engine);
  try {
    return known(await assertedPerson({ issuer, payload }, client, engine));
  } catch (error) {
    throw error instanceof OAuthError && error.code === 'invalid_grant' ? nobody() : error;
  }
}

function checkClaims(
  { aud, exp, iat, nbf }: JWTPayload,
  accepted: readonly string[],
  engine: Engine,
): void {
  const [only, ...others] = [aud ?? []].flat();
  if (only === undefined || others.length > 0 || !accepted.includes(only)) {
    throw invalid(`it must have one aud: ${accepted.join(' or ')}`);
  }
  if (typeof exp !== 'number') throw invalid('exp is required');
  const latest = engine.now() + MAX_CLOCK_SKEW_SECONDS;
  for (const start of [iat, nbf]) {
    if (start !== undefined && !(typeof start === 'number' && start <= latest)) {
      throw invalid('it is not valid yet');
    }
  }
  if (exp <= engine.now()) {
    throw new OAuthError('expired_login_hint_token', 'login_hint_token has expired');
  }
}

function invalid(problem: string): OAuthError {
  return new OAuthError('invalid_request', `login_hint_token is refused: ${problem}`);
}
