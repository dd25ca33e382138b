import type { JWTPayload } from 'jose';
import { randomToken } from '../../keys/digest.ts';
import { referenceOf } from '../../keys/encrypt.ts';
import { sealingKidOf } from '../../keys/key_records.ts';
import { peekJwt } from '../../keys/verify.ts';
import { createRecent } from '../../keys/recent.ts';
import type { Client } from '../../spec/client.ts';
import type { AccessTokenFormat, SigningAlg } from '../../spec/identifiers.ts';
import { isProfileAlg, profileOf } from '../../spec/profile_client.ts';
import type { LifespanGrant } from '../../spec/settings.ts';
import type {
  AuthorizationDetails,
  Confirmation,
  GrantRecord,
  UserRecord,
} from '../../store/records.ts';
import { accessTokenClaims } from '../claims/select.ts';
import { encryptedTo, protectedJwt } from '../client_jwt.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { type Protection, protectionOf } from '../protection.ts';
import { registeredResources } from '../resources.ts';
import type { Act, Ancestor, Descent, MayAct } from './descent.ts';

/** What an access token says of itself; the rest is its grant's. */
export interface AccessToken {
  /** `<grant id>.<random>`: names the grant, if it is under one, and this one token. */
  readonly jti: string;
  readonly client_id: string;
  readonly scope: string;
  readonly aud: readonly string[];
  readonly iat: number;
  readonly exp: number;
  /** RFC 9396 §9 */
  readonly authorization_details?: AuthorizationDetails;
  /** Whoever presents it must hold this key. RFC 9449 §6, RFC 8705 §3 */
  readonly cnf?: Confirmation;
  /** The client that it speaks of, where that is not the one that has it. RFC 8693 §1.1 */
  readonly sub?: string;
  /** RFC 8693 §4.1, §4.4 */
  readonly act?: Act;
  readonly may_act?: MayAct;
  /** What it was made from, by exchange. T075 */
  readonly exchanged_from?: readonly Ancestor[];
}

const OPAQUE_PREFIX = 'ost_at_';
const JWT_TYP = 'at+jwt';

export interface AccessTokenInput {
  /** Absent when the client acts for itself. */
  readonly grant: GrantRecord | undefined;
  readonly user: UserRecord | undefined;
  readonly client: Client;
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly authorization_details?: AuthorizationDetails | undefined;
  readonly cnf?: Confirmation | undefined;
  readonly grant_type: LifespanGrant;
  /** Of what is made by exchange. */
  readonly descent?: Descent | undefined;
  /** Unix seconds: whatever the lifespans are. */
  readonly latest?: number | undefined;
}

/** A token for the resources, in the format they or the client are registered for. It is stored nowhere. */
export async function issueAccessToken(
  input: AccessTokenInput,
  engine: Engine,
): Promise<IssuedAccessToken> {
  const { grant, client, scope, authorization_details, cnf, descent, latest = Infinity } = input;
  const { format, lifetime, alg } = termsOf(input, engine);
  const iat = Math.floor(engine.now());
  // Never beyond the grant: then it would be dead before its exp.
  const exp = Math.min(iat + lifetime, grant?.expires_at ?? Infinity, latest);
  const token: AccessToken = {
    jti: `${grant?.id ?? ''}.${randomToken(16)}`,
    client_id: client.client_id,
    scope: scope.join(' '),
    aud: audienceOf(input, engine),
    iat,
    exp,
    ...(authorization_details === undefined ? {} : { authorization_details }),
    ...(cnf === undefined ? {} : { cnf }),
    ...(descent === undefined ? mayActOf(client) : descentOf(descent)),
  };
  const access_token = format === 'opaque'
    ? OPAQUE_PREFIX + seal(token, engine)
    : await jwtOf(token, input, jwtProtection(client, alg), engine);
  return { access_token, expires_in: exp - iat, audience: token.aud };
}

export interface IssuedAccessToken {
  readonly access_token: string;
  readonly expires_in: number;
  readonly audience: readonly string[];
}

/** Reads a token we made, whether or not it still counts; undefined for anything else. */
export async function readAccessToken(
  text: string,
  engine: Engine,
): Promise<AccessToken | undefined> {
  const sealed = sealedIn(text);
  if (sealed !== undefined) {
    const opened = engine.keys.open('access token', sealed);
    return opened === undefined ? undefined : readContent(opened);
  }
  const payload = await engine.keys.verifyOwn(text, JWT_TYP);
  if (payload === undefined) return undefined;
  const { aud, ...rest } = payload;
  return { scope: '', ...rest, aud: [aud ?? []].flat() } as unknown as AccessToken;
}

/**
 * What tokens hold that were read lately: most are shown again and again. What clients say in authorization_details may
 * take twenty times its length.
 */
const contents = createRecent<AccessToken>(1024, 1024);

function readContent(opened: string): AccessToken {
  const known = contents.get(opened);
  if (known !== undefined) return known;
  const token: AccessToken = JSON.parse(opened);
  contents.set(opened, token);
  return token;
}

/** The key that a token of ours was sealed or signed with, whether or not it is an access token. */
export function kidOf(text: string): string | undefined {
  const sealed = sealedIn(text);
  return sealed === undefined ? peekJwt(text)?.header.kid : sealingKidOf(sealed);
}

function sealedIn(text: string): string | undefined {
  return text.startsWith(OPAQUE_PREFIX) ? text.slice(OPAQUE_PREFIX.length) : referenceOf(text);
}

/** The grant a token was issued under; undefined for one of a client that acts for itself. */
export function grantIdOf({ jti }: Pick<AccessToken, 'jti'>): string | undefined {
  return jti.slice(0, Math.max(0, jti.indexOf('.'))) || undefined;
}

/** RFC 8693 §4.4. */
export function mayActOf({ may_act }: Client): Pick<AccessToken, 'may_act'> {
  return may_act === undefined ? {} : { may_act: { sub: may_act, client_id: may_act } };
}

function descentOf(
  { sub, act, may_act, exchanged_from }: Descent,
): Pick<AccessToken, 'sub' | 'act' | 'may_act' | 'exchanged_from'> {
  return {
    ...(sub === undefined ? {} : { sub }),
    ...(act === undefined ? {} : { act }),
    ...(may_act === undefined ? {} : { may_act }),
    exchanged_from,
  };
}

function seal(token: AccessToken, engine: Engine): string {
  return engine.keys.seal('access token', JSON.stringify(token));
}

/** RFC 9068; in a JWE, which only the client's resource server can read, we know it by what an opaque one would be. */
async function jwtOf(
  token: AccessToken,
  input: AccessTokenInput,
  { encryption, ...protection }: Protection,
  engine: Engine,
): Promise<string> {
  const content = { typ: JWT_TYP, payload: jwtPayload(token, input, engine), ...protection };
  const jwt = await protectedJwt(input.client, content, engine);
  if (encryption === undefined) return jwt;
  const to = { ...encryption, cty: 'JWT', typ: JWT_TYP, reference: seal(token, engine) };
  return await encryptedTo(input.client, jwt, to, engine);
}

/** RFC 9068 §2.2. */
function jwtPayload(
  token: AccessToken,
  { grant, user, client, scope: granted }: AccessTokenInput,
  engine: Engine,
): JWTPayload {
  const { aud, scope, ...rest } = token;
  const [first] = aud;
  return {
    ...(grant === undefined || user === undefined
      ? {}
      : accessTokenClaims({ ...grant, scope: granted }, user, client, engine, token)),
    iss: engine.settings.issuer,
    // RFC 9068 §2.2: without a person, the client is the subject.
    sub: grant?.sub ?? token.client_id,
    aud: aud.length === 1 && first !== undefined ? first : [...aud],
    ...rest,
    ...(scope === '' ? {} : { scope }),
    ...(grant === undefined ? {} : authenticationOf(grant)),
  };
}

/** How the person signed in; nothing where somebody else says who they are. RFC 9068 §2.2.1 */
export function authenticationOf({ grant_type, authentication }: GrantRecord) {
  if (grant_type === 'jwt_bearer') return {};
  const { auth_time, acr, amr } = authentication;
  return { auth_time: Math.floor(auth_time), acr, amr: [...amr] };
}

/** RFC 9068 §3: the resources asked for; our own UserInfo endpoint, under the issuer's name, with openid or without any. */
function audienceOf({ scope, resource }: AccessTokenInput, engine: Engine): readonly string[] {
  const { issuer } = engine.settings;
  return resource.length === 0 || scope.includes('openid') ? [...resource, issuer] : resource;
}

interface Terms {
  readonly format: AccessTokenFormat;
  readonly lifetime: number;
  /** What the one resource says signs, before what the client says. */
  readonly alg: SigningAlg | undefined;
}

/** Several resources: the client's format, and the shortest life any of them allows. */
function termsOf(
  { client, resource, grant_type, descent }: AccessTokenInput,
  engine: Engine,
): Terms {
  const resources = registeredResources(resource, engine);
  const only = resources.length === 1 ? resources[0] : undefined;
  const lifetimes = resources.flatMap(({ access_token_lifetime }) => access_token_lifetime ?? []);
  return {
    format: descent?.format ?? only?.access_token_format ?? client.access_token_format,
    alg: only?.access_token_signed_response_alg,
    lifetime: lifetimes.length === 0
      ? lifespansOf(client, engine, grant_type).access_token
      : Math.min(...lifetimes),
  };
}

/** A key that the client names is of the client's algorithm. */
function jwtProtection(client: Client, alg: SigningAlg | undefined): Protection {
  const ofClient = protectionOf(client, 'access_token');
  const isFit = alg === undefined || isProfileAlg(alg, profileOf(client));
  if (alg === undefined || alg === ofClient.alg || !isFit) return ofClient;
  const { kid: _, ...keyless } = ofClient;
  return { ...keyless, alg };
}
