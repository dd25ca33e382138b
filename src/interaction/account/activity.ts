import type { Site } from '../../endpoints/site.ts';
import { listActivity } from '../../engine/activity.ts';
import { activityView } from '../views/account/activity.ts';
import { deviceNameOf } from './device_name.ts';
import { zoneinfoOf } from './sessions.ts';
import { accountPage, onVisit, type Visit } from './visit.ts';

/** `/account/activity`: what has happened lately, for whoever it did not happen to be. */
export const activity = onVisit('activity', showActivity);

async function showActivity(visit: Visit, site: Site): Promise<Response> {
  const entries = await listActivity(visit.session.user.id, site.engine);
  return accountPage(visit, (frame) =>
    activityView({
      ...frame,
      entries: entries.map(({ user_agent, ...entry }) => ({
        ...entry,
        device: deviceNameOf(user_agent ?? ''),
        ...(user_agent === undefined ? {} : { user_agent }),
      })),
      zoneinfo: zoneinfoOf(visit),
    }), site);
}
