import type { Told } from '../../engine/forward_auth/target.ts';
import { partsOfUrl } from '../../engine/forward_auth/target.ts';
import type { RequestContext } from '../../http/router.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { EXT_AUTHZ, isExtAuthz, ORIGINAL_PATH } from '../authz_handler.ts';
import type { Site } from '../site.ts';

/** How one kind of proxy asks about a request, and what it understands as an answer. */
export interface Implementation {
  /** What it says of the request. @throws {OAuthError} `invalid_request` */
  told(request: Request, context: RequestContext, site: Site): Told;
  /** It takes no other status than 2xx, 401 and 403, and shows nobody the answer but its headers. */
  readonly isSubrequest: boolean;
}

/** Traefik, Caddy. */
const forwardAuth: Implementation = {
  told: ({ headers }) => {
    const part = (name: string) => ({ name, value: headers.get(name) });
    return {
      method: part('X-Forwarded-Method'),
      scheme: part('X-Forwarded-Proto'),
      host: part('X-Forwarded-Host'),
      uri: part('X-Forwarded-Uri'),
    };
  },
  isSubrequest: false,
};

/** nginx. */
const authRequest: Implementation = {
  told: ({ headers }) => {
    const part = (name: string) => ({ name, value: headers.get(name) });
    return { ...partsOfUrl(part('X-Original-URL')), method: part('X-Original-Method') };
  },
  isSubrequest: true,
};

/** Envoy's HTTP service: the request itself, below a prefix. */
const extAuthz: Implementation = {
  told: (request, context, site) => ({
    method: { name: 'the method', value: request.method },
    scheme: { name: 'X-Forwarded-Proto', value: request.headers.get('x-forwarded-proto') },
    host: { name: 'Host', value: request.headers.get('host') },
    uri: { name: 'the path', value: originalPath(request, context, site) },
  }),
  isSubrequest: false,
};

/** By a path below the issuer. */
export function implementationOf(path: string): Implementation | undefined {
  switch (path) {
    case '/authz/forward-auth':
      return forwardAuth;
    case '/authz/auth-request':
      return authRequest;
    default:
      return isExtAuthz(path) ? extAuthz : undefined;
  }
}

/** The header is nobody's to contradict the path with. @throws {OAuthError} `invalid_request` */
function originalPath(request: Request, context: RequestContext, site: Site): string {
  const named = request.headers.get(ORIGINAL_PATH);
  const prefix = site.basePath + EXT_AUTHZ;
  const path = pathOf(request.url);
  const raw = context.target ?? (context.hasRawUrl ? path : undefined);
  if (raw === undefined && named === null) {
    throw new OAuthError(
      'invalid_request',
      'X-Ostiary-Original-Path is missing: Bun does not tell what path was sent',
    );
  }
  const isSame = named === null ||
    (raw === undefined
      ? path === pathOf(new URL(`http://localhost${prefix}${named}`).href)
      : raw === prefix + named);
  if (!isSame) {
    throw new OAuthError('invalid_request', 'X-Ostiary-Original-Path is not the path');
  }
  return named ?? (raw ?? '').slice(prefix.length);
}

/** With the query. */
function pathOf(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('://') + 3));
}
