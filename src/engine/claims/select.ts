import { isTaggable } from '../../accounts/standard_claims.ts';
import { byteLength } from '../../spec/byte_length.ts';
import type { Client } from '../../spec/client.ts';
import type { Authorization, UserRecord } from '../../store/records.ts';
import type { JsonValue } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { sourceOf, valueOf } from './sources.ts';

type Claims = { readonly [claim: string]: JsonValue };

/** Where claims go. */
export type Place = 'id_token' | 'userinfo' | 'access_token';

/** Why a claim goes to a place: what granted it, and what sends it there. */
export type Ground =
  /** Its scope, to UserInfo. Core §5.4 */
  | 'scope'
  /** Its scope, to the ID token, as no UserInfo will be asked. Core §5.4 */
  | 'no_userinfo'
  | 'claims_in_id_token'
  /** The `claims` parameter, by name, for this place. Core §5.5 */
  | 'claims_parameter'
  | 'policy';

/** What is asked for, and by whom. */
export interface Asked {
  readonly authorization: Pick<Authorization, 'scope' | 'claims' | 'claims_locales'>;
  readonly client: Pick<Client, 'claims_policy' | 'claims_in_id_token'>;
  readonly engine: Engine;
  /** False: the answer holds no access token, so that the ID token is all there is. */
  readonly hasUserinfo: boolean;
}

/** Of a claim that the policy sends, `scope` is undefined when the `claims` parameter granted it. */
type Visit = (claim: string, ground: Ground, scope: string | undefined) => void;

/** What UserInfo tells: the claims of the scopes and those asked for by name. Core §5.4, §5.5. */
export function userinfoClaims(
  authorization: Authorization,
  user: UserRecord,
  client: Client,
  engine: Engine,
): Claims {
  return collect('userinfo', { authorization, client, engine, hasUserinfo: true }, user);
}

/** What the ID token tells beyond the protocol's own claims. Core §5.4, §5.5. */
export function idTokenClaims(
  authorization: Authorization,
  user: UserRecord,
  client: Client,
  engine: Engine,
  hasUserinfo: boolean,
): Claims {
  return collect('id_token', { authorization, client, engine, hasUserinfo }, user);
}

/** Bytes of JSON: a token with all else that is in it must still fit into a header, and be read by us. T129 */
const MAX_ACCESS_TOKEN_CLAIMS_BYTES = 6 * 1024;
/** The same with all else. */
const MAX_ACCESS_TOKEN_BYTES = 11 * 1024;

/**
 * What an access token in the jwt format tells of the person beside what is in it anyway: what the client's policy sends
 * there, or none of it where that is too long. RFC 9068 §2.2.2
 */
export function accessTokenClaims(
  authorization: Asked['authorization'],
  user: UserRecord,
  client: Asked['client'],
  engine: Engine,
  besides: object = {},
): Claims {
  const claims = collect(
    'access_token',
    { authorization, client, engine, hasUserinfo: true },
    user,
  );
  const names = Object.keys(claims);
  if (names.length === 0) return claims;
  const bytes = byteLength(JSON.stringify(claims));
  const isTooLong = bytes > MAX_ACCESS_TOKEN_CLAIMS_BYTES ||
    bytes + byteLength(JSON.stringify(besides)) > MAX_ACCESS_TOKEN_BYTES;
  if (!isTooLong) return claims;
  engine.log('warn', 'access_token.claims_left_out', { user: user.id, claims: names, bytes });
  return {};
}

/** Visits each claim that is to go to the place if the person has it; some may come twice. */
export function visitAsked(place: Place, asked: Asked, visit: Visit): void {
  const { authorization: { claims }, client, hasUserinfo } = asked;
  switch (place) {
    case 'userinfo':
      visitScopes(asked, 'scope', visit);
      break;
    case 'id_token':
      if (!hasUserinfo) visitScopes(asked, 'no_userinfo', visit);
      else if (client.claims_in_id_token) visitScopes(asked, 'claims_in_id_token', visit);
      visitPolicy(place, asked, visit);
      break;
    case 'access_token':
      // Core §5.5 knows no such place.
      visitPolicy(place, asked, visit);
      return;
  }
  for (const claim of claims[place]) visit(claim, 'claims_parameter', undefined);
}

/** The claim itself, and its members in the languages wanted that the person has. Core §5.2. */
export function namesOf(
  claim: string,
  user: UserRecord,
  locales: readonly string[] | undefined,
): readonly string[] {
  if (locales === undefined || !isTaggable(claim)) return [claim];
  const tagged = Object.keys(user.claims).filter((name) => name.startsWith(`${claim}#`));
  if (tagged.length === 0) return [claim];
  const wanted = locales.flatMap((locale) => nearestTag(tagged, claim, locale) ?? []);
  return [claim, ...new Set(wanted)];
}

function collect(place: Place, asked: Asked, user: UserRecord): Claims {
  const { authorization: { claims_locales }, client, engine } = asked;
  const collected: Record<string, JsonValue> = {};
  visitAsked(place, asked, (claim) => {
    for (const name of namesOf(claim, user, claims_locales)) {
      if (Object.hasOwn(collected, name)) continue;
      const source = sourceOf(name, client, engine.settings);
      const value = source && valueOf(source, user, engine);
      if (value !== undefined) collected[name] = value;
    }
  });
  return collected;
}

function visitScopes(
  { authorization: { scope }, engine: { settings } }: Asked,
  ground: Ground,
  visit: Visit,
): void {
  for (const name of scope) {
    for (const claim of settings.scopes.get(name)?.claims ?? []) visit(claim, ground, name);
  }
}

/** A policy moves what was granted; it grants nothing itself. */
function visitPolicy(place: 'id_token' | 'access_token', asked: Asked, visit: Visit): void {
  const { authorization: { scope, claims }, client: { claims_policy }, engine } = asked;
  if (claims_policy === undefined) return;
  const { scopes, claims_policies } = engine.settings;
  for (const claim of claims_policies.get(claims_policy)?.[place] ?? []) {
    const by = scope.find((name) => scopes.get(name)?.claims.includes(claim));
    const isNamed = claims.userinfo.includes(claim) || claims.id_token.includes(claim);
    if (by !== undefined || isNamed) visit(claim, 'policy', by);
  }
}

/** RFC 4647 §3.4: the tag itself, or the next more general one. */
function nearestTag(tagged: readonly string[], claim: string, locale: string): string | undefined {
  for (let range = locale; range !== ''; range = range.slice(0, range.lastIndexOf('-'))) {
    const name = `${claim}#${range}`.toLowerCase();
    const found = tagged.find((each) => each.toLowerCase() === name);
    if (found !== undefined || !range.includes('-')) return found;
  }
  return undefined;
}
