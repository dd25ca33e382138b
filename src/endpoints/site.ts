import type { Engine } from '../engine/engine.ts';
import type { Place } from '../engine/session.ts';
import { clientAddress, sourceOf } from '../http/client_address.ts';
import type { HostToken } from '../engine/forward_auth/host_token.ts';
import type { CorsPolicy } from '../http/cors.ts';
import type { Handler, RequestContext } from '../http/router.ts';
import type { Languages } from '../interaction/languages.ts';
import type { Look } from '../interaction/look.ts';
import type { Recent } from '../keys/recent.ts';
import type { Branding } from '../spec/branding.ts';
import type { Networks } from '../spec/networks.ts';

/** One issuer as it stands on the web: the engine, and what only HTTP needs to know. One value per reload. */
export interface Site {
  readonly engine: Engine;
  /** Of the issuer, as browsers write it. */
  readonly origin: string;
  /** The issuer's path: '' or e.g. '/auth'. */
  readonly basePath: string;
  /** The issuer's, '' where it is the scheme's own. */
  readonly port: string;
  /** The issuer is https: cookies are `__Host-`, pages send HSTS. */
  readonly isSecure: boolean;
  readonly trustedProxies: Networks;
  /** Clients' certificates can reach us: from our own TLS, or through a trusted proxy. RFC 8705, RFC 9440 */
  readonly clientCertificates: boolean;
  /** What a cookie of ours is called here, by its plain name. */
  readonly cookieName: (base: string) => string;
  /** Senders without a proxy in front, by the address of the socket. */
  readonly senders: Recent<Sender>;
  /** What applications at protected hosts are given about who comes. */
  readonly hostTokens: Recent<HostToken>;
  /** What pages call this server. */
  readonly productName: string;
  readonly branding: Branding;
  /** What follows from it for every page. */
  readonly look: Look;
  readonly languages: Languages;
  /** What a page answers; absent for all that is no page, which pays nothing for languages. */
  readonly asked?: { readonly request: Request; readonly context: RequestContext };
  readonly maxBodyBytes: number;
  /** What opens the administration API to processes of this machine; absent: nothing does. */
  readonly localToken: string | undefined;
  /** Endpoints that browsers may call from elsewhere, by path. */
  readonly cors: (path: string) => CorsPolicy | undefined;
}

/** Where a request comes from, as far as that is known. */
export interface Sender {
  readonly address: string | undefined;
  /** What guesses are counted by. */
  readonly source: string;
}

/** A handler before it is bound to its site. */
export type SiteHandler = (
  request: Request,
  context: RequestContext,
  site: Site,
) => ReturnType<Handler>;

/**
 * The handler of a page, which knows its reader: it starts once the languages are there. The router makes a page of what
 * it throws.
 */
export function pageHandler(handler: SiteHandler, site: Site): Handler {
  return (request, context) => {
    const own: Site = { ...site, asked: { request, context } };
    const loading = site.languages.load();
    if (loading === undefined) return handler(request, context, own);
    return loading.catch((cause) => {
      site.engine.log('error', 'languages.not_loaded', { cause });
    }).then(() => handler(request, context, own));
  };
}

/** What guesses from this sender are counted by. */
export function senderOf(request: Request, context: RequestContext, site: Site): string {
  return whoSends(request, context, site).source;
}

/** Where a request comes from, for policies and for the person. */
export function placeOf(request: Request, context: RequestContext, site: Site): Place {
  return {
    address: whoSends(request, context, site).address,
    user_agent: request.headers.get('user-agent') ?? undefined,
  };
}

function whoSends(
  { headers }: Request,
  { peerAddress }: RequestContext,
  { senders, trustedProxies }: Site,
): Sender {
  const isDirect = trustedProxies.length === 0 && peerAddress !== undefined;
  const known = isDirect ? senders.get(peerAddress) : undefined;
  if (known !== undefined) return known;
  const address = clientAddress(peerAddress, headers, trustedProxies);
  const sender = { address, source: sourceOf(address) };
  if (isDirect) senders.set(peerAddress, sender);
  return sender;
}
