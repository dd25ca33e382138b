import type { AuthEndpoint, Caller } from '../engine/client_auth/client_auth.ts';
import { authenticateClient } from '../engine/client_auth/table.ts';
import { endpointUrls } from '../engine/endpoint_urls.ts';
import { consume } from '../engine/one_time.ts';
import { isTrustedProxy } from '../http/client_address.ts';
import { forwardedCertificates } from '../http/client_certificate.ts';
import type { RequestContext } from '../http/router.ts';
import type { Client } from '../spec/client.ts';
import type { Params } from '../spec/params.ts';
import { senderOf, type Site } from './site.ts';

/** The client that calls an endpoint, proven. @throws {OAuthError} `invalid_client`, `invalid_request` */
export async function callingClient(
  request: Request,
  context: RequestContext,
  params: Params,
  site: Site,
  endpoint: AuthEndpoint,
): Promise<Client> {
  const { client, uses } = await presentedClient(request, context, params, site, endpoint);
  await consume(uses, site.engine);
  return client;
}

/** The same where the endpoint itself writes what the proof used up, with its own result. */
export function presentedClient(
  request: Request,
  context: RequestContext,
  params: Params,
  site: Site,
  endpoint: AuthEndpoint,
): Promise<Caller> {
  return authenticateClient(
    {
      authorization: request.headers.get('authorization'),
      params,
      source: senderOf(request, context, site),
      endpoint,
      urls: endpointUrls(context.path, site.engine.settings),
      certificates: clientCertificates(request, context, site),
    },
    site.engine,
  );
}

/** Of our own TLS, or of that which a trusted proxy ended for us; from anybody else the header is just text. RFC 9440 §4 */
export function clientCertificates(
  request: Request,
  { peerAddress, certificates }: RequestContext,
  { clientCertificates: isPossible, trustedProxies }: Site,
): readonly Uint8Array[] | undefined {
  if (!isPossible) return undefined;
  return isTrustedProxy(peerAddress, trustedProxies)
    ? forwardedCertificates(request.headers)
    : certificates;
}
