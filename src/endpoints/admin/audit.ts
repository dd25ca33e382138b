import { listAudits, showAudit } from '../../engine/administration/audits.ts';
import { AUDIT_VIEW, pageView } from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { pageAnswer, resourceAnswer } from './page.ts';

export const AUDIT_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listAudit',
    tag: 'audit',
    method: 'GET',
    path: '/audit',
    summary: 'List what administrators changed, newest first.',
    scope: 'ostiary:read',
    query: {
      since: { type: 'integer', help: 'Not before; Unix seconds.' },
      actor: {
        type: 'string',
        help: 'cli, api, console, dcr, file, import or system, or the ID of a client or person.',
      },
      action: { type: 'string', help: 'client.created, or client for all that begin so.' },
      target: { type: 'string', help: 'The ID of what was changed.' },
    },
    isPaged: true,
    response: pageView(AUDIT_VIEW),
    async run({ query, page }, engine) {
      const since = query.get('since');
      const filter = {
        since: since === undefined ? undefined : Number(since),
        actor: query.get('actor'),
        action: query.get('action'),
        target: query.get('target'),
      };
      return pageAnswer(await listAudits(filter, page, engine));
    },
  }),
  operation({
    id: 'readAudit',
    tag: 'audit',
    method: 'GET',
    path: '/audit/{id}',
    summary: 'Read one change: who made it, and each field before and after it.',
    scope: 'ostiary:read',
    response: AUDIT_VIEW,
    hasEtag: true,
    run: async ({ params: { id = '' } }, engine) => resourceAnswer(await showAudit(id, engine)),
  }),
];
