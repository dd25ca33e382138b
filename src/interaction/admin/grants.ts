import type { Site } from '../../endpoints/site.ts';
import { pageConsents } from '../../engine/administration/consents.ts';
import { pageGrants, revokeGrantById, showGrant } from '../../engine/administration/grants.ts';
import { done } from '../../engine/administration/outcome.ts';
import { usernamesOf } from '../../engine/administration/person_views.ts';
import { html } from '../../http/html.ts';
import { grantsView } from '../views/admin/grants.ts';
import { said } from '../views/admin/parts.ts';
import { pageRequestOf } from './answers.ts';
import type { Confirmation } from './confirmation.ts';
import { personIdOf } from './people_names.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

const GRANTS_CRUMB = { path: '/admin/grants', text: 'Grants' } as const;

/** `/admin/grants`: what people have allowed clients, and which answers they wanted remembered. */
export async function showGrants(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { query } = visit;
  const { engine } = site;
  const person = query.get('user');
  const user = await personIdOf(person, engine);
  const owner = { user, client_id: query.get('client_id') };
  const isConsents = query.get('kind') === 'consents';
  const request = pageRequestOf(visit);
  const page = isConsents
    ? { kind: 'consents', ...await pageConsents(owner, request, engine) } as const
    : { kind: 'grants', ...await pageGrants(owner, request, engine) } as const;
  const names = await usernamesOf(page.items.map((each) => each.user), engine);
  return consolePage(
    visit,
    (frame) =>
      grantsView(frame, {
        page,
        names,
        filter: {
          user: person,
          client_id: owner.client_id,
          ...isConsents && { kind: 'consents' },
        },
        isFirst: request.after === undefined,
      }),
    site,
  );
}

export const GRANT_CONFIRMATIONS: readonly Confirmation[] = [{
  path: '/admin/grants/{grant}/revoke',
  section: 'grants',
  crumb: GRANTS_CRUMB,
  async question({ params: { grant: id = '' } }, { engine }) {
    const found = await showGrant(id, engine);
    if (found.kind === 'refused') return found;
    const { user, client_id, scope } = found.value;
    const names = await usernamesOf([user], engine);
    return done({
      title: 'Revoke the grant?',
      text: html`
        <p>
          What <strong>${said(names.get(user) ?? user)}</strong> has granted
          <strong>${said(client_id)}</strong> ends, with every token under it: ${said(
            Array.isArray(scope) ? scope.join(' ') : String(scope),
          )}
        </p>
      `,
      button: 'Revoke',
      isDanger: true,
      back: GRANTS_CRUMB,
    });
  },
  async run({ params: { grant: id = '' }, by }, _form, site) {
    const outcome = await revokeGrantById(id, by, site.engine);
    return outcome.kind === 'refused' ? outcome : go(GRANTS_CRUMB.path, 'grant_revoked', site);
  },
}];
