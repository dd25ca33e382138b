import type { ClientMetadata } from './client_metadata.ts';
import { proofProblems } from './client_proof_problems.ts';
import { toldProblems } from './client_told_problems.ts';
import {
  CIBA_GRANT,
  DEVICE_CODE_GRANT,
  JWT_BEARER_GRANT,
  type ProfileName,
  TOKEN_EXCHANGE_GRANT,
} from './identifiers.ts';
import { profileProblems } from './profile_problems.ts';
import { profileFor } from './profiles.ts';
import { ownerHostOf } from './redirect_uri.ts';

/** A field of a client and what is wrong with it. */
export interface ClientProblem {
  readonly field: string;
  readonly problem: string;
}

/** A client with its secret, where it has one. */
export type JudgedClient = ClientMetadata & { readonly client_secret?: string | undefined };

/** What contradicts itself, or its profile, in metadata that parsed: a field and its rule each. RFC 7591 §2.1. */
export function clientProblems(
  client: JudgedClient,
  ofIssuer: ProfileName,
): readonly ClientProblem[] {
  return [
    ...profileProblems(client, ofIssuer),
    ...grantProblems(client),
    ...proofProblems(client, profileFor(client.profile, ofIssuer)),
    ...toldProblems(client),
    ...sectorProblems(client),
    ...consentProblems(client),
  ];
}

const REFRESHABLE: readonly string[] = ['authorization_code', DEVICE_CODE_GRANT, CIBA_GRANT];

/** Grants that rest on nothing but who the client is, or on tokens that anybody may have found. */
const PROVEN_GRANTS = [
  { grant_type: 'client_credentials', defined: 'RFC 6749 §4.4' },
  { grant_type: TOKEN_EXCHANGE_GRANT, defined: 'RFC 8693 §2.1' },
  { grant_type: JWT_BEARER_GRANT, defined: 'RFC 7521 §4.1' },
] as const;

function grantProblems(client: JudgedClient): ClientProblem[] {
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
  if (answers.length > 0 && response_types.length === 0) {
    problems.push({ field: 'response_types', problem: `must not be empty for ${answers[0]}` });
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

/** Core §8.1: redirect URIs on several hosts have no sector of their own. */
function sectorProblems(client: JudgedClient): ClientProblem[] {
  if (client.subject_type !== 'pairwise' || client.sector_identifier_uri !== undefined) return [];
  const hosts = new Set(client.redirect_uris.map(ownerHostOf));
  return hosts.size > 1
    ? [{
      field: 'sector_identifier_uri',
      problem: 'is required for pairwise subjects with redirect URIs on several hosts',
    }]
    : [];
}

function consentProblems(client: JudgedClient): ClientProblem[] {
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
