import { clientOrigins } from '../engine/client_origins.ts';
import type { Engine } from '../engine/engine.ts';
import type { CorsPolicy } from '../http/cors.ts';

/** Which endpoints scripts of other origins may call, and whose. */
export interface CorsRules {
  readonly endpoints: readonly string[];
  readonly allowed_origins: readonly string[];
  readonly allowed_origins_from_client_redirect_uris: boolean;
}

/** Public documents are open to all; API endpoints to listed origins; pages to none. RFC 9700 §2.6. */
export function corsPolicies(
  rules: CorsRules,
  engine: Engine,
): (path: string) => CorsPolicy | undefined {
  const listed = new Set(rules.allowed_origins);
  const ofClients = rules.allowed_origins_from_client_redirect_uris
    ? clientOrigins(engine)
    : undefined;
  const policy: CorsPolicy = {
    kind: 'origins',
    isAllowed: async (origin) => listed.has(origin) || await ofClients?.(origin) === true,
  };
  const paths = new Set(rules.endpoints.flatMap((endpoint) => PATHS.get(endpoint) ?? []));
  return (path) => OPEN.has(path) ? { kind: 'open' } : paths.has(path) ? policy : undefined;
}

const OPEN = new Set(['/.well-known/openid-configuration', '/jwks']);

const PATHS: ReadonlyMap<string, string | readonly string[]> = new Map<
  string,
  string | readonly string[]
>([
  ['token', '/token'],
  ['userinfo', '/userinfo'],
  ['revocation', '/revoke'],
  ['introspection', '/introspect'],
  ['pushed_authorization_request', '/par'],
  ['device_authorization', '/device_authorization'],
  ['registration', ['/register', '/register/{client_id}']],
]);
