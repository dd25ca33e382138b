import type { Site } from '../endpoints/site.ts';
import { findSession, startSession } from '../engine/session.ts';
import type { UserRecord } from '../store/records.ts';
import { type BrowserCookies, sessionCookie } from './cookies.ts';
import { type Errand, resumeErrand } from './errand.ts';

/** A new session for somebody who has just given a password, then on with what brought them here. */
export async function beginSession(
  user: UserRecord,
  remember: boolean,
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<Response> {
  const previous = await findSession(cookies.session, site.engine);
  const started = startSession(
    { user, remember, amr: ['pwd'], acr: 'one_factor', previous },
    site.engine,
  );
  await site.engine.store.commit(started.change);
  site.engine.log('info', 'sign_in.accepted', { user: user.id, sid: started.record.sid });
  const lifetime = remember ? site.engine.settings.sessions.remember : undefined;
  const setCookies = [sessionCookie(started.cookie, lifetime, site)];
  return await resumeErrand(errand, { ...cookies, session: started.cookie }, setCookies, site);
}
