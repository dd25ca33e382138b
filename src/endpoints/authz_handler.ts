import { plainText } from '../http/respond.ts';
import type { Handler, Peer } from '../http/router.ts';
import type { Site } from './site.ts';

/** Whether a path below the issuer is one that proxies ask at. */
export function isAuthz(path: string): boolean {
  return path.startsWith('/authz/');
}

/** What Envoy's checks begin with; the path that they are about follows. */
export const EXT_AUTHZ = '/authz/ext-authz/';

export function isExtAuthz(path: string): boolean {
  return path.startsWith(EXT_AUTHZ);
}

/** In the place of that path, where the runtime does not keep it as it was sent. */
export const ORIGINAL_PATH = 'x-ostiary-original-path';

type Route = (request: Request, peer?: Peer) => Promise<Response>;

/**
 * Where the runtime resolves dots, the path of a check can lead out of the prefix, to an endpoint whose 200 Envoy would
 * take for a yes: what names the original path is a check, or nothing.
 */
export function refusingStrayChecks(route: Route, basePath: string): Route {
  return (request, peer) => {
    if (peer?.target !== undefined || peer?.hasRawUrl === true) return route(request, peer);
    const isStray = request.headers.has(ORIGINAL_PATH) &&
      !isExtAuthz(new URL(request.url).pathname.slice(basePath.length));
    return isStray
      ? Promise.resolve(plainText('This is no path of a check.\n', 400))
      : route(request, peer);
  };
}

/** Loaded with the first request to it: a start does without it. */
export function authzHandler(site: Site): Handler {
  let loaded: typeof import('./authz/authz.ts') | undefined;
  return async (request, context) => {
    loaded ??= await import('./authz/authz.ts');
    return await loaded.authz(request, context, site);
  };
}
