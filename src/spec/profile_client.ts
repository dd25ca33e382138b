import { type ClientMetadata, METADATA_DEFAULTS } from './client_metadata.ts';
import {
  CIBA_GRANT,
  type GrantType,
  PROFILE_NAMES,
  type ProfileName,
  PROTECTED_KINDS,
  RESPONSE_MODES,
  type ResponseMode,
  type ResponseType,
  type SigningAlg,
} from './identifiers.ts';
import { isMap } from './is_map.ts';
import { isProfileUri, type Profile, profileFor, PROFILES } from './profiles.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the rules of its profile are held against, at an issuer that has one for all. */
export function profileOf({ profile }: Pick<ClientMetadata, 'profile'>): Profile {
  return PROFILES[profile];
}

/**
 * A client as its profile lets it be: what the profile fixes is so, and what it forbids is gone, whatever the record
 * says. So who was registered before there was a profile gets nothing that it rules out.
 */
export function conforming<C extends ClientMetadata>(client: C, ofIssuer: ProfileName): C {
  const profile = profileFor(client.profile, ofIssuer);
  if (profile.name === 'default') return client;
  const { responses } = profile;
  return {
    ...client,
    ...algsOf(client, profile),
    ...responses !== undefined && {
      response_types: client.response_types.filter((type) => Object.hasOwn(responses.value, type)),
      response_modes: client.response_modes.filter((mode) => modesOf(profile).includes(mode)),
    },
    redirect_uris: client.redirect_uris.filter((uri) =>
      isProfileUri(uri, client.application_type, profile)
    ),
    grant_types: client.grant_types.filter((grant) => isProfileGrant(grant, client, profile)),
    ...bindingDefaults(profile, { ...client }),
    ...profile.explicit_consent !== undefined && client.consent_mode === 'implicit' &&
      { consent_mode: 'explicit' },
    ...fixedOf(profile),
    profile: profile.name,
  };
}

/** Nobody shows a key when tokens are pushed: CIBA §10.3.1. */
function isProfileGrant(grant: GrantType, client: ClientMetadata, profile: Profile): boolean {
  switch (grant) {
    case 'implicit':
      return isFrontChannel(profile);
    case CIBA_GRANT:
      return profile.binds_tokens === undefined ||
        client.backchannel_token_delivery_mode !== 'push';
    default:
      return true;
  }
}

/** Whether the profile has any use for the implicit grant. OpenID Registration §2 */
export function isFrontChannel({ responses }: Profile): boolean {
  return responses === undefined || typesOf(responses.value).some((type) => /token/.test(type));
}

/** All modes that some response type may travel by. */
export function modesOf({ responses }: Profile): readonly ResponseMode[] {
  return responses === undefined
    ? RESPONSE_MODES
    : [...new Set(Object.values(responses.value).flat())];
}

export function typesOf(
  responses: Readonly<Partial<Record<ResponseType, unknown>>>,
): ResponseType[] {
  return Object.keys(responses) as ResponseType[];
}

/** Whether JWTs may be signed so, from either side. */
export function isProfileAlg(alg: string, { signing_algs }: Profile): boolean {
  return signing_algs === undefined || signing_algs.value.some((each) => each === alg);
}

/** What signs where nothing is registered. */
export function usualAlg({ signing_algs }: Profile): SigningAlg {
  return signing_algs?.value[0] ?? 'RS256';
}

/** The fixed fields with their values. */
export function fixedOf({ fixed }: Profile): Partial<ClientMetadata> {
  const values = Object.entries(fixed).map((
    [field, { value }]: [string, { value: unknown }],
  ) => [field, value]);
  return Object.fromEntries(values) as Partial<ClientMetadata>;
}

function algsOf(client: ClientMetadata, profile: Profile): Partial<ClientMetadata> {
  const { request_object_signing_alg: ofObjects } = client;
  const others = PROTECTED_KINDS.filter((kind) =>
    !isProfileAlg(client[`${kind}_signed_response_alg`] ?? usualAlg(profile), profile)
  );
  return {
    ...Object.fromEntries(others.flatMap((kind) => [
      [`${kind}_signed_response_alg`, usualAlg(profile)],
      // A key of ours that is named is of the algorithm that it was named for.
      [`${kind}_signed_response_key_id`, undefined],
    ])) as Partial<ClientMetadata>,
    ...ofObjects === 'none' && { request_object_signing_alg: usualAlg(profile) },
  };
}

/**
 * Fields of a client with what its profile puts in the place of the general defaults. Those that stand already and are
 * no more than a general default count as not said. Undefined for what is no map, or names no profile.
 */
export function withProfile(
  given: unknown,
  ofIssuer: ProfileName,
  standing: Fields = {},
): unknown {
  if (!isMap(given)) return given;
  const named = given['profile'] ?? standing['profile'] ?? 'default';
  const own = PROFILE_NAMES.find((name) => name === named);
  if (own === undefined) return { ...standing, ...given };
  const profile = profileFor(own, ofIssuer);
  const fields = { ...standing, ...given };
  const defaults = profileDefaults(profile, fields);
  return { ...defaults, ...said(standing, defaults), ...given };
}

/** What a form says, in which every field stands: general defaults that are none under the profile were not meant. */
export function saidInForm(fields: Fields, ofIssuer: ProfileName): Fields {
  const own = PROFILE_NAMES.find((name) => name === fields['profile']);
  return own === undefined
    ? fields
    : said(fields, profileDefaults(profileFor(own, ofIssuer), fields));
}

/** Without fields that stand at the general default, where these have another. */
function said(fields: Fields, defaults: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) =>
      !Object.hasOwn(defaults, field) || !isGeneralDefault(field, value)
    ),
  );
}

/** What fields that are not given are under a profile, where that is not what they are in general. */
function profileDefaults(profile: Profile, given: Fields): Fields {
  if (profile.name === 'default') return {};
  const { auth_methods, responses, signing_algs } = profile;
  const algs = PROTECTED_KINDS.map((kind) => `${kind}_signed_response_alg` as const).filter(
    (field) => !isProfileAlg(METADATA_DEFAULTS[field] ?? usualAlg(profile), profile),
  );
  return {
    ...auth_methods !== undefined && { token_endpoint_auth_method: auth_methods.value[0] },
    ...signing_algs !== undefined &&
      Object.fromEntries(algs.map((field) => [field, usualAlg(profile)])),
    ...responses !== undefined && { response_modes: modesOf(profile) },
    ...bindingDefaults(profile, given),
    ...fixedOf(profile),
  };
}

/** By what the client shows anyway, unless it has said what it wants. */
function bindingDefaults({ binds_tokens }: Profile, given: Fields): Fields {
  const isSaid = given['dpop_bound_access_tokens'] === true ||
    given['tls_client_certificate_bound_access_tokens'] === true;
  if (binds_tokens === undefined || isSaid) return {};
  return String(given['token_endpoint_auth_method']).endsWith('tls_client_auth')
    ? { tls_client_certificate_bound_access_tokens: true }
    : { dpop_bound_access_tokens: true };
}

function isGeneralDefault(field: string, value: unknown): boolean {
  const general = METADATA_DEFAULTS[field as keyof ClientMetadata];
  return value === undefined || JSON.stringify(value) === JSON.stringify(general);
}
