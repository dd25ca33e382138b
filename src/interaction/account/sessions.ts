import type { Site } from '../../endpoints/site.ts';
import { noteActivity } from '../../engine/activity.ts';
import { endSessionById, endSessionsOf } from '../../engine/logout/end_session.ts';
import { listOwnSessions } from '../../engine/own_sessions.ts';
import type { Params } from '../../spec/params.ts';
import { liveSessions } from '../choose_session.ts';
import { signOut } from '../sign_out.ts';
import { sessionsView } from '../views/account/sessions.ts';
import { deviceNameOf } from './device_name.ts';
import { accountPage, doneWith, onForm, onVisit, type Visit } from './visit.ts';

/** `/account/sessions`: where one is signed in, and an end to it. */
export const sessionsPage = onVisit('sessions', showSessions);

/** Ends the session that `end` names, or with `others` in its place all but this one. */
export const submitSessions = onForm('sessions', endSessions);

async function showSessions(visit: Visit, site: Site): Promise<Response> {
  const { session: { user, record: { sid } } } = visit;
  const sessions = await listOwnSessions(user.id, site.engine);
  return accountPage(visit, (frame) =>
    sessionsView({
      ...frame,
      sessions: sessions.map(({ record }) => ({
        sid: record.sid,
        isThis: record.sid === sid,
        device: deviceNameOf(record.user_agent ?? ''),
        ...(record.user_agent === undefined ? {} : { user_agent: record.user_agent }),
        ...(record.address === undefined ? {} : { address: record.address }),
        auth_time: record.auth_time,
        last_used_at: record.last_used_at,
      })),
      zoneinfo: zoneinfoOf(visit),
    }), site);
}

async function endSessions(visit: Visit, params: Params, site: Site): Promise<Response> {
  const { session: { user, record: { sid: own } } } = visit;
  const { engine } = site;
  if (params.get('others') !== undefined) {
    const ended = await endSessionsOf(user.id, 'logout', engine, {
      matches: ({ sid }) => sid !== own,
    });
    if (ended.sessions > 0) await note(visit, site);
    return doneWith(visit, 'sessions_ended', site);
  }
  const sid = params.get('end') ?? '';
  if (sid === own) return await endThisSession(visit, site);
  // Of somebody else's session, or one that is over, nothing is told: it is not there any more.
  const isEnded = await endSessionById({ sid, user: user.id }, 'logout', engine);
  if (isEnded) await note(visit, site);
  return doneWith(visit, 'session_ended', site);
}

/** Signs this account out of this browser; its other accounts stay. */
export async function endThisSession({ session, cookies }: Visit, site: Site): Promise<Response> {
  const { sid } = session.record;
  const others = (await liveSessions(cookies, site)).filter(({ record }) => record.sid !== sid);
  return await signOut(
    { live: [session, ...others], ending: [session], cookies, address: 'sign_in' },
    site,
  );
}

async function note({ session: { user }, cookies: { place } }: Visit, site: Site): Promise<void> {
  await noteActivity(user.id, { kind: 'session_ended', ...place }, site.engine);
}

/** The time zone that a person wants times in. */
export function zoneinfoOf({ session: { user } }: Visit): string | undefined {
  const { zoneinfo } = user.claims;
  return typeof zoneinfo === 'string' ? zoneinfo : undefined;
}
