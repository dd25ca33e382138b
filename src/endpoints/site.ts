import type { Engine } from '../engine/engine.ts';
import { clientAddress, type Networks, sourceOf } from '../http/client_address.ts';
import type { CorsPolicy } from '../http/cors.ts';
import type { Handler, RequestContext } from '../http/router.ts';

/** One issuer as it stands on the web: the engine, and what only HTTP needs to know. One value per reload. */
export interface Site {
  readonly engine: Engine;
  /** Of the issuer, as browsers write it. */
  readonly origin: string;
  /** The issuer's path: '' or e.g. '/auth'. */
  readonly basePath: string;
  /** The issuer is https: cookies are `__Host-`, pages send HSTS. */
  readonly isSecure: boolean;
  readonly trustedProxies: Networks;
  /** What pages call this server. */
  readonly productName: string;
  readonly maxBodyBytes: number;
  /** Endpoints that browsers may call from elsewhere, by path. */
  readonly cors: (path: string) => CorsPolicy | undefined;
}

/** A handler before it is bound to its site. */
export type SiteHandler = (
  request: Request,
  context: RequestContext,
  site: Site,
) => ReturnType<Handler>;

/** What guesses from this sender are counted by. */
export function senderOf(request: Request, context: RequestContext, site: Site): string {
  return sourceOf(clientAddress(context.peerAddress, request.headers, site.trustedProxies));
}
