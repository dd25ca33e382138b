import { requestDevice } from '../engine/device/request.ts';
import { json, noStore } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { presentedClient } from './caller.ts';
import { errorResponse } from './error_response.ts';
import { formParams } from './params.ts';
import { senderOf, type Site } from './site.ts';

/** RFC 8628 §3.1. */
export async function deviceAuthorization(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  let client_id: string | undefined;
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const endpoint = 'device_authorization';
    const { client, uses } = await presentedClient(request, context, params, site, endpoint);
    ({ client_id } = client);
    const source = senderOf(request, context, site);
    return json(await requestDevice({ params, client, uses, source }, site.engine), noStore);
  } catch (error) {
    return errorResponse(error, context, site, {}, client_id);
  }
}
