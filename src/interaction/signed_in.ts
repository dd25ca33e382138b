import type { Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { type SignIn, startSession } from '../engine/session.ts';
import { liveSessions } from './choose_session.ts';
import { accountCookies, type BrowserCookies, withAccount } from './cookies.ts';
import { type Errand, resumeErrand } from './errand.ts';

/** A new session for somebody who has just proven who they are, then on with what brought them here. */
export async function beginSession(
  signIn: Omit<SignIn, 'previous' | 'place'>,
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<Response> {
  const { user, remember } = signIn;
  const previous = (await liveSessions(cookies, site)).find((each) => each.user.id === user.id);
  const started = startSession({ ...signIn, previous, place: cookies.place }, site.engine);
  await site.engine.store.commit(started.change);
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
  return await resumeErrand(errand, after, accountCookies(cookies, after, site), site);
}
