import { authMethodAt } from '../engine/client_auth/table.ts';
import { introspect, introspectionJwt } from '../engine/introspect.ts';
import type { RequestContext } from '../http/router.ts';
import { json, jsonText, noStore } from '../http/respond.ts';
import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { required } from '../spec/params.ts';
import { callingClient } from './caller.ts';
import { errorResponse } from './error_response.ts';
import { formParams } from './params.ts';
import type { Site } from './site.ts';

/** RFC 7662 §2, RFC 9701. Public clients cannot prove who they are, and so learn nothing here. */
export async function introspection(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const params = await formParams(request, site.maxBodyBytes);
    const client = await callingClient(request, context, params, site, 'introspection');
    if (authMethodAt(client, 'introspection') === 'none') {
      throw new OAuthError('invalid_client', 'client authentication failed', {
        debug: 'public client',
      });
    }
    const told = await introspect(required(params, 'token'), client, site.engine);
    if (!wantsJwt(request.headers.get('accept'), client)) return json(told, noStore);
    const jwt = await introspectionJwt(told, client, site.engine);
    return jsonText(jwt, { ...noStore, 'content-type': JWT_TYPE });
  } catch (error) {
    return errorResponse(error, context, site);
  }
}

const JWT_TYPE = 'application/token-introspection+jwt';

/** RFC 9701 §4, §6: whoever asks for it, and whoever has registered for it and asks for nothing else. */
function wantsJwt(accept: string | null, client: Client): boolean {
  const types = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.toLowerCase().split(';').map((part) => part.trim());
    return parameters.some((each) => /^q=0(\.0*)?$/.test(each)) ? '' : type;
  });
  if (types.includes(JWT_TYPE)) return true;
  const isRegistered = client.introspection_signed_response_alg !== undefined ||
    client.introspection_encrypted_response_alg !== undefined;
  return isRegistered && !types.includes('application/json');
}
