import { redeemGrant } from '../engine/grants/table.ts';
import type { RequestContext } from '../http/router.ts';
import { json, noStore } from '../http/respond.ts';
import { presentedClient } from './caller.ts';
import { nonceHeader, shownProof, withProof } from './dpop.ts';
import { errorResponse } from './error_response.ts';
import { formParams } from './params.ts';
import type { Site } from './site.ts';

/** RFC 6749 §3.2. */
export async function token(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  let client_id: string | undefined;
  try {
    const params = await formParams(request, site.maxBodyBytes);
    // First, so that a retry with a nonce finds the client's assertion unused.
    const proof = await shownProof(request, context, site);
    const caller = await presentedClient(request, context, params, site, 'token');
    ({ client_id } = caller.client);
    const response = await redeemGrant(params, withProof(caller, proof), site.engine);
    return json(response, { ...noStore, ...nonceHeader(site) });
  } catch (error) {
    return errorResponse(error, context, site, nonceHeader(site), client_id);
  }
}
