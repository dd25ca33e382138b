import { canonicalUsername } from '../accounts/username.ts';
import type { Site } from '../endpoints/site.ts';
import type { Pending } from '../engine/authorize/pending.ts';
import { findSubject } from '../engine/claims/subject.ts';
import { findSession, type Session } from '../engine/session.ts';
import { participantsOf } from '../engine/session_clients.ts';
import { type BrowserCookies, withActive } from './cookies.ts';

/** The account that a request is about, among those signed in here. */
export interface Choice {
  readonly session: Session | undefined;
  /** With that account in use. */
  readonly cookies: BrowserCookies;
  /** Several would do, and nothing tells which. */
  readonly isAmbiguous: boolean;
}

/** What the person chose, else whom a hint names, else the account in use. Core §3.1.2.1 */
export async function chooseSession(
  pending: Pending,
  cookies: BrowserCookies,
  site: Site,
): Promise<Choice> {
  if (cookies.accounts.length < 2) {
    const session = await findSession(cookies.session, site.engine);
    return { session, cookies, isAmbiguous: false };
  }
  const live = await liveSessions(cookies, site);
  const { client_id } = pending.address.client;
  const meant = await meantOf(pending, live, site);
  if (meant === undefined && live.length > 1) {
    const involved = live.filter(({ record }) =>
      participantsOf(record).some((each) => each.client_id === client_id)
    );
    return { ...choiceOf(live[0], cookies), isAmbiguous: involved.length !== 1 };
  }
  return choiceOf(meant ?? live[0], cookies);
}

/** Those of the browser's sessions that hold, that in use first. */
export async function liveSessions(
  { accounts }: BrowserCookies,
  { engine }: Site,
): Promise<readonly Session[]> {
  const found = await Promise.all(accounts.map(({ value }) => findSession(value, engine)));
  return found.filter((session) => session !== undefined);
}

function choiceOf(session: Session | undefined, cookies: BrowserCookies): Choice {
  return {
    session,
    cookies: session === undefined ? cookies : withActive(cookies, session.record.sid),
    isAmbiguous: false,
  };
}

async function meantOf(
  { selected, request: { subs, login_hint, prompt }, address: { client } }: Pending,
  live: readonly Session[],
  site: Site,
): Promise<Session | undefined> {
  if (selected !== undefined) return live.find(({ record }) => record.sid === selected);
  if (subs !== undefined) {
    for (const session of live) {
      const sub = await findSubject(session.user.id, client, site.engine);
      if (sub !== undefined && subs.includes(sub)) return session;
    }
    return undefined;
  }
  // Asked in silence, it would tell a client whose pseudonym it is that it knows by a name.
  if (prompt.includes('none') && client.subject_type === 'pairwise') return undefined;
  const username = login_hint === undefined ? undefined : canonicalUsername(login_hint);
  return live.find(({ user }) => user.username === username);
}
