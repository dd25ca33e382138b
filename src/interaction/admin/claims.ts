import type { Site } from '../../endpoints/site.ts';
import { type ClaimsExplanation, explainClaims } from '../../engine/claims/explain.ts';
import type { Outcome } from '../../engine/administration/outcome.ts';
import { explainAccess } from '../../engine/administration/policies.ts';
import { claimsView } from '../views/admin/claims.ts';
import { clientCrumb, CLIENTS_CRUMB, findClientOf } from './clients.ts';
import { refusalPage, statusOf } from './answers.ts';
import { consolePage, type ConsoleVisit } from './visit.ts';

/** `/admin/clients/{client_id}/claims?user=…&scope=…`: what the client would learn of a person, and why. */
export async function showClaims(visit: ConsoleVisit, site: Site): Promise<Response> {
  const found = await findClientOf(visit, site);
  if (found.kind === 'refused') return refusalPage(visit, found, CLIENTS_CRUMB, site);
  const { client } = found.value;
  const { query } = visit;
  const username = query.get('user');
  const claims = query.get('claims');
  const scope = query.get('scope') ?? client.scope;
  const { client_id } = client;
  const explained: Outcome<ClaimsExplanation> | undefined = username === undefined
    ? undefined
    : await explainClaims(
      { client_id, username, scope, ...claims !== undefined && { claims } },
      site.engine,
    );
  const access = username === undefined
    ? undefined
    : await explainAccess({ client_id, username }, site.engine);
  return consolePage(
    visit,
    (frame) =>
      claimsView(frame, {
        crumb: clientCrumb(visit),
        client_id,
        username,
        scope,
        claims,
        explained,
        ...access?.kind === 'done' && { access: access.value },
      }),
    site,
    explained?.kind === 'refused' ? statusOf(explained) : 200,
  );
}
