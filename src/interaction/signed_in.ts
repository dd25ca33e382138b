import type { Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import type { Engine } from '../engine/engine.ts';
import { endSession } from '../engine/logout/end_session.ts';
import {
  rereadSession,
  type Session,
  type SignIn,
  type StartedSession,
  startSession,
} from '../engine/session.ts';
import { liveSessions } from './choose_session.ts';
import { accountCookies, type BrowserCookies, sidOf, withAccount } from './cookies.ts';
import { type Errand, resumeErrand } from './errand.ts';

/** A new session for somebody who has just proven who they are, then on with what brought them here. */
export async function beginSession(
  signIn: Omit<SignIn, 'previous' | 'place'>,
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<Response> {
  const { user, remember } = signIn;
  const live = await liveSessions(cookies, site);
  const started = await start(
    { ...signIn, place: cookies.place },
    live.find((each) => each.user.id === user.id),
    site.engine,
  );
  await noteActivity(
    user.id,
    { kind: 'signed_in', amr: signIn.amr, ...cookies.place },
    site.engine,
  );
  site.engine.log('info', 'sign_in.accepted', {
    user: user.id,
    sid: started.record.sid,
    amr: signIn.amr,
    address: cookies.place.address,
  });
  const after = withAccount(cookies, { value: started.cookie, remember });
  await endReplaced(live, after, site.engine);
  return await resumeErrand(errand, after, accountCookies(cookies, after, site), site);
}

/** In place of the session that the browser has of the same person, if that has not ended meanwhile. */
async function start(
  signIn: Omit<SignIn, 'previous'>,
  known: Session | undefined,
  engine: Engine,
): Promise<StartedSession> {
  let previous = known;
  for (;;) {
    const started = startSession({ ...signIn, previous }, engine);
    if (await engine.store.commit(started.change) === 'committed') return started;
    previous = previous && await rereadSession(previous, engine);
  }
}

/** A browser keeps so many accounts: nothing opens the sessions of the others any more. */
async function endReplaced(
  live: readonly Session[],
  { accounts }: BrowserCookies,
  engine: Engine,
): Promise<void> {
  const kept = new Set(accounts.map(({ value }) => sidOf(value)));
  const dropped = live.filter(({ record }) => !kept.has(record.sid));
  for (const { entry } of dropped) await endSession(entry, 'replaced', engine);
}
