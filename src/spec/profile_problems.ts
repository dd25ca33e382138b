import { CLIENT_METADATA, type ClientMetadata } from './client_metadata.ts';
import type { ClientProblem } from './client_problems.ts';
import type { ProfileName } from './identifiers.ts';
import { isFrontChannel, isProfileAlg, modesOf, typesOf } from './profile_client.ts';
import { isProfileUri, type Profile, profileFor, profilesBeside } from './profiles.ts';

/** Fields of a client that its profile, or that of its issuer, forbids to be so: each with the clause that says it. */
export function profileProblems(
  client: ClientMetadata,
  ofIssuer: ProfileName,
): readonly ClientProblem[] {
  const profile = profileFor(client.profile, ofIssuer);
  if (profile.name === 'default') return [];
  const named = client.profile === 'default' || client.profile === profile.name ? [] : [{
    field: 'profile',
    problem: `must be one of ${
      profilesBeside(ofIssuer).join(', ')
    }, as all clients of this issuer are held to ${ofIssuer}`,
  }];
  return [...named, ...CHECKS.flatMap((check) => check(client, profile))];
}

type Check = (client: ClientMetadata, profile: Profile) => readonly ClientProblem[];

const CHECKS: readonly Check[] = [
  fixedProblems,
  authMethodProblems,
  algProblems,
  responseProblems,
  redirectUriProblems,
  bindingProblems,
  consentProblems,
];

function fixedProblems(client: ClientMetadata, profile: Profile): readonly ClientProblem[] {
  return Object.entries(profile.fixed).flatMap((
    [field, { value, clause }]: [string, { value: unknown; clause: string }],
  ) =>
    client[field as keyof ClientMetadata] === value
      ? []
      : [problem(field, `must be ${value}`, clause, profile)]
  );
}

/** Of the token endpoint, and of each other that has one of its own. */
const AUTH_METHOD_FIELDS = fieldsLike(/_endpoint_auth_method$/);

function authMethodProblems(client: ClientMetadata, profile: Profile): readonly ClientProblem[] {
  const { auth_methods: rule } = profile;
  if (rule === undefined) return [];
  return AUTH_METHOD_FIELDS.flatMap((field) => {
    const method = client[field];
    return method === undefined || rule.value.some((each) => each === method)
      ? []
      : [problem(field, `must be one of ${rule.value.join(', ')}`, rule.clause, profile)];
  });
}

/** What signs to the client, and what it signs with. */
const ALG_FIELDS = fieldsLike(/_(?:signed_response|signing)_alg$/);

function algProblems(client: ClientMetadata, profile: Profile): readonly ClientProblem[] {
  const { signing_algs: rule } = profile;
  if (rule === undefined) return [];
  return ALG_FIELDS.flatMap((field) => {
    const alg = client[field];
    return alg === undefined || isProfileAlg(String(alg), profile)
      ? []
      : [problem(field, `must be one of ${rule.value.join(', ')}`, rule.clause, profile)];
  });
}

function responseProblems(client: ClientMetadata, profile: Profile): readonly ClientProblem[] {
  const { responses: rule } = profile;
  if (rule === undefined) return [];
  const types: readonly string[] = typesOf(rule.value);
  const modes = modesOf(profile);
  const must = (field: string, values: readonly string[]): ClientProblem =>
    problem(field, `must hold nothing but ${values.join(', ')}`, rule.clause, profile);
  return [
    ...client.response_types.every((type) => types.includes(type))
      ? []
      : [must('response_types', types)],
    ...client.response_modes.every((mode) => modes.includes(mode))
      ? []
      : [must('response_modes', modes)],
    ...!client.grant_types.includes('implicit') || isFrontChannel(profile)
      ? []
      : [problem('grant_types', 'must not hold implicit', rule.clause, profile)],
  ];
}

function redirectUriProblems(client: ClientMetadata, profile: Profile): readonly ClientProblem[] {
  const { redirect_uris: rule } = profile;
  if (rule === undefined) return [];
  const { redirect_uris, application_type } = client;
  if (redirect_uris.every((uri) => isProfileUri(uri, application_type, profile))) return [];
  const must = rule.value === 'https' || application_type !== 'native'
    ? 'must use https'
    : 'must use https, a scheme of the app, or http with a loopback address by number';
  return [problem('redirect_uris', must, rule.clause, profile)];
}

function bindingProblems(client: ClientMetadata, profile: Profile): readonly ClientProblem[] {
  const { binds_tokens: rule } = profile;
  const isBound = client.dpop_bound_access_tokens ||
    client.tls_client_certificate_bound_access_tokens;
  const field = 'dpop_bound_access_tokens';
  return rule === undefined || isBound ? [] : [problem(
    field,
    'or tls_client_certificate_bound_access_tokens must be true',
    rule.clause,
    profile,
  )];
}

function consentProblems(
  { consent_mode }: ClientMetadata,
  profile: Profile,
): readonly ClientProblem[] {
  const { explicit_consent: rule } = profile;
  return rule === undefined || consent_mode !== 'implicit'
    ? []
    : [problem('consent_mode', 'must not be implicit', rule.clause, profile)];
}

function problem(field: string, rule: string, clause: string, { name }: Profile): ClientProblem {
  return { field, problem: `${rule} under profile ${name} (${clause})` };
}

function fieldsLike(name: RegExp): readonly (keyof typeof CLIENT_METADATA)[] {
  return (Object.keys(CLIENT_METADATA) as (keyof typeof CLIENT_METADATA)[])
    .filter((field) => name.test(field));
}
