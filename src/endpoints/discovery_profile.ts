import { fixedOf, isFrontChannel, isProfileAlg, modesOf, typesOf } from '../spec/profile_client.ts';
import type { Profile } from '../spec/profiles.ts';

/** Whether a value of a member of the document is one that the profile lets anybody use. */
type IsUsable = (value: unknown, profile: Profile) => boolean;

const LISTS: readonly (readonly [member: RegExp, isUsable: IsUsable])[] = [
  [/signing_alg_values_supported$/, (alg, profile) => isProfileAlg(String(alg), profile)],
  [
    /auth_methods_supported$/,
    (method, { auth_methods }) => auth_methods?.value.some((each) => each === method) ?? true,
  ],
  [/^response_modes_supported$/, (mode, profile) => modesOf(profile).some((each) => each === mode)],
  [
    /^response_types_supported$/,
    (type, { responses }) =>
      responses === undefined || typesOf(responses.value).some((each) => each === type),
  ],
  [
    /^grant_types_supported$/,
    (grant, profile) => grant !== 'implicit' || isFrontChannel(profile),
  ],
  [
    // Nobody shows a key when tokens are pushed.
    /^backchannel_token_delivery_modes_supported$/,
    (mode, { binds_tokens }) => binds_tokens === undefined || mode !== 'push',
  ],
  [
    /^code_challenge_methods_supported$/,
    (method, { fixed }) => [undefined, method].includes(fixed.pkce_challenge_method?.value),
  ],
];

/** A metadata document that tells of nothing but what the profile of all its clients allows. RFC 8414 §2 */
export function withinProfile<D extends object>(document: D, profile: Profile): D {
  const members = Object.entries(document).map(([member, value]: [string, unknown]) => {
    const isUsable = LISTS.find(([name]) => name.test(member))?.[1];
    return isUsable === undefined || !Array.isArray(value)
      ? [member, value]
      : [member, value.filter((each: unknown) => isUsable(each, profile))];
  });
  const { require_pushed_authorization_requests, require_signed_request_object } = fixedOf(profile);
  return {
    ...Object.fromEntries(members) as D,
    ...require_pushed_authorization_requests && { require_pushed_authorization_requests },
    // RFC 9101 §10.5
    ...require_signed_request_object && { require_signed_request_object },
  };
}
