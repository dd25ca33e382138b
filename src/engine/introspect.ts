import type { Client } from '../spec/client.ts';
import type { AuthorizationDetails, Confirmation } from '../store/records.ts';
import { subjectOf } from './claims/subject.ts';
import { protectedJwt } from './client_jwt.ts';
import type { Engine } from './engine.ts';
import { observe } from './observations.ts';
import { protectionOf } from './protection.ts';
import { sectorOf } from './sector.ts';
import { authenticationOf } from './tokens/access_token.ts';
import { type Act, type MayAct, withoutPeople } from './tokens/descent.ts';
import { type TokenType, tokenTypeOf } from './tokens/issue.ts';
import { findLiveGrant, findLiveToken, type LiveGrant, type LiveToken } from './tokens/live.ts';
import { readRefreshToken, standingOf } from './tokens/refresh_token.ts';

/** RFC 7662 §2.2. */
export type Introspection = { readonly active: false } | {
  readonly active: true;
  readonly scope?: string;
  readonly client_id: string;
  readonly username?: string;
  readonly token_type?: TokenType;
  readonly authorization_details?: AuthorizationDetails;
  readonly cnf?: Confirmation;
  readonly exp: number;
  readonly iat: number;
  readonly sub: string;
  readonly aud: readonly string[] | string;
  readonly iss: string;
  readonly jti?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** RFC 8693 §4.1, §4.4 */
  readonly act?: Act;
  readonly may_act?: MayAct;
};

const INACTIVE = { active: false } as const;

/** RFC 9701 §5: what the resource server learns, signed, and encrypted where it has registered that. */
export async function introspectionJwt(
  token_introspection: Introspection,
  caller: Client,
  engine: Engine,
): Promise<string> {
  const payload = {
    iss: engine.settings.issuer,
    aud: caller.client_id,
    iat: Math.floor(engine.now()),
    token_introspection,
  };
  const typ = 'token-introspection+jwt';
  return await protectedJwt(
    caller,
    { typ, payload, ...protectionOf(caller, 'introspection') },
    engine,
  );
}

/** What a token is worth now, told to its owner and its audience only. RFC 7662 §2.2, §4. */
export async function introspect(
  token: string,
  caller: Client,
  engine: Engine,
): Promise<Introspection> {
  const access = await findLiveToken(token, engine);
  if (access !== undefined) {
    if (mayLearn(access, caller, engine)) return await describeAccess(access, caller, engine);
    noteStranger(access, caller, engine);
    return INACTIVE;
  }
  const refresh = readRefreshToken(token, engine);
  const live = refresh && await findLiveGrant(refresh.grant, engine);
  if (refresh === undefined || live === undefined || live.grant.client_id !== caller.client_id) {
    return INACTIVE;
  }
  const grace = engine.settings.refresh_token_grace;
  const standing = standingOf(refresh.n, live.grant, grace, engine.now());
  return standing === 'reused' ? INACTIVE : await describeRefresh(live, caller, engine);
}

function mayLearn({ token }: LiveToken, caller: Client, engine: Engine): boolean {
  if (token.client_id === caller.client_id || token.aud.includes(caller.client_id)) return true;
  return token.aud.some((resource) => {
    return engine.settings.resources.get(resource)?.introspection_clients.includes(
      caller.client_id,
    ) ?? false;
  });
}

/** Whoever sets up a resource server sees nothing but `active: false`; why, only the operator may learn. */
function noteStranger({ token }: LiveToken, { client_id }: Client, engine: Engine): void {
  const value = token.aud.join(' ');
  engine.log('info', 'introspection.withheld', {
    client_id,
    token_client: token.client_id,
    aud: token.aud,
  });
  observe({ kind: 'introspection', client_id, value, endpoint: 'introspection' }, engine);
}

async function describeAccess(
  live: LiveToken,
  caller: Client,
  engine: Engine,
): Promise<Introspection> {
  const { jti, client_id, scope, aud, iat, exp, authorization_details, cnf } = live.token;
  const { sub = client_id, act, may_act } = live.token;
  const [only] = aud;
  return {
    ...(live.person === undefined
      ? { active: true, client_id, sub, iss: engine.settings.issuer }
      : { ...describe(live.person, engine), ...await nameFor(caller, live.person, engine) }),
    ...(scope === '' ? {} : { scope }),
    token_type: tokenTypeOf(cnf),
    ...(authorization_details === undefined ? {} : { authorization_details }),
    ...(cnf === undefined ? {} : { cnf }),
    exp,
    iat,
    aud: aud.length === 1 && only !== undefined ? only : aud,
    jti,
    ...(act === undefined ? {} : { act: actFor(caller, act, live) }),
    ...(may_act === undefined ? {} : { may_act }),
  };
}

async function describeRefresh(
  live: LiveGrant,
  caller: Client,
  engine: Engine,
): Promise<Introspection> {
  const { authorization_details, cnf } = live.grant;
  return {
    ...describe(live, engine),
    ...await nameFor(caller, live, engine),
    ...(authorization_details === undefined ? {} : { authorization_details }),
    ...(cnf === undefined ? {} : { cnf }),
  };
}

/** Who acts, by the names that the caller knows people by. */
function actFor(caller: Client, act: Act, { client }: LiveToken): Act {
  return sectorOf(client) === sectorOf(caller) ? act : withoutPeople(act);
}

/**
 * Whoever asks for tokens of other clients knows people by the names of its own sector, and learns no other name.
 * RFC 7662 §2.2, §5; Core §8
 */
async function nameFor(caller: Client, live: LiveGrant, engine: Engine) {
  const sub = caller.client_id === live.client.client_id
    ? live.grant.sub
    : await subjectOf(live.user.id, caller, engine);
  const isNamed = ![caller, live.client].some(isPseudonymous);
  return { sub, ...(isNamed ? { username: live.user.username } : {}) };
}

function isPseudonymous({ subject_type }: Client): boolean {
  return subject_type === 'pairwise';
}

function describe({ grant }: LiveGrant, engine: Engine) {
  return {
    active: true,
    ...(grant.scope.length === 0 ? {} : { scope: grant.scope.join(' ') }),
    client_id: grant.client_id,
    exp: grant.expires_at,
    iat: Math.floor(grant.created_at),
    aud: grant.client_id,
    iss: engine.settings.issuer,
    ...authenticationOf(grant),
  } as const;
}
