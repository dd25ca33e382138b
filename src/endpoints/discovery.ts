import { CLIENT_AUTH } from '../engine/client_auth/table.ts';
import type { Engine } from '../engine/engine.ts';
import { GRANTS } from '../engine/grants/table.ts';
import type { RequestContext } from '../http/router.ts';
import { jsonText } from '../http/respond.ts';
import { ACR_VALUES } from '../spec/acr.ts';
import {
  CODE_CHALLENGE_METHODS,
  DISPLAYS,
  PROMPTS,
  RESPONSE_MODES,
  RESPONSE_TYPES,
  SIGNING_ALGS,
} from '../spec/identifiers.ts';
import { PUBLISHED_HEADERS } from './jwks.ts';
import type { Site } from './site.ts';

/** OpenID Connect Discovery 1.0 §3, RFC 8414 §2. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly userinfo_endpoint: string;
  readonly jwks_uri: string;
  readonly introspection_endpoint: string;
  readonly revocation_endpoint: string;
  readonly scopes_supported: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly response_modes_supported: readonly string[];
  readonly grant_types_supported: readonly string[];
  readonly acr_values_supported: readonly string[];
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly introspection_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint_auth_methods_supported: readonly string[];
  readonly code_challenge_methods_supported: readonly string[];
  readonly display_values_supported: readonly string[];
  readonly prompt_values_supported: readonly string[];
  readonly claim_types_supported: readonly string[];
  readonly claims_supported: readonly string[];
  readonly claims_parameter_supported: boolean;
  readonly request_parameter_supported: boolean;
  readonly request_uri_parameter_supported: boolean;
  readonly authorization_response_iss_parameter_supported: boolean;
  readonly ui_locales_supported: readonly string[];
}

/** Derived from the tables: a feature is advertised because it exists. */
export function serverMetadata({ settings }: Engine): ServerMetadata {
  const { issuer, scopes, resources } = settings;
  const resourceScopes = [...resources.values()].flatMap((resource) => resource.scope);
  const scopeClaims = [...scopes.values()].flatMap((scope) => scope.claims);
  const methods = [...CLIENT_AUTH.keys()];
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    scopes_supported: [...new Set([...scopes.keys(), ...resourceScopes])],
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: [...GRANTS.keys()],
    acr_values_supported: ACR_VALUES,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: SIGNING_ALGS,
    token_endpoint_auth_methods_supported: methods,
    // A public client may end its own tokens, but learns nothing of them (RFC 7662 §2.1).
    introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== 'none'),
    revocation_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: CODE_CHALLENGE_METHODS,
    display_values_supported: DISPLAYS,
    prompt_values_supported: PROMPTS,
    claim_types_supported: ['normal'],
    claims_supported: [...new Set([...scopeClaims, ...ID_TOKEN_CLAIMS])],
    claims_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
    ui_locales_supported: ['en'],
  };
}

const ID_TOKEN_CLAIMS = [
  'iss',
  'aud',
  'azp',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'sid',
  'at_hash',
];

/** Made once per site, so that its bytes stay the same between changes. */
export function discoveryHandler(
  site: Site,
): (request: Request, context: RequestContext) => Response {
  const text = JSON.stringify(serverMetadata(site.engine));
  return () => jsonText(text, PUBLISHED_HEADERS);
}
