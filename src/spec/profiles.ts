import type {
  AuthMethod,
  ProfileName,
  ResponseMode,
  ResponseType,
  SigningAlg,
} from './identifiers.ts';

/** A rule of a profile, and where it is written. */
interface Rule<T> {
  readonly value: T;
  readonly clause: string;
}

/** Fields of a client that are so under a profile, whatever was registered. */
export interface FixedFields {
  readonly allow_multiple_auth_methods?: Rule<false>;
  readonly assertion_audience?: Rule<'issuer'>;
  readonly dpop_bound_access_tokens?: Rule<false>;
  readonly pkce_challenge_method?: Rule<'S256'>;
  readonly require_pkce?: Rule<true>;
  readonly require_pushed_authorization_requests?: Rule<true>;
  readonly require_signed_request_object?: Rule<true>;
  readonly tls_client_certificate_bound_access_tokens?: Rule<true>;
}

export type Responses = Readonly<Partial<Record<ResponseType, readonly ResponseMode[]>>>;

/** A set of rules; what is absent is not restricted. */
export interface Profile {
  readonly name: ProfileName;
  /** The profiles whose every rule it keeps, itself among them. */
  readonly keeps: readonly ProfileName[];
  readonly fixed: FixedFields;
  /** The first is for clients that name none. */
  readonly auth_methods?: Rule<readonly AuthMethod[]>;
  /** Of JWTs from either side; the first signs for clients that name none. */
  readonly signing_algs?: Rule<readonly [SigningAlg, ...SigningAlg[]]>;
  /** Response types, each with the modes that it may travel by. */
  readonly responses?: Rule<Responses>;
  /** https alone, or also what native apps have of their own: loopback and schemes. RFC 8252 §7 */
  readonly redirect_uris?: Rule<'https' | 'https_or_native'>;
  /** Access tokens are bound to a key: by DPoP or a certificate, as the client has registered. */
  readonly binds_tokens?: Rule<true>;
  /** Nobody but the person says yes for the person. */
  readonly explicit_consent?: Rule<true>;
  /** UserInfo repeats what clients call an exchange. */
  readonly interaction_id?: Rule<true>;
  /** Absent: refresh tokens rotate. */
  readonly no_rotation?: Rule<true>;
  readonly requests: RequestRules;
}

/** What authorization requests must be beyond what the fields of the client say. */
export interface RequestRules {
  readonly redirect_uri?: Rule<true>;
  readonly scope?: Rule<true>;
  /** PKCE where the request was pushed. */
  readonly pushed_pkce?: Rule<true>;
  /** A nonce with scope openid, a state without. */
  readonly nonce_or_state?: Rule<true>;
  /** Seconds that a request object may be old, by `nbf`, and good for, from there to `exp`; with `aud`. */
  readonly object_seconds?: Rule<number>;
  /** By the back channel: a binding message, unless the details of the authorization are the context. */
  readonly binding_message?: Rule<true>;
}

const JWT_MODES: readonly ResponseMode[] = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'];
const FRONT_CHANNEL_MODES: readonly ResponseMode[] = ['fragment', 'form_post', ...JWT_MODES];
const ALL_MODES: readonly ResponseMode[] = ['query', ...FRONT_CHANNEL_MODES];

const CONFIDENTIAL: readonly AuthMethod[] = [
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
];

const BINDING_MESSAGE = { value: true, clause: 'FAPI-CIBA §5.2.2-2' } as const;

const ONE_METHOD = { value: false, clause: 'RFC 6749 §2.3' } as const;

function sp(section: string): string {
  return `FAPI 2.0 SP §${section}`;
}

/** The final specification of February 2025. */
const FAPI2_SECURITY: Profile = {
  name: 'fapi2_security',
  keeps: ['default', 'oauth21', 'fapi2_security'],
  fixed: {
    allow_multiple_auth_methods: ONE_METHOD,
    assertion_audience: { value: 'issuer', clause: sp('5.3.2.1-8') },
    pkce_challenge_method: { value: 'S256', clause: sp('5.3.2.2-5') },
    require_pkce: { value: true, clause: sp('5.3.2.2-5') },
    require_pushed_authorization_requests: { value: true, clause: sp('5.3.2.2-3') },
  },
  auth_methods: { value: CONFIDENTIAL, clause: sp('5.3.2.1-6') },
  signing_algs: { value: ['ES256', 'PS256', 'EdDSA'], clause: sp('5.4.1-1') },
  responses: { value: { code: ALL_MODES }, clause: sp('5.3.2.2-1') },
  redirect_uris: { value: 'https_or_native', clause: sp('5.3.2.2-8') },
  binds_tokens: { value: true, clause: sp('5.3.2.1-4') },
  no_rotation: { value: true, clause: sp('5.3.2.1-9') },
  requests: {
    redirect_uri: { value: true, clause: sp('5.3.2.2-6') },
    binding_message: BINDING_MESSAGE,
  },
};

/** The final specification of September 2025, without HTTP message signatures. */
const FAPI2_MESSAGE_SIGNING: Profile = {
  ...FAPI2_SECURITY,
  name: 'fapi2_message_signing',
  keeps: [...FAPI2_SECURITY.keeps, 'fapi2_message_signing'],
  fixed: {
    ...FAPI2_SECURITY.fixed,
    require_signed_request_object: { value: true, clause: 'FAPI 2.0 MS §5.3.1-1' },
  },
  responses: { value: { code: JWT_MODES }, clause: 'FAPI 2.0 MS §5.4.1-1' },
  requests: {
    ...FAPI2_SECURITY.requests,
    object_seconds: { value: 3600, clause: 'FAPI 2.0 MS §5.3.1-2, -3, -4' },
  },
};

/** FAPI 1.0 Part 2, on top of Part 1. */
const FAPI1_ADVANCED: Profile = {
  name: 'fapi1_advanced',
  keeps: ['default', 'fapi1_advanced'],
  fixed: {
    allow_multiple_auth_methods: ONE_METHOD,
    dpop_bound_access_tokens: { value: false, clause: 'FAPI 1.0 Advanced §5.2.2-6' },
    pkce_challenge_method: { value: 'S256', clause: 'FAPI 1.0 Advanced §5.2.2-18' },
    require_signed_request_object: { value: true, clause: 'FAPI 1.0 Advanced §5.2.2-1' },
    tls_client_certificate_bound_access_tokens: {
      value: true,
      clause: 'FAPI 1.0 Advanced §5.2.2-5, -6',
    },
  },
  auth_methods: { value: CONFIDENTIAL, clause: 'FAPI 1.0 Advanced §5.2.2-14' },
  signing_algs: { value: ['PS256', 'ES256'], clause: 'FAPI 1.0 Advanced §8.6' },
  responses: {
    value: { 'code': JWT_MODES, 'code id_token': FRONT_CHANNEL_MODES },
    clause: 'FAPI 1.0 Advanced §5.2.2-2',
  },
  redirect_uris: { value: 'https', clause: 'FAPI 1.0 Baseline §5.2.2-20' },
  binds_tokens: { value: true, clause: 'FAPI 1.0 Advanced §5.2.2-5' },
  explicit_consent: { value: true, clause: 'FAPI 1.0 Baseline §5.2.2-12' },
  interaction_id: { value: true, clause: 'FAPI 1.0 Baseline §6.2.1-11' },
  requests: {
    redirect_uri: { value: true, clause: 'FAPI 1.0 Baseline §5.2.2-9' },
    scope: { value: true, clause: 'FAPI 1.0 Advanced §5.2.3-8' },
    pushed_pkce: { value: true, clause: 'FAPI 1.0 Advanced §5.2.2-18' },
    nonce_or_state: { value: true, clause: 'FAPI 1.0 Baseline §5.2.2.2, §5.2.2.3' },
    object_seconds: { value: 3600, clause: 'FAPI 1.0 Advanced §5.2.2-13, -15, -17' },
    binding_message: BINDING_MESSAGE,
  },
};

/** OAuth 2.1: what RFC 9700 leaves of RFC 6749. Refresh tokens of public clients rotate, as all do. */
const OAUTH21: Profile = {
  name: 'oauth21',
  keeps: ['default', 'oauth21'],
  fixed: {
    allow_multiple_auth_methods: ONE_METHOD,
    pkce_challenge_method: { value: 'S256', clause: 'RFC 9700 §2.1.1' },
    require_pkce: { value: true, clause: 'RFC 9700 §2.1.1' },
  },
  responses: { value: { code: ALL_MODES, none: ALL_MODES }, clause: 'RFC 9700 §2.1.2' },
  redirect_uris: { value: 'https_or_native', clause: 'RFC 9700 §2.6' },
  requests: {},
};

const DEFAULT: Profile = { name: 'default', keeps: ['default'], fixed: {}, requests: {} };

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  default: DEFAULT,
  oauth21: OAUTH21,
  fapi1_advanced: FAPI1_ADVANCED,
  fapi2_security: FAPI2_SECURITY,
  fapi2_message_signing: FAPI2_MESSAGE_SIGNING,
};

/** The client's own profile, if it keeps the rules of the issuer's; else the issuer's. */
export function profileFor(own: ProfileName, ofIssuer: ProfileName): Profile {
  const profile = PROFILES[own];
  return profile.keeps.includes(ofIssuer) ? profile : PROFILES[ofIssuer];
}

/** Those that a client of the issuer may have. */
export function profilesBeside(ofIssuer: ProfileName): readonly ProfileName[] {
  return Object.values(PROFILES).filter(({ keeps }) => keeps.includes(ofIssuer)).map(({ name }) =>
    name
  );
}

/** Whether redirect URIs of this kind keep the authorization response on an encrypted way. RFC 8252 §7 */
export function isProfileUri(
  uri: string,
  application_type: 'web' | 'native',
  { redirect_uris }: Profile,
): boolean {
  if (redirect_uris === undefined || uri.startsWith('https://')) return true;
  if (redirect_uris.value === 'https' || application_type !== 'native') return false;
  // RFC 8252 §8.3: a name may lead elsewhere than to this machine.
  return !uri.startsWith('http://') || /^http:\/\/(127(\.\d{1,3}){3}|\[::1\])[:/]/.test(uri);
}
