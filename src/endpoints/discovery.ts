import { CLIENT_AUTH } from '../engine/client_auth/table.ts';
import { GRANTS } from '../engine/grants/table.ts';
import type { RequestContext } from '../http/router.ts';
import { jsonText } from '../http/respond.ts';
import { ACR_VALUES } from '../spec/acr.ts';
import {
  CLIENT_SIGNING_ALGS,
  CODE_CHALLENGE_METHODS,
  CONTENT_ENCRYPTIONS,
  DELIVERY_MODES,
  DISPLAYS,
  ENCRYPTION_ALGS,
  JWT_BEARER_GRANT,
  PROMPTS,
  RESPONSE_MODES,
  RESPONSE_TYPES,
  SIGNING_ALGS,
  SUBJECT_TYPES,
  TOKEN_EXCHANGE_GRANT,
} from '../spec/identifiers.ts';
import { PROFILES } from '../spec/profiles.ts';
import type { Settings } from '../spec/settings.ts';
import { withinProfile } from './discovery_profile.ts';
import { PUBLISHED_HEADERS } from './jwks.ts';
import { noteProbe } from './observe_origin.ts';
import type { Site } from './site.ts';

/** OpenID Connect Discovery 1.0 §3, RFC 8414 §2; the others by their own specifications. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly userinfo_endpoint: string;
  readonly jwks_uri: string;
  readonly introspection_endpoint: string;
  readonly revocation_endpoint: string;
  readonly pushed_authorization_request_endpoint: string;
  readonly device_authorization_endpoint: string;
  readonly end_session_endpoint: string;
  readonly check_session_iframe: string;
  readonly frontchannel_logout_supported: boolean;
  readonly frontchannel_logout_session_supported: boolean;
  readonly backchannel_authentication_endpoint: string;
  readonly backchannel_token_delivery_modes_supported: readonly string[];
  readonly backchannel_authentication_request_signing_alg_values_supported: readonly string[];
  readonly backchannel_user_code_parameter_supported: boolean;
  readonly registration_endpoint?: string;
  readonly scopes_supported: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly response_modes_supported: readonly string[];
  readonly grant_types_supported: readonly string[];
  readonly acr_values_supported: readonly string[];
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly id_token_encryption_alg_values_supported: readonly string[];
  readonly id_token_encryption_enc_values_supported: readonly string[];
  readonly userinfo_signing_alg_values_supported: readonly string[];
  readonly userinfo_encryption_alg_values_supported: readonly string[];
  readonly userinfo_encryption_enc_values_supported: readonly string[];
  readonly introspection_signing_alg_values_supported: readonly string[];
  readonly introspection_encryption_alg_values_supported: readonly string[];
  readonly introspection_encryption_enc_values_supported: readonly string[];
  readonly authorization_signing_alg_values_supported: readonly string[];
  readonly authorization_encryption_alg_values_supported: readonly string[];
  readonly authorization_encryption_enc_values_supported: readonly string[];
  readonly request_object_signing_alg_values_supported: readonly string[];
  readonly request_object_encryption_alg_values_supported: readonly string[];
  readonly request_object_encryption_enc_values_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly introspection_endpoint_auth_methods_supported: readonly string[];
  readonly introspection_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly revocation_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly code_challenge_methods_supported: readonly string[];
  readonly dpop_signing_alg_values_supported: readonly string[];
  readonly tls_client_certificate_bound_access_tokens: boolean;
  readonly mtls_endpoint_aliases?: Readonly<Record<string, string>>;
  readonly backchannel_logout_supported: boolean;
  readonly backchannel_logout_session_supported: boolean;
  readonly authorization_details_types_supported?: readonly string[];
  readonly display_values_supported: readonly string[];
  readonly prompt_values_supported: readonly string[];
  readonly claim_types_supported: readonly string[];
  readonly claims_supported: readonly string[];
  readonly claims_parameter_supported: boolean;
  readonly request_parameter_supported: boolean;
  readonly request_uri_parameter_supported: boolean;
  readonly require_request_uri_registration: boolean;
  readonly require_pushed_authorization_requests: boolean;
  readonly authorization_response_iss_parameter_supported: boolean;
  readonly ui_locales_supported: readonly string[];
}

/** Derived from the tables: a feature is advertised because it exists, and the configuration lets it be used. */
export function serverMetadata(
  site: Pick<Site, 'engine' | 'clientCertificates' | 'languages'>,
): ServerMetadata {
  const { settings } = site.engine;
  const { issuer, scopes, resources } = settings;
  const resourceScopes = [...resources.values()].flatMap((resource) => resource.scope);
  const scopeClaims = [...scopes.values()].flatMap((scope) => scope.claims);
  const policyClaims = [...settings.claims_policies.values()]
    .flatMap((policy) => [...policy.custom_claims.keys()]);
  const methods = usableMethods(site);
  const detailTypes = [...settings.authorization_details_types.keys()];
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    device_authorization_endpoint: `${issuer}/device_authorization`,
    end_session_endpoint: `${issuer}/end_session`,
    check_session_iframe: `${issuer}/check_session`,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_authentication_endpoint: `${issuer}/backchannel_authentication`,
    backchannel_token_delivery_modes_supported: DELIVERY_MODES,
    backchannel_authentication_request_signing_alg_values_supported: SIGNING_ALGS,
    backchannel_user_code_parameter_supported: true,
    ...settings.registration.mode === 'off' ? {} : { registration_endpoint: `${issuer}/register` },
    scopes_supported: [...new Set([...scopes.keys(), ...resourceScopes])],
    response_types_supported: RESPONSE_TYPES,
    response_modes_supported: RESPONSE_MODES,
    // `implicit` is answered without the token endpoint.
    grant_types_supported: [...usableGrants(settings), 'implicit'],
    acr_values_supported: ACR_VALUES,
    subject_types_supported: SUBJECT_TYPES,
    id_token_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    id_token_encryption_alg_values_supported: ENCRYPTION_ALGS,
    id_token_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    userinfo_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    userinfo_encryption_alg_values_supported: ENCRYPTION_ALGS,
    userinfo_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    introspection_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    introspection_encryption_alg_values_supported: ENCRYPTION_ALGS,
    introspection_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    authorization_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    authorization_encryption_alg_values_supported: ENCRYPTION_ALGS,
    authorization_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    // `none` is for clients that are registered for it by hand, and nothing to be chosen (RFC 8725 §3.2).
    request_object_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    request_object_encryption_alg_values_supported: ENCRYPTION_ALGS,
    request_object_encryption_enc_values_supported: CONTENT_ENCRYPTIONS,
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    // A public client may end its own tokens, but learns nothing of them (RFC 7662 §2.1).
    introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: CLIENT_SIGNING_ALGS,
    code_challenge_methods_supported: settings.pkce_plain ? CODE_CHALLENGE_METHODS : ['S256'],
    dpop_signing_alg_values_supported: SIGNING_ALGS,
    tls_client_certificate_bound_access_tokens: site.clientCertificates,
    ...mtlsAliases(site),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    ...(detailTypes.length === 0 ? {} : { authorization_details_types_supported: detailTypes }),
    display_values_supported: DISPLAYS,
    prompt_values_supported: PROMPTS.filter((prompt) =>
      prompt !== 'create' || settings.sign_up === 'open'
    ),
    claim_types_supported: ['normal'],
    claims_supported: [...new Set([...scopeClaims, ...policyClaims, ...ID_TOKEN_CLAIMS])],
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    require_pushed_authorization_requests: settings.require_pushed_authorization_requests,
    authorization_response_iss_parameter_supported: true,
    ui_locales_supported: site.languages.rows.map(({ tag }) => tag),
  };
}

/** Of grants that no client has without a policy, those that there is one for. */
function usableGrants(
  { token_exchange_policies, trusted_issuers }: Settings,
): readonly string[] {
  const unusable = [
    ...token_exchange_policies.size > 0 ? [] : [TOKEN_EXCHANGE_GRANT],
    ...trusted_issuers.size > 0 ? [] : [JWT_BEARER_GRANT],
  ];
  return [...GRANTS.keys()].filter((grant) => !unusable.includes(grant));
}

/** Where a client with a certificate finds what it calls by itself. RFC 8705 §5 */
function mtlsAliases(
  { engine: { settings }, clientCertificates }: Pick<Site, 'engine' | 'clientCertificates'>,
): Pick<ServerMetadata, 'mtls_endpoint_aliases'> {
  const { mtls_endpoint_aliases: alias } = settings;
  if (alias === undefined || !clientCertificates) return {};
  return {
    mtls_endpoint_aliases: {
      token_endpoint: `${alias}/token`,
      userinfo_endpoint: `${alias}/userinfo`,
      introspection_endpoint: `${alias}/introspect`,
      revocation_endpoint: `${alias}/revoke`,
      pushed_authorization_request_endpoint: `${alias}/par`,
      device_authorization_endpoint: `${alias}/device_authorization`,
      backchannel_authentication_endpoint: `${alias}/backchannel_authentication`,
    },
  };
}

/** How clients can prove who they are here. Certificates need a listener that asks for them or a proxy that passes them on, and authorities that vouch for them. */
export function usableMethods(
  { engine, clientCertificates }: Pick<Site, 'engine' | 'clientCertificates'>,
): readonly string[] {
  const hasAuthorities = engine.settings.client_certificate_authorities.length > 0;
  return [...CLIENT_AUTH.keys()].filter((method) => {
    if (method === 'tls_client_auth') return clientCertificates && hasAuthorities;
    return method !== 'self_signed_tls_client_auth' || clientCertificates;
  });
}

const ID_TOKEN_CLAIMS = [
  'iss',
  'aud',
  'azp',
  'exp',
  'iat',
  'jti',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'sid',
  'at_hash',
  'c_hash',
  's_hash',
];

/** Made once per site, so that its bytes stay the same between changes. */
export function discoveryHandler(
  site: Site,
): (request: Request, context: RequestContext) => Response {
  const { profile } = site.engine.settings;
  const text = JSON.stringify(withinProfile(serverMetadata(site), PROFILES[profile]));
  return (request, context) => {
    if (context.query !== '') noteProbe(request, context, site);
    return jsonText(text, PUBLISHED_HEADERS);
  };
}
