import type { ClientMetadata } from './client_metadata.ts';
import {
  type AuthMethod,
  CIBA_GRANT,
  DEVICE_CODE_GRANT,
  isHmac,
  isSymmetricEncryption,
  JWT_BEARER_GRANT,
  type ProfileName,
  PROTECTED_KINDS,
  TOKEN_EXCHANGE_GRANT,
} from './identifiers.ts';
import { profileProblems } from './profile_problems.ts';
import { type Profile, profileFor } from './profiles.ts';
import { ownerHostOf } from './redirect_uri.ts';

/** A field of a client and what is wrong with it. */
export interface ClientProblem {
  readonly field: string;
  readonly problem: string;
}

type Subject = ClientMetadata & { readonly client_secret?: string | undefined };

/** What contradicts itself, or its profile, in metadata that parsed: a field and its rule each. RFC 7591 §2.1. */
export function clientProblems(
  client: Subject,
  ofIssuer: ProfileName,
): readonly ClientProblem[] {
  return [
    ...profileProblems(client, ofIssuer),
    ...grantProblems(client),
    ...backchannelProblems(client),
    ...secretProblems(client),
    ...keyProblems(client, profileFor(client.profile, ofIssuer)),
    ...certificateProblems(client),
    ...encryptionProblems(client),
    ...sectorProblems(client),
    ...logoutProblems(client),
    ...consentProblems(client),
    ...frontchannelProblems(client),
  ];
}

/** Whether the secret itself must be at hand, and a digest will not do. Core §10.1, §10.2. */
export function needsRawSecret(client: ClientMetadata): boolean {
  return authMethodsOf(client).includes('client_secret_jwt') ||
    signingAlgsOf(client).some(isHmac) || encryptionAlgsOf(client).some(isSymmetricEncryption);
}

/** Whether the client has a secret at all. */
export function usesSecret(client: ClientMetadata): boolean {
  return authMethodsOf(client).some((method) => SECRET_METHODS.includes(method)) ||
    needsRawSecret(client);
}

/** How a client may prove who it is, at one endpoint or another. */
export function authMethodsOf(client: ClientMetadata): readonly AuthMethod[] {
  return [
    client.token_endpoint_auth_method,
    ...[
      client.revocation_endpoint_auth_method,
      client.introspection_endpoint_auth_method,
      client.pushed_authorization_request_endpoint_auth_method,
      client.device_authorization_endpoint_auth_method,
      client.backchannel_authentication_endpoint_auth_method,
    ].filter((method) => method !== undefined),
  ];
}

const SECRET_METHODS: readonly AuthMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
];

const REFRESHABLE: readonly string[] = ['authorization_code', DEVICE_CODE_GRANT, CIBA_GRANT];

/** Grants that rest on nothing but who the client is, or on tokens that anybody may have found. */
const PROVEN_GRANTS = [
  { grant_type: 'client_credentials', defined: 'RFC 6749 §4.4' },
  { grant_type: TOKEN_EXCHANGE_GRANT, defined: 'RFC 8693 §2.1' },
  { grant_type: JWT_BEARER_GRANT, defined: 'RFC 7521 §4.1' },
] as const;

function grantProblems(client: Subject): ClientProblem[] {
  const problems: ClientProblem[] = [];
  const { grant_types, response_types } = client;
  const isPublic = client.token_endpoint_auth_method === 'none';
  const answers = grant_types.filter((grant) =>
    grant === 'authorization_code' || grant === 'implicit'
  );
  if (answers.length > 0 && client.redirect_uris.length === 0) {
    problems.push({
      field: 'redirect_uris',
      problem: `must hold at least one URI for ${answers[0]}`,
    });
  }
  for (const response_type of response_types) {
    const parts = response_type.split(' ');
    // RFC 7591 §2.1; response type none yields nothing that a grant could be.
    const needed = [
      ...parts.includes('code') ? ['authorization_code' as const] : [],
      ...parts.includes('token') || parts.includes('id_token') ? ['implicit' as const] : [],
    ].find((grant) => !grant_types.includes(grant));
    // A client that never comes to the authorization endpoint need not say so.
    if (needed === undefined || answers.length === 0) continue;
    problems.push({
      field: 'response_types',
      problem: `${response_type} needs grant type ${needed}`,
    });
  }
  if (
    grant_types.includes('refresh_token') &&
    !grant_types.some((grant) => REFRESHABLE.includes(grant))
  ) {
    problems.push({
      field: 'grant_types',
      problem:
        'refresh_token needs a grant that issues one: authorization_code, device_code or ciba',
    });
  }
  const unproven = PROVEN_GRANTS.find(({ grant_type }) => grant_types.includes(grant_type));
  if (isPublic && unproven !== undefined) {
    const { grant_type, defined } = unproven;
    problems.push({
      field: 'grant_types',
      problem: `${grant_type} is not for public clients (${defined})`,
    });
  }
  const isBound = client.dpop_bound_access_tokens ||
    client.tls_client_certificate_bound_access_tokens;
  if (isBound && response_types.some((type) => type.split(' ').includes('token'))) {
    problems.push({
      field: 'response_types',
      problem: 'with token cannot be bound to a key, as the client has registered its tokens',
    });
  }
  if (isPublic && client.require_pkce === false) {
    problems.push({
      field: 'require_pkce',
      problem: 'cannot be off for a public client (RFC 9700 §2.1.1)',
    });
  }
  return problems;
}

/** CIBA §4. */
function backchannelProblems(client: Subject): ClientProblem[] {
  const mode = client.backchannel_token_delivery_mode;
  if (!client.grant_types.includes(CIBA_GRANT)) {
    return mode === undefined ? [] : [{
      field: 'backchannel_token_delivery_mode',
      problem: `needs grant type ${CIBA_GRANT}`,
    }];
  }
  const problems: ClientProblem[] = [];
  if (mode === undefined) {
    problems.push({
      field: 'backchannel_token_delivery_mode',
      problem: `is required with ${CIBA_GRANT}`,
    });
  }
  const isTold = mode === 'ping' || mode === 'push';
  if (isTold && client.backchannel_client_notification_endpoint === undefined) {
    problems.push({
      field: 'backchannel_client_notification_endpoint',
      problem: `is required in mode ${mode}`,
    });
  }
  const isBound = client.dpop_bound_access_tokens ||
    client.tls_client_certificate_bound_access_tokens;
  if (mode === 'push' && isBound) {
    problems.push({
      field: 'backchannel_token_delivery_mode',
      problem: 'must not be push, as tokens that are pushed cannot be bound to a key',
    });
  }
  const methods = [
    client.token_endpoint_auth_method,
    client.backchannel_authentication_endpoint_auth_method,
  ];
  if (methods.includes('none')) {
    problems.push({
      field: 'grant_types',
      problem: `${CIBA_GRANT} is not for clients that do not prove who they are`,
    });
  }
  return problems;
}

function secretProblems(client: Subject): ClientProblem[] {
  const methods = authMethodsOf(client);
  const method = methods.find((each) => SECRET_METHODS.includes(each));
  const isPublic = methods.every((each) => each === 'none');
  const needsRaw = needsRawSecret(client);
  if (client.client_secret === undefined) {
    if (method !== undefined) {
      return [{ field: 'client_secret', problem: `is required with ${method}` }];
    }
    return needsRaw
      ? [{ field: 'client_secret', problem: 'is required by algorithms that use it as a key' }]
      : [];
  }
  if (isPublic && !needsRaw) {
    return [{
      field: 'client_secret',
      problem: 'must be absent with token_endpoint_auth_method none',
    }];
  }
  // An empty one stands for a secret that is yet to be made.
  if (
    needsRaw && client.client_secret !== '' && !/^\$(plaintext|sealed)\$/.test(client.client_secret)
  ) {
    return [{
      field: 'client_secret',
      problem:
        'must start with $plaintext$, as the client uses algorithms that need the secret itself',
    }];
  }
  return [];
}

function keyProblems(client: Subject, { name, auth_methods }: Profile): ClientProblem[] {
  const problems: ClientProblem[] = [];
  const { jwks, jwks_uri, token_endpoint_auth_signing_alg: alg } = client;
  if (jwks !== undefined && jwks_uri !== undefined) {
    problems.push({ field: 'jwks', problem: 'must be absent beside jwks_uri' });
  }
  const methods = authMethodsOf(client);
  const needs = [
    ...client.backchannel_authentication_request_signing_alg === undefined
      ? []
      : ['backchannel_authentication_request_signing_alg'],
    ...methods.filter((method) =>
      method === 'private_key_jwt' || method === 'self_signed_tls_client_auth'
    ),
    ...encryptionAlgsOf(client).filter((each) => !isSymmetricEncryption(each)),
  ][0];
  if (needs !== undefined && jwks === undefined && jwks_uri === undefined) {
    const isFixed = auth_methods?.value.some((method) => method === needs) === true;
    const why = isFixed ? `, as under profile ${name} (${auth_methods.clause})` : '';
    problems.push({ field: 'jwks', problem: `or jwks_uri is required with ${needs}${why}` });
  }
  const misfit = alg === undefined
    ? undefined
    : methods.find((method) =>
      method === 'private_key_jwt' && isHmac(alg) || method === 'client_secret_jwt' && !isHmac(alg)
    );
  if (misfit !== undefined) {
    problems.push({
      field: 'token_endpoint_auth_signing_alg',
      problem: `does not fit ${misfit}`,
    });
  }
  return problems;
}

function certificateProblems(client: Subject): ClientProblem[] {
  const named = [
    client.tls_client_auth_subject_dn,
    client.tls_client_auth_san_dns,
    client.tls_client_auth_san_uri,
    client.tls_client_auth_san_ip,
    client.tls_client_auth_san_email,
  ].filter((value) => value !== undefined).length;
  const isUsed = authMethodsOf(client).includes('tls_client_auth');
  return isUsed && named !== 1
    ? [{
      field: 'tls_client_auth_subject_dn',
      problem: 'or exactly one of tls_client_auth_san_dns, _uri, _ip, _email is required',
    }]
    : [];
}

function encryptionProblems(client: Subject): ClientProblem[] {
  const problems: ClientProblem[] = [];
  for (const kind of PROTECTED_KINDS) {
    const isLone = client[`${kind}_encrypted_response_enc`] !== undefined &&
      client[`${kind}_encrypted_response_alg`] === undefined;
    if (!isLone) continue;
    problems.push({
      field: `${kind}_encrypted_response_enc`,
      problem: `needs ${kind}_encrypted_response_alg`,
    });
  }
  if (
    client.request_object_encryption_enc !== undefined &&
    client.request_object_encryption_alg === undefined
  ) {
    problems.push({
      field: 'request_object_encryption_enc',
      problem: 'needs request_object_encryption_alg',
    });
  }
  if (client.require_signed_request_object && client.request_object_signing_alg === 'none') {
    problems.push({
      field: 'request_object_signing_alg',
      problem: 'must not be none with require_signed_request_object',
    });
  }
  return problems;
}

/** Core §8.1: redirect URIs on several hosts have no sector of their own. */
function sectorProblems(client: Subject): ClientProblem[] {
  if (client.subject_type !== 'pairwise' || client.sector_identifier_uri !== undefined) return [];
  const hosts = new Set(client.redirect_uris.map(ownerHostOf));
  return hosts.size > 1
    ? [{
      field: 'sector_identifier_uri',
      problem: 'is required for pairwise subjects with redirect URIs on several hosts',
    }]
    : [];
}

/** Back-Channel Logout §2.2. */
function logoutProblems(client: Subject): ClientProblem[] {
  const isPublic = client.token_endpoint_auth_method === 'none';
  return isPublic && client.backchannel_logout_uri?.startsWith('http:') === true
    ? [{ field: 'backchannel_logout_uri', problem: 'must be https for a public client' }]
    : [];
}

function consentProblems(client: Subject): ClientProblem[] {
  const { consent_mode, pre_configured_consent_duration, implicit_offline_access } = client;
  const registered = client.scope.split(' ');
  const foreign = client.required_scope.split(' ')
    .find((name) => name !== '' && !registered.includes(name));
  const problems: ClientProblem[] = [];
  if (foreign !== undefined) {
    problems.push({
      field: 'required_scope',
      problem: `names a scope that is not in scope: ${foreign}`,
    });
  }
  const saves = consent_mode === 'pre-configured' || consent_mode === 'auto';
  if (pre_configured_consent_duration !== undefined && !saves) {
    problems.push({
      field: 'pre_configured_consent_duration',
      problem: 'needs consent_mode pre-configured or auto',
    });
  }
  if (implicit_offline_access === 'force_consent' && consent_mode !== 'implicit') {
    problems.push({ field: 'implicit_offline_access', problem: 'needs consent_mode implicit' });
  }
  return problems;
}

/** Front-Channel Logout §2: scheme, host and port of a redirect URI, so that nobody has others' pages framed. */
function frontchannelProblems(
  { frontchannel_logout_uri, redirect_uris }: Subject,
): ClientProblem[] {
  if (frontchannel_logout_uri === undefined) return [];
  const { origin } = new URL(frontchannel_logout_uri);
  return redirect_uris.some((uri) => new URL(uri).origin === origin) ? [] : [{
    field: 'frontchannel_logout_uri',
    problem: 'must have scheme, host and port of one of redirect_uris',
  }];
}

function signingAlgsOf(client: ClientMetadata): readonly string[] {
  return [
    ...PROTECTED_KINDS.map((kind) => client[`${kind}_signed_response_alg`]),
    client.request_object_signing_alg,
  ].filter((alg) => alg !== undefined);
}

function encryptionAlgsOf(client: ClientMetadata): readonly string[] {
  return [
    ...PROTECTED_KINDS.map((kind) => client[`${kind}_encrypted_response_alg`]),
    client.request_object_encryption_alg,
  ].filter((alg) => alg !== undefined);
}
