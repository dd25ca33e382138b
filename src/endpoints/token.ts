import { redeemGrant } from '../engine/grants/table.ts';
import type { RequestContext } from '../http/router.ts';
import { json, noStore } from '../http/respond.ts';
import { presentedClient } from './caller.ts';
import { errorResponse } from './error_response.ts';
import { formParams } from './params.ts';
import type { Site } from './site.ts';

/** RFC 6749 §3.2. */
export async function token(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const caller = await presentedClient(request, context, params, site, 'token');
    return json(await redeemGrant(params, caller, site.engine), noStore);
  } catch (error) {
    return errorResponse(error, site.engine.log);
  }
}
