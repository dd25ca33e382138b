import { pushRequest } from '../engine/authorize/pushed.ts';
import type { RequestContext } from '../http/router.ts';
import { json, noStore } from '../http/respond.ts';
import { paramsOf } from '../spec/params.ts';
import { presentedClient } from './caller.ts';
import { errorResponse } from './error_response.ts';
import { formPairs } from './params.ts';
import type { Site } from './site.ts';

/** RFC 9126 §2. */
export async function pushedAuthorizationRequest(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const pairs = await formPairs(request, site.maxBodyBytes);
    const endpoint = 'pushed_authorization_request';
    const caller = await presentedClient(request, context, paramsOf(pairs), site, endpoint);
    const { client, uses } = caller;
    return json(await pushRequest({ pairs, client, uses }, site.engine), noStore, 201);
  } catch (error) {
    return errorResponse(error, site.engine.log);
  }
}
