import { requestBackchannelAuthentication } from '../engine/ciba/request.ts';
import { json, noStore } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { accountUrl } from '../interaction/account_pages.ts';
import { notify } from '../interaction/notices.ts';
import { presentedClient } from './caller.ts';
import { errorResponse } from './error_response.ts';
import { formParams } from './params.ts';
import { senderOf, type Site } from './site.ts';

/** CIBA §7. */
export async function backchannelAuthentication(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  let client_id: string | undefined;
  try {
    const { engine } = site;
    const params = await formParams(request, site.maxBodyBytes);
    const endpoint = 'backchannel_authentication';
    const { client, uses } = await presentedClient(request, context, params, site, endpoint);
    ({ client_id } = client);
    const { response, user, id } = await requestBackchannelAuthentication(
      { params, client, uses, source: senderOf(request, context, site) },
      engine,
    );
    engine.log('info', 'ciba.requested', { client_id, user: user.id, id });
    const url = `${accountUrl('requests', engine.settings.issuer)}?request=${id}`;
    notify(user, { kind: 'request', url, lifetimeSeconds: response.expires_in }, engine);
    return json(response, noStore);
  } catch (error) {
    return errorResponse(error, context, site, {}, client_id);
  }
}
