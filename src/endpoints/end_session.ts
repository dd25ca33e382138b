import { parseLogoutRequest } from '../engine/logout/request.ts';
import type { RequestContext } from '../http/router.ts';
import { continueLogout } from '../interaction/logout.ts';
import { paramsOf } from '../spec/params.ts';
import { formPairs, queryParams } from './params.ts';
import type { Site } from './site.ts';

/** RP-Initiated Logout §2: GET and POST alike. What is wrong becomes a page, and leads nowhere. */
export async function endSession(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = request.method === 'POST'
    ? paramsOf(await formPairs(request, site.maxBodyBytes))
    : queryParams(context.query);
  const asked = await parseLogoutRequest(params, site.engine);
  return await continueLogout(asked, request, context, site);
}
