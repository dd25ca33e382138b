import type { Site } from '../endpoints/site.ts';
import { findSession, raiseSession, type Session } from '../engine/session.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { accountCookies, type BrowserCookies, sidOf, withAccount } from './cookies.ts';
import { type Errand, resumeErrand } from './errand.ts';

/** What a browser brings, and must be told, after its session was raised. */
export interface Raised {
  readonly cookies: BrowserCookies;
  readonly setCookies: readonly string[];
}

/** How often a session that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** A session in which a second factor was just proven, by what RFC 8176 calls it. @throws {OAuthError} when it has ended */
export async function raise(
  session: Session,
  amr: readonly string[],
  cookies: BrowserCookies,
  site: Site,
): Promise<Raised> {
  let current: Session | undefined = session;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && current !== undefined; attempt += 1) {
    const raised = raiseSession(current, amr, site.engine);
    if (await site.engine.store.commit(raised.change) === 'committed') {
      const { user, sid, remember } = raised.record;
      const { address } = cookies.place;
      site.engine.log('info', 'session.raised', { user, sid, amr, address });
      const after = withAccount(cookies, { value: raised.cookie, remember });
      return { cookies: after, setCookies: accountCookies(cookies, after, site) };
    }
    // Not the account in use: that may be another by now, of which nothing was proven.
    const own = cookies.accounts.find(({ value }) => sidOf(value) === current?.record.sid);
    current = await findSession(own?.value, site.engine);
  }
  throw new OAuthError('invalid_request', 'this session has ended; sign in once more');
}

/** The same, and on with what it was for. */
export async function raiseAndResume(
  session: Session,
  amr: readonly string[],
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<Response> {
  const raised = await raise(session, amr, cookies, site);
  return await resumeErrand(errand, raised.cookies, raised.setCookies, site);
}
