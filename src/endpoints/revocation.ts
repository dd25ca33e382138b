import { revokeToken } from '../engine/revocation.ts';
import type { RequestContext } from '../http/router.ts';
import { json, noStore } from '../http/respond.ts';
import { required } from '../spec/params.ts';
import { callingClient } from './caller.ts';
import { errorResponse } from './error_response.ts';
import { formParams } from './params.ts';
import type { Site } from './site.ts';

/** RFC 7009 §2. The empty object is for clients that parse whatever comes. */
export async function revocation(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const client = await callingClient(request, context, params, site, 'revocation');
    await revokeToken(required(params, 'token'), client, site.engine);
    return json({}, noStore);
  } catch (error) {
    return errorResponse(error, context, site);
  }
}
