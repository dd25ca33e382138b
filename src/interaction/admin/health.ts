import type { Site } from '../../endpoints/site.ts';
import { healthOf } from '../../engine/administration/health.ts';
import { examine } from '../../engine/doctor/examine.ts';
import type { Params } from '../../spec/params.ts';
import { healthView } from '../views/admin/health.ts';
import { consolePage, type ConsoleVisit } from './visit.ts';

/** `/admin/health`: what can be seen without asking anybody else. */
export function showHealth(visit: ConsoleVisit, site: Site): Promise<Response> {
  return report(visit, false, site);
}

/** The same, and requests are sent: to the issuer's own URL, and to where clients publish keys. */
export function submitHealth(visit: ConsoleVisit, _form: Params, site: Site): Promise<Response> {
  return report(visit, true, site);
}

async function report(visit: ConsoleVisit, network: boolean, site: Site): Promise<Response> {
  const { engine, trustedProxies } = site;
  const [health, findings] = await Promise.all([
    healthOf(engine),
    examine(engine, {
      hasRecords: true,
      network,
      isServing: true,
      // That no message was handed on is told by the command, which knows how they are sent.
      hasNotifier: false,
      trustedProxies,
    }),
  ]);
  return consolePage(visit, (frame) => healthView(frame, { health, findings, network }), site);
}
