import type { Site } from '../../endpoints/site.ts';
import {
  pageDeliveries,
  retryDelivery,
  showDelivery,
} from '../../engine/administration/deliveries.ts';
import { done, type Outcome, refused } from '../../engine/administration/outcome.ts';
import { html } from '../../http/html.ts';
import { deliveriesView } from '../views/admin/deliveries.ts';
import { pageRequestOf, refusalPage } from './answers.ts';
import { clientCrumb, CLIENTS_CRUMB, findClientOf } from './clients.ts';
import type { Confirmation } from './confirmation.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

/** `/admin/clients/{client_id}/deliveries`: what its server was told, and whether it has taken it. */
export async function showDeliveries(visit: ConsoleVisit, site: Site): Promise<Response> {
  const found = await findClientOf(visit, site);
  if (found.kind === 'refused') return refusalPage(visit, found, CLIENTS_CRUMB, site);
  const { client_id } = found.value.client;
  const filter = { sid: visit.query.get('sid'), state: visit.query.get('state') };
  const request = pageRequestOf(visit);
  const { items, next } = await pageDeliveries({ ...filter, client_id }, request, site.engine);
  return consolePage(
    visit,
    (frame) =>
      deliveriesView(frame, {
        client_id,
        crumb: clientCrumb(visit),
        deliveries: items,
        filter,
        next,
        isFirst: request.after === undefined,
      }),
    site,
  );
}

export const DELIVERY_CONFIRMATIONS: readonly Confirmation[] = [{
  path: '/admin/clients/{client_id}/deliveries/{delivery}/retry',
  section: 'clients',
  crumb: CLIENTS_CRUMB,
  async question(visit, site) {
    const found = await deliveryOf(visit, site);
    return found.kind === 'refused' ? found : done({
      title: 'Send the message now?',
      text: html`
        <p>
          The server of <strong><bdi>${found.value}</bdi></strong> is sent the message at once, and
          again later if it does not take it.
        </p>
      `,
      button: 'Send now',
      back: listOf(visit),
    });
  },
  async run(visit, _form, site) {
    const found = await deliveryOf(visit, site);
    if (found.kind === 'refused') return found;
    const { params: { delivery: id = '' }, by } = visit;
    const outcome = await retryDelivery(id, by, site.engine);
    return outcome.kind === 'refused' ? outcome : go(listOf(visit).path, 'delivery_retried', site);
  },
}];

/** The client of a message that is to this client. */
async function deliveryOf(
  { params: { client_id, delivery: id = '' } }: ConsoleVisit,
  { engine }: Site,
): Promise<Outcome<string>> {
  const found = await showDelivery(id, engine);
  if (found.kind === 'refused') return found;
  return found.value.client_id === client_id
    ? done(found.value.client_id)
    : refused('there is no such message to this client', 'missing');
}

function listOf(visit: ConsoleVisit) {
  return { path: `${clientCrumb(visit).path}/deliveries`, text: 'Messages to its server' };
}
