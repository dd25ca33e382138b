import { introspect } from '../engine/introspect.ts';
import type { RequestContext } from '../http/router.ts';
import { json, noStore } from '../http/respond.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { required } from '../spec/params.ts';
import { callingClient } from './caller.ts';
import { errorResponse } from './error_response.ts';
import { formParams } from './params.ts';
import type { Site } from './site.ts';

/** RFC 7662 §2. Public clients cannot prove who they are, and so learn nothing here. */
export async function introspection(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const client = await callingClient(request, context, params, site, 'introspection');
    if (client.token_endpoint_auth_method === 'none') {
      throw new OAuthError('invalid_client', 'client authentication failed', {
        debug: 'public client',
      });
    }
    return json(await introspect(required(params, 'token'), client, site.engine), noStore);
  } catch (error) {
    return errorResponse(error, site.engine.log);
  }
}
