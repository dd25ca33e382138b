import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, required } from '../../spec/params.ts';
import {
  SUBJECT_TOKEN_KINDS,
  type SubjectTokenKind,
  TOKEN_TYPE_PREFIX,
  type TokenExchangePolicy,
} from '../../spec/token_exchange.ts';
import type { Confirmation } from '../../store/records.ts';
import { bindingOf, isHeldBy } from '../binding.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import { stillGranted } from '../grants/narrow.ts';
import { revokeGrant } from '../revoke.ts';
import { grantIdOf, kidOf, mayActOf } from '../tokens/access_token.ts';
import type { Act, Ancestor, MayAct } from '../tokens/descent.ts';
import { findLiveGrant, findLiveToken, type LiveGrant } from '../tokens/live.ts';
import { readRefreshToken, standingOf } from '../tokens/refresh_token.ts';

/** A token of ours that counts now, in the hands it belongs to. */
export interface Presented {
  readonly kind: SubjectTokenKind;
  /** Whom it was given to. */
  readonly client: Client;
  /** Absent: the client acts for itself. */
  readonly person: LiveGrant | undefined;
  /** The client that it then speaks of. */
  readonly sub?: string;
  /** Whom it is meant for. */
  readonly aud: readonly string[];
  /** What it is good for, and where. */
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly exp: number;
  readonly self: Ancestor;
  readonly exchanged_from: readonly Ancestor[];
  readonly act?: Act | undefined;
  readonly may_act?: MayAct | undefined;
  /** The key that it is bound to and the caller has proven; what is made of it is bound to it as well. */
  readonly cnf?: Confirmation | undefined;
}

type Role = 'subject_token' | 'actor_token';

/** RFC 8693 §2.1. T075 @throws {OAuthError} `invalid_request` (§2.2.2) */
export async function readSubject(
  params: Params,
  caller: Caller,
  { checks_proofs }: TokenExchangePolicy,
  engine: Engine,
): Promise<Presented> {
  const token = required(params, 'subject_token');
  const type = required(params, 'subject_token_type');
  const subject = await read('subject_token', token, type, caller, engine);
  if (isHeldBy(subject.cnf, caller)) return subject;
  if (!checks_proofs || subject.kind !== 'access_token') throw unheld('subject_token');
  if (bindingOf(caller) === undefined) {
    const hint = 'subject_token is bound to a key: show one that what is made is bound to';
    throw new OAuthError('invalid_request', hint);
  }
  // Its sender has proven that key to the caller; what is made is bound to the caller's own.
  const { cnf: _, ...free } = subject;
  return free;
}

/** The same of the acting party, if it has a token of its own here. @throws {OAuthError} `invalid_request` */
export async function readActor(
  params: Params,
  caller: Caller,
  engine: Engine,
): Promise<Presented | undefined> {
  const token = params.get('actor_token');
  if (token === undefined) {
    if (params.get('actor_token_type') === undefined) return undefined;
    throw new OAuthError('invalid_request', 'actor_token_type must not be there without its token');
  }
  const type = required(params, 'actor_token_type');
  const actor = await read('actor_token', token, type, caller, engine);
  if (!isHeldBy(actor.cnf, caller)) throw unheld('actor_token');
  // Whoever acts in the name of others there would act in that name here.
  if (actor.exchanged_from.length === 0) return actor;
  throw new OAuthError('invalid_request', 'actor_token must not be made by exchange');
}

/** Whether the caller holds the key that it is bound to is still to be looked at. */
async function read(
  role: Role,
  token: string,
  type: string,
  caller: Caller,
  engine: Engine,
): Promise<Presented> {
  const kinds = KINDS_OF_TYPE.get(type);
  if (kinds === undefined) {
    const known = [...KINDS_OF_TYPE.keys()].join(', ');
    throw new OAuthError('invalid_request', `${role}_type must be one of ${known}`);
  }
  const found = type === JWT_TYPE && !isJwt(token)
    ? undefined
    : await firstOf(kinds, token, caller, engine);
  if (found === undefined) {
    throw new OAuthError(
      'invalid_request',
      `${role} is no token of this issuer that counts now, or of another type`,
    );
  }
  return found;
}

/** RFC 9449 §7.1, RFC 8705 §3: in whose hands it is worth nothing anywhere else, it is worth nothing here. */
function unheld(role: Role): OAuthError {
  return new OAuthError('invalid_request', `${role} is bound to another key`);
}

type Reader = (text: string, caller: Caller, engine: Engine) => Promise<Presented | undefined>;

const READERS: Readonly<Record<SubjectTokenKind, Reader>> = {
  access_token: readAccess,
  refresh_token: readRefresh,
  id_token: readIdToken,
};

const JWT_TYPE = `${TOKEN_TYPE_PREFIX}jwt`;

/** RFC 8693 §3. */
const KINDS_OF_TYPE: ReadonlyMap<string, readonly SubjectTokenKind[]> = new Map<
  string,
  readonly SubjectTokenKind[]
>([
  ...SUBJECT_TOKEN_KINDS.map((kind) => [TOKEN_TYPE_PREFIX + kind, [kind]] as const),
  [JWT_TYPE, ['access_token', 'id_token']],
]);

async function firstOf(
  kinds: readonly SubjectTokenKind[],
  text: string,
  caller: Caller,
  engine: Engine,
): Promise<Presented | undefined> {
  for (const kind of kinds) {
    const found = await READERS[kind](text, caller, engine);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Signed, or encrypted. RFC 7519 §3 */
function isJwt(text: string): boolean {
  return [3, 5].includes(text.split('.', 6).length);
}

async function readAccess(
  text: string,
  _caller: Caller,
  engine: Engine,
): Promise<Presented | undefined> {
  const live = await findLiveToken(text, engine);
  if (live === undefined) return undefined;
  const { token, client, person } = live;
  const { jti, client_id, iat, exp, aud, scope, exchanged_from = [], act, may_act, cnf } = token;
  const { sub = client_id } = token;
  return {
    kind: 'access_token',
    client,
    person,
    ...(person === undefined ? { sub } : {}),
    aud,
    scope: scope.split(' ').filter((name) => name !== ''),
    audience: aud,
    exp,
    self: withKey({ jti, client_id, iat }, text),
    exchanged_from,
    act,
    may_act,
    cnf,
  };
}

/** In nobody's hands but its own client's, and no more than once after the next: RFC 6749 §10.4, RFC 9700 §4.14.2. */
async function readRefresh(
  text: string,
  caller: Caller,
  engine: Engine,
): Promise<Presented | undefined> {
  const token = readRefreshToken(text, engine);
  const live = token && await findLiveGrant(token.grant, engine);
  if (token === undefined || live?.grant.client_id !== caller.client.client_id) {
    return undefined;
  }
  const { grant } = live;
  const grace = engine.settings.refresh_token_grace;
  if (standingOf(token.n, grant, grace, engine.now()) === 'reused') {
    // Without the key, a stolen token is good for nothing at all.
    if (isHeldBy(grant.cnf, caller)) await revokeGrant(grant, 'refresh token used twice', engine);
    return undefined;
  }
  return {
    kind: 'refresh_token',
    ...ofGrant(live, engine),
    aud: [engine.settings.issuer],
    cnf: grant.cnf,
  };
}

/** Core §2: which grant it came with stands in its `jti`; those made by exchange have none. */
async function readIdToken(
  text: string,
  _caller: Caller,
  engine: Engine,
): Promise<Presented | undefined> {
  const payload = await engine.keys.verifyOwn(text, 'JWT');
  const { jti, sub, azp, aud, exp = 0, iat = 0 } = payload ?? {};
  if (jti === undefined || typeof azp !== 'string' || exp <= engine.now()) return undefined;
  const id = grantIdOf({ jti });
  const live = id === undefined ? undefined : await findLiveGrant(id, engine);
  if (live?.grant.client_id !== azp || live.grant.sub !== sub) return undefined;
  return {
    kind: 'id_token',
    ...ofGrant(live, engine),
    aud: [aud ?? []].flat(),
    exp: Math.min(exp, live.grant.expires_at),
    self: withKey({ jti, client_id: azp, iat }, text),
    may_act: payload?.['may_act'] as MayAct | undefined,
  };
}

function withKey(self: Ancestor, text: string): Ancestor {
  const kid = kidOf(text);
  return kid === undefined ? self : { ...self, kid };
}

/** All that the person has granted, as far as the client may still have it. */
function ofGrant(person: LiveGrant, engine: Engine) {
  const { grant, client } = person;
  const { id, client_id, expires_at, created_at } = grant;
  const { scope, resource } = stillGranted(grant, client, engine);
  return {
    client,
    person,
    scope,
    audience: [...resource, engine.settings.issuer],
    exp: expires_at,
    self: { jti: `${id}.`, client_id, iat: Math.floor(created_at) },
    exchanged_from: [],
    ...mayActOf(client),
  };
}
