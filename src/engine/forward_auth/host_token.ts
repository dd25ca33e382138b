import type { JWTPayload } from 'jose';
import { randomToken, sha256 } from '../../keys/digest.ts';
import type { Recent } from '../../keys/recent.ts';
import type { HostTokenSettings } from '../../spec/forward_auth.ts';
import type { AuthenticationContext, UserRecord } from '../../store/records.ts';
import { accessTokenClaims } from '../claims/select.ts';
import { subjectOf } from '../claims/subject.ts';
import type { Engine } from '../engine.ts';
import type { AccessToken } from '../tokens/access_token.ts';
import { withoutPeople } from '../tokens/descent.ts';

/** Whom an application is told about. */
export interface Bearer {
  readonly person?: {
    readonly user: UserRecord;
    /** Absent: somebody else says who they are. */
    readonly authentication?: AuthenticationContext;
  };
  /** What they have shown, if it was an access token. */
  readonly token?: AccessToken;
}

/** A token that was made, and until when it is handed out again: Unix seconds. */
export interface HostToken {
  readonly jwt: string;
  readonly until: number;
}

/** Who asks for what where no client does. */
const FORWARD_AUTH_CLIENT = 'forward-auth';

/** The part of a token's life after which another is made. */
const FRESH = 2 / 3;

/**
 * The JWT for the application at a protected host, made once for each session and audience until it is about to expire.
 * RFC 9068 §2.2
 */
export async function hostTokenFor(
  bearer: Bearer,
  origin: string,
  settings: HostTokenSettings,
  made: Recent<HostToken>,
  engine: Engine,
): Promise<string> {
  const nowSeconds = engine.now();
  const key = nameOf(bearer, origin, settings);
  const known = made.get(key);
  if (known !== undefined && known.until > nowSeconds && await isOurs(known, engine)) {
    return known.jwt;
  }
  const payload = await payloadOf(bearer, origin, settings, engine);
  const jwt = await engine.keys.sign(settings.signed_response_alg, 'at+jwt', payload);
  made.set(key, { jwt, until: nowSeconds + ((payload.exp ?? 0) - nowSeconds) * FRESH });
  return jwt;
}

/** The key that signed it may have been removed since. */
async function isOurs({ jwt }: HostToken, { keys }: Engine): Promise<boolean> {
  return await keys.verifyOwn(jwt, 'at+jwt') !== undefined;
}

/** All that its content rests on; of a person not only when they changed last, as much may change in a second. */
function nameOf(
  { person, token }: Bearer,
  origin: string,
  { audience }: HostTokenSettings,
): string {
  const { user, authentication } = person ?? {};
  const all = JSON.stringify([
    audience ?? origin,
    origin,
    user?.id,
    user?.updated_at,
    user?.username,
    user?.groups,
    user?.claims,
    user?.attributes,
    authentication?.sid,
    authentication?.auth_time,
    authentication?.acr,
    authentication?.amr,
    token?.jti,
  ]);
  // What people say of themselves may be long.
  return sha256(all);
}

async function payloadOf(
  bearer: Bearer,
  origin: string,
  settings: HostTokenSettings,
  engine: Engine,
): Promise<JWTPayload> {
  const { person, token } = bearer;
  const client_id = token?.client_id ?? FORWARD_AUTH_CLIENT;
  const iat = Math.floor(engine.now());
  return {
    ...person === undefined ? {} : claimsFor(person.user, settings, engine),
    iss: engine.settings.issuer,
    sub: person === undefined
      ? token?.sub ?? client_id
      : await subjectAt(person.user, origin, settings, engine),
    aud: settings.audience ?? origin,
    client_id,
    iat,
    exp: Math.min(iat + settings.lifetime, token?.exp ?? Infinity),
    // Names no grant of ours: at our own endpoints, and at other hosts, it is worth nothing.
    jti: `${FORWARD_AUTH_CLIENT}.${randomToken(16)}`,
    ...token !== undefined && token.scope !== '' && { scope: token.scope },
    // RFC 8693 §4.1: the host may be of another sector than the client that has the token.
    ...token?.act !== undefined && { act: withoutPeople(token.act) },
    ...person?.authentication !== undefined && authenticationOf(person.authentication),
  };
}

/** The policy names what is told: nobody asks for scopes here. */
function claimsFor(user: UserRecord, { claims_policy }: HostTokenSettings, engine: Engine) {
  if (claims_policy === undefined) return {};
  const names = engine.settings.claims_policies.get(claims_policy)?.access_token ?? [];
  const asked = { scope: [], claims: { userinfo: names, id_token: [] } };
  return accessTokenClaims(asked, user, { claims_policy, claims_in_id_token: false }, engine);
}

/** As a client with a redirect URI there would call the person. Core §8.1 */
async function subjectAt(
  { id }: UserRecord,
  origin: string,
  { subject_type }: HostTokenSettings,
  engine: Engine,
): Promise<string> {
  const redirect_uris = [`${origin}/`];
  return await subjectOf(
    id,
    { client_id: FORWARD_AUTH_CLIENT, subject_type, redirect_uris },
    engine,
  );
}

function authenticationOf({ auth_time, acr, amr }: AuthenticationContext) {
  return { auth_time: Math.floor(auth_time), acr, amr: [...amr] };
}
