import type { Site } from '../../endpoints/site.ts';
import { listActivity } from '../../engine/activity.ts';
import { pageGrants } from '../../engine/administration/grants.ts';
import { done, type Outcome, refused } from '../../engine/administration/outcome.ts';
import {
  listPersonFactors,
  pagePeople,
  personView,
} from '../../engine/administration/person_views.ts';
import { pageSessions } from '../../engine/administration/sessions.ts';
import type { UserRecord } from '../../store/records.ts';
import { personPath } from '../console_path.ts';
import type { Crumb } from '../views/admin/layout.ts';
import { peopleView, personDetailView } from '../views/admin/people.ts';
import { exactFirst, pageRequestOf, refusalPage } from './answers.ts';
import { consolePage, type ConsoleVisit } from './visit.ts';

export const PEOPLE_CRUMB = { path: '/admin/people', text: 'People' } as const;

/** What a person's page shows of each list; the lists themselves show all. */
const FEW = { limit: 5, maxScanned: 500 } as const;

/** Who stands in the place of `{person}`, by ID or by name. */
export async function findPersonOf(
  { params: { person = '' } }: ConsoleVisit,
  { engine: { directory } }: Site,
): Promise<Outcome<UserRecord>> {
  const user = await directory.findById(person) ?? await directory.findByUsername(person);
  return user === undefined
    ? refused(`there is no person ${JSON.stringify(person)}`, 'missing')
    : done(user);
}

export function personCrumb({ id, username }: UserRecord): Crumb {
  return { path: personPath(id), text: username };
}

/** `/admin/people`, in order of username. */
export async function showPeople(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { query } = visit;
  const { engine } = site;
  const standing = query.get('standing');
  const filter = {
    query: query.get('query'),
    group: query.get('group'),
    disabled: standing === undefined ? undefined : standing === 'disabled',
  };
  const request = pageRequestOf(visit);
  const { items, next } = await pagePeople(filter, request, engine);
  const shown = await exactFirst(items, {
    query: filter.query,
    page: request,
    async find(name) {
      const user = await engine.directory.findByUsername(name);
      return user && personView(user);
    },
    idOf: ({ id }) => id,
  });
  return consolePage(
    visit,
    (frame) =>
      peopleView(frame, {
        people: shown,
        filter: { query: filter.query, group: filter.group, standing },
        isWritable: engine.directory.writable.people,
        next,
        isFirst: request.after === undefined,
      }),
    site,
  );
}

/** `/admin/people/{person}` */
export async function showPerson(visit: ConsoleVisit, site: Site): Promise<Response> {
  const found = await findPersonOf(visit, site);
  if (found.kind === 'refused') return refusalPage(visit, found, PEOPLE_CRUMB, site);
  const user = found.value;
  const { engine } = site;
  const [factors, sessions, grants, activity] = await Promise.all([
    listPersonFactors(user.id, engine),
    pageSessions(user.id, FEW, engine),
    pageGrants({ user: user.id }, FEW, engine),
    listActivity(user.id, engine),
  ]);
  return consolePage(
    visit,
    (frame) =>
      personDetailView(frame, {
        person: personView(user),
        writable: engine.directory.writable,
        factors,
        sessions,
        grants,
        activity: activity.slice(0, 20),
        own: visit.session.record.sid,
      }),
    site,
  );
}
