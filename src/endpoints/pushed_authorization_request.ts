import { pushRequest } from '../engine/authorize/pushed.ts';
import { authMethodAt } from '../engine/client_auth/table.ts';
import type { Engine } from '../engine/engine.ts';
import type { RequestContext } from '../http/router.ts';
import { json, noStore } from '../http/respond.ts';
import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { paramsOf } from '../spec/params.ts';
import { presentedClient } from './caller.ts';
import { nonceHeader, shownProof, withProof } from './dpop.ts';
import { errorResponse } from './error_response.ts';
import { formPairs } from './params.ts';
import { senderOf, type Site } from './site.ts';

/** RFC 9126 §2. */
export async function pushedAuthorizationRequest(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  let client_id: string | undefined;
  try {
    const pairs = await formPairs(request, site.maxBodyBytes);
    // RFC 9449 §10.1; first, so that a retry with a nonce finds the client's assertion unused.
    const proof = await shownProof(request, context, site);
    const endpoint = 'pushed_authorization_request';
    const caller = await presentedClient(request, context, paramsOf(pairs), site, endpoint);
    const { client, uses, dpop_jkt } = withProof(caller, proof);
    ({ client_id } = client);
    checkRate(client, senderOf(request, context, site), site.engine);
    const push = { pairs, client, uses, ...(dpop_jkt === undefined ? {} : { dpop_jkt }) };
    const pushed = await pushRequest(push, site.engine);
    return json(pushed, { ...noStore, ...nonceHeader(site) }, 201);
  } catch (error) {
    return errorResponse(error, context, site, nonceHeader(site), client_id);
  }
}

/** T127: whoever knows the name of a public client could fill the store. */
function checkRate(client: Client, source: string, engine: Engine): void {
  const isPublic = authMethodAt(client, 'pushed_authorization_request') === 'none';
  if (!isPublic || engine.publicPushes.take(source)) return;
  throw new OAuthError('temporarily_unavailable', 'too many pushed requests from one place', {
    status: 429,
    retryAfterSeconds: 10,
  });
}
