import type { Site } from '../../endpoints/site.ts';
import { listApplications } from '../../engine/applications.ts';
import { listFactors } from '../../engine/factors/factors.ts';
import { listOwnSessions } from '../../engine/own_sessions.ts';
import { ADMINISTRATORS } from '../../spec/administration.ts';
import type { Params } from '../../spec/params.ts';
import { liveSessions } from '../choose_session.ts';
import { overviewView } from '../views/account/overview.ts';
import { endThisSession } from './sessions.ts';
import { accountPage, onForm, onVisit, type Visit } from './visit.ts';

/** `/account`: how things stand, and where each of them is changed. */
export const overview = onVisit('overview', showOverview);

/** Its form signs out of this account in this browser. */
export const submitOverview = onForm('overview', signOut);

async function showOverview(visit: Visit, site: Site): Promise<Response> {
  const { session: { user }, cookies } = visit;
  const { engine } = site;
  const [factors, sessions, applications, accounts] = await Promise.all([
    listFactors(user.id, engine),
    listOwnSessions(user.id, engine),
    listApplications(user.id, engine),
    liveSessions(cookies, site),
  ]);
  const { name, email } = user.claims;
  return accountPage(visit, (frame) =>
    overviewView({
      ...frame,
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof email === 'string' ? { email } : {}),
      isEmailVerified: user.claims['email_verified'] === true,
      factors: factors.length,
      sessions: sessions.length,
      applications: applications.length,
      isAdministrator: user.groups.includes(ADMINISTRATORS),
      accountsHere: accounts.map((each) => each.user.username),
    }), site);
}

function signOut(visit: Visit, _: Params, site: Site): Promise<Response> {
  return endThisSession(visit, site);
}
