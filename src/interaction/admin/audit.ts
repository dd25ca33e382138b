import { usernamesOf } from '../../engine/administration/person_views.ts';
import type { Site } from '../../endpoints/site.ts';
import { listAudits, showAudit as readAudit } from '../../engine/administration/audits.ts';
import { auditDetailView, auditsView } from '../views/admin/audit.ts';
import { pageRequestOf, refusalPage } from './answers.ts';
import { personIdOf, personsOf } from './people_names.ts';
import { consolePage, type ConsoleVisit } from './visit.ts';

const AUDIT_CRUMB = { path: '/admin/audit', text: 'Audit' } as const;

/** `/admin/audit`: what administrators changed, newest first. */
export async function showAudits(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { query } = visit;
  const filter = {
    actor: await personIdOf(query.get('actor'), site.engine),
    action: query.get('action'),
    target: query.get('target'),
  };
  const request = pageRequestOf(visit);
  const { items, next } = await listAudits(filter, request, site.engine);
  const names = await usernamesOf(items.flatMap(({ actor }) => personsOf(actor)), site.engine);
  return consolePage(
    visit,
    (frame) =>
      auditsView(frame, {
        records: items,
        names,
        filter: { ...filter, actor: query.get('actor') },
        next,
        isFirst: request.after === undefined,
      }),
    site,
  );
}

/** `/admin/audit/{id}`: each field before and after. */
export async function showAudit(visit: ConsoleVisit, site: Site): Promise<Response> {
  const found = await readAudit(visit.params['id'] ?? '', site.engine);
  if (found.kind === 'refused') return refusalPage(visit, found, AUDIT_CRUMB, site);
  const names = await usernamesOf(personsOf(found.value.actor), site.engine);
  return consolePage(visit, (frame) => auditDetailView(frame, found.value, names), site);
}
