import { authenticateClient } from '../engine/client_auth/table.ts';
import type { RequestContext } from '../http/router.ts';
import type { Client } from '../spec/client.ts';
import type { Params } from '../spec/params.ts';
import { senderOf, type Site } from './site.ts';

/** The client that calls an endpoint, proven. @throws {OAuthError} `invalid_client`, `invalid_request` */
export function callingClient(
  request: Request,
  context: RequestContext,
  params: Params,
  site: Site,
): Promise<Client> {
  const authorization = request.headers.get('authorization');
  return authenticateClient(
    { authorization, params, source: senderOf(request, context, site) },
    site.engine,
  );
}
