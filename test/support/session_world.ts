/** What one browser session has led to at several clients, and what is left of it after its end. */
import { grants, sessions, userGrants, userSessions } from '../../src/store/collections.ts';
import type { UserRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { assert } from './assert.ts';
import type { Browser } from './browser.ts';
import { obtainCode, REDIRECT_URI, type Tokens, tokensOf } from './flow.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from './op.ts';

/** By how each takes offline access: as the issuer has it, ending with the session, or outliving it. */
export const SESSION_CLIENTS = [
  CLIENT,
  { ...CLIENT, client_id: 'jwt', access_token_format: 'jwt' },
  { ...CLIENT, client_id: 'ends', offline_access_ends_with_session: true },
  { ...CLIENT, client_id: 'stays', offline_access_ends_with_session: false },
] as const;

export const SESSION_COOKIE = '__Host-ostiary_session';

const OFFLINE = { scope: 'openid offline_access', prompt: 'consent' } as const;

/** What came from the session, by what it is: the client, and whether it is for offline access. */
export interface Held {
  readonly client_id: string;
  readonly isOffline: boolean;
  readonly tokens: Tokens;
  /** Not redeemed yet. */
  readonly code: string;
}

export interface SessionWorld {
  readonly op: Op;
  readonly browser: Browser;
  readonly user: UserRecord;
  readonly sid: string;
  readonly held: readonly Held[];
}

export async function openSessionWorld(
  config: Readonly<Record<string, unknown>> = {},
  store?: Store,
): Promise<SessionWorld> {
  const op = await openSessionOp(config, store);
  const browser = op.browser();
  const held: Held[] = [];
  for (const { client_id } of SESSION_CLIENTS) {
    for (const isOffline of [false, true]) {
      const changes = { client_id, ...isOffline && OFFLINE };
      const codeOf = (): Promise<string> => obtainCode(op, changes, browser);
      const tokens = await tokensOf(await redeemAs(op, client_id, await codeOf()));
      held.push({ client_id, isOffline, tokens, code: await codeOf() });
    }
  }
  const user = await op.instance.directory.findByUsername('alice');
  assert(user !== undefined);
  return { op, browser, user, sid: sidIn(browser), held };
}

/** The provider alone, as it starts again on what is left. */
export function openSessionOp(
  config: Readonly<Record<string, unknown>> = {},
  store?: Store,
): Promise<Op> {
  return openOp({
    config: { clients: SESSION_CLIENTS, ...config },
    ...store !== undefined && { store },
  });
}

export function sidIn({ cookies }: Browser): string {
  return cookies.get(SESSION_COOKIE)?.split('.')[0] ?? '';
}

export function redeemAs(op: Op, client_id: string, code: string): Promise<Response> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  return op.post('/token', form, basic(client_id));
}

/** In how many of its forms a thing still counts: by introspection, by UserInfo, at a refresh, as a code. */
export async function standingOf(
  { op }: Pick<SessionWorld, 'op'>,
  { client_id, tokens, code }: Held,
): Promise<readonly boolean[]> {
  const { access_token, refresh_token } = tokens;
  const introspect = async (token: string): Promise<boolean> => {
    const response = await op.post('/introspect', { token }, basic(client_id));
    return (await response.json() as { active: boolean }).active;
  };
  const headers = { authorization: `Bearer ${access_token}` };
  return [
    await introspect(access_token),
    await introspect(refresh_token),
    (await op.fetch('/userinfo', { headers })).status === 200,
    (await op.post('/token', { grant_type: 'refresh_token', refresh_token }, basic(client_id)))
      .status === 200,
    (await redeemAs(op, client_id, code)).status === 200,
  ];
}

/** Why sessions ended, in order, by the log. */
export function endsIn({ log }: Pick<Op, 'log'>): readonly string[] {
  return log.map((line) => JSON.parse(line) as { event: string; reason: string })
    .filter(({ event }) => event === 'session.ended').map(({ reason }) => reason);
}

export interface Left {
  readonly sessions: number;
  readonly grants: number;
}

/** The records of one issuer, each as often as the list of the person's has it. */
export async function leftOf({ store }: Pick<Op, 'store'>, issuer = ISSUER): Promise<Left> {
  const count = async (name: string): Promise<number> => {
    let found = 0;
    for await (const _ of store.list([name, issuer])) found += 1;
    return found;
  };
  const [one, other] = [await count(sessions.name), await count(userSessions.name)];
  const [first, second] = [await count(grants.name), await count(userGrants.name)];
  assert(one === other && first === second, `${one} ${other} ${first} ${second}`);
  return { sessions: one, grants: first };
}
