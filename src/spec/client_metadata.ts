import * as v from 'valibot';
import { parseDuration } from './duration.ts';
import {
  ACCESS_TOKEN_FORMATS,
  AUTH_METHODS,
  CLIENT_SIGNING_ALGS,
  CODE_CHALLENGE_METHODS,
  CONSENT_MODES,
  CONTENT_ENCRYPTIONS,
  DELIVERY_MODES,
  ENCRYPTION_ALGS,
  GRANT_TYPES,
  PROFILE_NAMES,
  RESPONSE_MODES,
  RESPONSE_TYPES,
  SIGNING_ALGS,
  SUBJECT_TYPES,
} from './identifiers.ts';
import { jwksProblem } from './jwks.ts';
import { type Localized, type LocalizedField, localizedName, withLocalized } from './localized.ts';
import { isLoopbackHost, isNameable, redirectUriProblem } from './redirect_uri.ts';
import { parseScope } from './scopes.ts';
import { section } from './section.ts';

/** One row says everything about a metadata field: who defines it, its form, its default, what it means. */
export interface MetadataField {
  readonly schema: v.GenericSchema;
  readonly defined: string;
  readonly help: string;
}

const text = v.pipe(
  v.string(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(200, 'must be at most 200 characters'),
);

const displayUri = v.pipe(
  v.string(),
  v.maxLength(2048, 'must be at most 2048 characters'),
  v.regex(/^https?:\/\/[^\s"'<>\\]+$/, 'must be an http or https URL'),
  v.check(
    (value) => isNameable(URL.parse(value)?.hostname ?? ''),
    'must name its host by at most 253 letters, digits, dots and hyphens',
  ),
);

const scopes = v.pipe(
  v.string(),
  v.check(
    (value) => parseScope(value) !== undefined,
    'must be scope tokens separated by spaces',
  ),
);

function isConsentDuration(value: string): boolean {
  const seconds = parseDuration(value);
  return seconds !== undefined && seconds >= 60 && seconds <= 3650 * 86_400;
}

const redirectUri = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? redirectUriProblem(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

function oneOf<const T extends readonly string[]>(values: T): v.PicklistSchema<T, string> {
  return v.picklist(values, `must be one of ${values.join(', ')}`);
}

function someOf<const T extends readonly string[]>(values: T) {
  return v.pipe(v.array(oneOf(values)), v.minLength(1, 'must not be empty'), v.readonly());
}

/** What is fetched from a client's own server: https, so that nobody on the way can change it. */
const fetchedUri = v.pipe(
  v.string(),
  v.maxLength(512, 'must be at most 512 characters'),
  v.check(
    (value) => /^https:\/\/[^\s"'<>\\#@]+$/.test(value) && URL.canParse(value),
    'must be an https URL without fragment or user information',
  ),
);

/** Where a client's server is told something: https, or this machine itself, where nobody is on the way. */
const toldUri = v.pipe(
  v.string(),
  v.maxLength(512, 'must be at most 512 characters'),
  v.check(
    (value) => /^https?:\/\/[^\s"'<>\\#@]+$/.test(value) && isSafeOnTheWay(value),
    'must be an https URL without fragment or user information; http is for loopback hosts',
  ),
);

function isSafeOnTheWay(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.protocol === 'https:' || isLoopbackHost(url.hostname));
}

/** RFC 9101 §5.2: the fragment may hold a digest that tells one version of a request object from another. */
const requestUri = v.pipe(
  v.string(),
  v.maxLength(512, 'must be at most 512 characters'),
  v.check(
    (value) => /^https:\/\/[^\s"'<>\\@]+$/.test(value) && URL.canParse(value),
    'must be an https URL',
  ),
);

const clientJwks = v.pipe(
  v.custom<ClientJwks>((value) => typeof value === 'object' && value !== null, 'must be a JWKS'),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? jwksProblem(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

/** Public keys of a client, RFC 7517 §5. */
export interface ClientJwks {
  readonly keys: readonly { readonly [member: string]: unknown }[];
}

/** An absolute URI or a name that the client's resource servers know themselves by. */
const audienceName = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,512}$/, 'must be printable ASCII without spaces'),
);

function someText(most: number) {
  return v.optional(
    v.pipe(v.array(text), v.maxLength(most, `must have at most ${most} entries`), v.readonly()),
  );
}

/** What signs and encrypts one kind of answer, as OpenID Registration §2, RFC 9701 §6 and JARM §3 name it. */
function protectionOf<const K extends string>(kind: K, what: string, defined: string) {
  return {
    [`${kind}_encrypted_response_alg`]: {
      schema: v.optional(oneOf(ENCRYPTION_ALGS)),
      defined,
      help: `What encrypts the key of ${what}; absent: not encrypted.`,
    },
    [`${kind}_encrypted_response_enc`]: {
      schema: v.optional(oneOf(CONTENT_ENCRYPTIONS)),
      defined,
      help: `What encrypts ${what}; by default A128CBC-HS256.`,
    },
    [`${kind}_signed_response_key_id`]: {
      schema: v.optional(text),
      defined: 'Ostiary',
      help: `The kid of our key that signs ${what}; by default the newest of the algorithm.`,
    },
  } as unknown as
    & Readonly<Record<`${K}_encrypted_response_alg`, AlgRow>>
    & Readonly<Record<`${K}_encrypted_response_enc`, EncRow>>
    & Readonly<Record<`${K}_signed_response_key_id`, TextRow>>;
}

interface AlgRow extends MetadataField {
  readonly schema: v.OptionalSchema<v.PicklistSchema<typeof ENCRYPTION_ALGS, string>, undefined>;
}
interface EncRow extends MetadataField {
  readonly schema: v.OptionalSchema<
    v.PicklistSchema<typeof CONTENT_ENCRYPTIONS, string>,
    undefined
  >;
}
interface TextRow extends MetadataField {
  readonly schema: v.OptionalSchema<typeof text, undefined>;
}

function authMethodOf(endpoint: string, defined: string) {
  return {
    schema: v.optional(oneOf(AUTH_METHODS)),
    defined,
    help:
      `How the client proves who it is at the ${endpoint} endpoint; by default as at the token endpoint.`,
  };
}

function subjectRow(what: string) {
  return {
    schema: v.optional(text),
    defined: 'RFC 8705 §2.1.2',
    help: `With tls_client_auth: the certificate's ${what}, compared whole.`,
  };
}

/** RFC 7591 §2 and OpenID Connect Dynamic Client Registration §2, then what is ours. */
export const CLIENT_METADATA = {
  client_name: {
    schema: v.optional(text),
    defined: 'RFC 7591 §2',
    help: 'Shown to people on the sign-in and consent pages.',
  },
  redirect_uris: {
    schema: v.optional(
      v.pipe(v.array(redirectUri), v.maxLength(40, 'must have at most 40 entries'), v.readonly()),
      [],
    ),
    defined: 'RFC 7591 §2',
    help: 'Where answers may go, compared character by character.',
  },
  grant_types: {
    schema: v.optional(someOf(GRANT_TYPES), ['authorization_code']),
    defined: 'RFC 7591 §2',
    help: 'What the client may present at the token endpoint.',
  },
  response_types: {
    // Empty of clients that never come to the authorization endpoint.
    schema: v.optional(v.pipe(v.array(oneOf(RESPONSE_TYPES)), v.readonly()), ['code']),
    defined: 'RFC 7591 §2',
    help: 'What the client may ask of the authorization endpoint.',
  },
  response_modes: {
    schema: v.optional(someOf(RESPONSE_MODES), RESPONSE_MODES),
    defined: 'FAPI 2.0 MS §5.3.3',
    help: 'How the authorization response may travel.',
  },
  scope: {
    schema: v.optional(
      scopes,
      'openid profile email',
    ),
    defined: 'RFC 7591 §2',
    help: 'The scopes the client may ask for, separated by spaces.',
  },
  token_endpoint_auth_method: {
    schema: v.optional(oneOf(AUTH_METHODS), 'client_secret_basic'),
    defined: 'RFC 7591 §2',
    help: 'How the client proves who it is; none for public clients.',
  },
  client_uri: {
    schema: v.optional(displayUri),
    defined: 'RFC 7591 §2',
    help: 'The home page of the client.',
  },
  logo_uri: {
    schema: v.optional(displayUri),
    defined: 'RFC 7591 §2',
    help: 'A picture for the sign-in and consent pages; loaded by the browser only.',
  },
  policy_uri: {
    schema: v.optional(displayUri),
    defined: 'RFC 7591 §2',
    help: 'How the client uses what it learns of people.',
  },
  tos_uri: {
    schema: v.optional(displayUri),
    defined: 'RFC 7591 §2',
    help: 'The terms of service of the client.',
  },
  contacts: {
    schema: v.optional(v.pipe(v.array(text), v.readonly())),
    defined: 'RFC 7591 §2',
    help: 'How to reach the people behind the client.',
  },
  software_id: {
    schema: v.optional(text),
    defined: 'RFC 7591 §2',
    help: 'What all installations of the client’s software have in common.',
  },
  software_version: {
    schema: v.optional(text),
    defined: 'RFC 7591 §2',
    help: 'The version of that software.',
  },
  default_max_age: {
    schema: v.optional(
      v.pipe(
        v.number(),
        v.integer('must be a whole number'),
        v.minValue(0, 'must not be negative'),
      ),
    ),
    defined: 'OpenID Registration §2',
    help:
      'Seconds after which a sign-in is too old for this client, unless a request says otherwise.',
  },
  require_auth_time: {
    schema: v.optional(v.boolean(), false),
    defined: 'OpenID Registration §2',
    help: 'Whether ID tokens always carry auth_time.',
  },
  application_type: {
    schema: v.optional(oneOf(['web', 'native']), 'web'),
    defined: 'OpenID Registration §2',
    help: 'native: loopback redirect URIs match with any port (RFC 8252 §7.3).',
  },
  jwks: {
    schema: v.optional(clientJwks),
    defined: 'RFC 7591 §2',
    help: 'The public keys of the client.',
  },
  jwks_uri: {
    schema: v.optional(fetchedUri),
    defined: 'RFC 7591 §2',
    help: 'Where the client publishes its keys.',
  },
  subject_type: {
    schema: v.optional(oneOf(SUBJECT_TYPES), 'public'),
    defined: 'OpenID Registration §2',
    help: 'pairwise: people have another sub in each sector.',
  },
  sector_identifier_uri: {
    schema: v.optional(fetchedUri),
    defined: 'OpenID Registration §2',
    help: 'Names the sector of a pairwise client by its host.',
  },
  default_acr_values: {
    schema: someText(10),
    defined: 'OpenID Registration §2',
    help: 'What acr to ask for unless a request says otherwise, best first.',
  },
  initiate_login_uri: {
    schema: v.optional(fetchedUri),
    defined: 'OpenID Registration §2',
    help: 'Where a third party may have a sign-in begin.',
  },
  post_logout_redirect_uris: {
    schema: v.optional(
      v.pipe(v.array(redirectUri), v.maxLength(40, 'must have at most 40 entries'), v.readonly()),
    ),
    defined: 'RP-Initiated Logout §3.1',
    help: 'Where people may be sent after they signed out, compared character by character.',
  },
  frontchannel_logout_uri: {
    schema: v.optional(v.pipe(redirectUri, v.regex(/^https?:/, 'must be an http or https URL'))),
    defined: 'Front-Channel Logout §2',
    help: 'What a browser that signs out loads in a frame; at the origin of a redirect URI.',
  },
  frontchannel_logout_session_required: {
    schema: v.optional(v.boolean(), false),
    defined: 'Front-Channel Logout §2',
    help: 'Whether iss and sid are added to it.',
  },
  backchannel_logout_uri: {
    schema: v.optional(toldUri),
    defined: 'Back-Channel Logout §2.2',
    help: 'Where the client’s server is told that a session has ended.',
  },
  backchannel_logout_session_required: {
    schema: v.optional(v.boolean(), false),
    defined: 'Back-Channel Logout §2.2',
    help: 'Whether logout tokens must name the session; they always do.',
  },
  request_uris: {
    schema: v.optional(
      v.pipe(v.array(requestUri), v.maxLength(20, 'must have at most 20 entries'), v.readonly()),
    ),
    defined: 'OpenID Registration §2',
    help: 'Request objects that may be named by request_uri; no others are ever fetched.',
  },
  id_token_signed_response_alg: {
    schema: v.optional(oneOf(CLIENT_SIGNING_ALGS), 'RS256'),
    defined: 'OpenID Registration §2',
    help: 'What signs ID tokens for this client.',
  },
  ...protectionOf('id_token', 'ID tokens', 'OpenID Registration §2'),
  userinfo_signed_response_alg: {
    schema: v.optional(oneOf(CLIENT_SIGNING_ALGS)),
    defined: 'OpenID Registration §2',
    help: 'What signs UserInfo answers; absent: they are plain JSON.',
  },
  ...protectionOf('userinfo', 'UserInfo answers', 'OpenID Registration §2'),
  introspection_signed_response_alg: {
    schema: v.optional(oneOf(CLIENT_SIGNING_ALGS)),
    defined: 'RFC 9701 §6',
    help: 'What signs introspection answers; absent: RS256 where a JWT is asked for.',
  },
  ...protectionOf('introspection', 'introspection answers', 'RFC 9701 §6'),
  authorization_signed_response_alg: {
    schema: v.optional(oneOf(CLIENT_SIGNING_ALGS), 'RS256'),
    defined: 'JARM §3',
    help: 'What signs authorization responses in the jwt response modes.',
  },
  ...protectionOf('authorization', 'authorization responses', 'JARM §3'),
  request_object_signing_alg: {
    schema: v.optional(oneOf([...CLIENT_SIGNING_ALGS, 'none'])),
    defined: 'OpenID Registration §2',
    help: 'What request objects must be signed with; none allows unsigned ones.',
  },
  request_object_encryption_alg: {
    schema: v.optional(oneOf(ENCRYPTION_ALGS)),
    defined: 'OpenID Registration §2',
    help: 'What may encrypt the key of request objects.',
  },
  request_object_encryption_enc: {
    schema: v.optional(oneOf(CONTENT_ENCRYPTIONS)),
    defined: 'OpenID Registration §2',
    help: 'What may encrypt request objects; by default A128CBC-HS256.',
  },
  require_signed_request_object: {
    schema: v.optional(v.boolean(), false),
    defined: 'RFC 9101 §10.5',
    help: 'Whether authorization requests must come as signed request objects.',
  },
  backchannel_token_delivery_mode: {
    schema: v.optional(oneOf(DELIVERY_MODES)),
    defined: 'CIBA §4',
    help: 'How the client learns of answers to its backchannel authentication requests.',
  },
  backchannel_client_notification_endpoint: {
    schema: v.optional(fetchedUri),
    defined: 'CIBA §4',
    help: 'Where the client is told of answers, in the modes ping and push.',
  },
  backchannel_authentication_request_signing_alg: {
    schema: v.optional(oneOf(SIGNING_ALGS)),
    defined: 'CIBA §4',
    help: 'What backchannel authentication requests must be signed with; absent: they need not be.',
  },
  backchannel_user_code_parameter: {
    schema: v.optional(v.boolean(), false),
    defined: 'CIBA §4',
    help: 'Whether the client asks people for their user code, and sends it.',
  },
  require_pushed_authorization_requests: {
    schema: v.optional(v.boolean(), false),
    defined: 'RFC 9126 §6',
    help: 'Whether authorization requests must be pushed.',
  },
  token_endpoint_auth_signing_alg: {
    schema: v.optional(oneOf(CLIENT_SIGNING_ALGS)),
    defined: 'OpenID Registration §2',
    help: 'What client assertions must be signed with; by default whatever fits the method.',
  },
  revocation_endpoint_auth_method: authMethodOf('revocation', 'Ostiary'),
  introspection_endpoint_auth_method: authMethodOf('introspection', 'Ostiary'),
  pushed_authorization_request_endpoint_auth_method: authMethodOf('PAR', 'Ostiary'),
  device_authorization_endpoint_auth_method: authMethodOf('device authorization', 'Ostiary'),
  backchannel_authentication_endpoint_auth_method: authMethodOf(
    'backchannel authentication',
    'Ostiary',
  ),
  allow_multiple_auth_methods: {
    schema: v.optional(v.boolean(), false),
    defined: 'Ostiary',
    help: 'Whether a request may carry other credentials beside the right ones (RFC 6749 §2.3).',
  },
  assertion_audience: {
    schema: v.optional(oneOf(['issuer_or_endpoint', 'issuer']), 'issuer_or_endpoint'),
    defined: 'Ostiary',
    help: 'Whom client assertions must be addressed to; issuer is what FAPI 2.0 asks for.',
  },
  tls_client_auth_subject_dn: subjectRow('subject distinguished name (RFC 4514)'),
  tls_client_auth_san_dns: subjectRow('dNSName'),
  tls_client_auth_san_uri: subjectRow('uniformResourceIdentifier'),
  tls_client_auth_san_ip: subjectRow('iPAddress'),
  tls_client_auth_san_email: subjectRow('rfc822Name'),
  tls_client_certificate_bound_access_tokens: {
    schema: v.optional(v.boolean(), false),
    defined: 'RFC 8705 §3.4',
    help: 'Whether access tokens are bound to the certificate they were asked for with.',
  },
  dpop_bound_access_tokens: {
    schema: v.optional(v.boolean(), false),
    defined: 'RFC 9449 §5.2',
    help: 'Whether the client must use DPoP.',
  },
  authorization_details_types: {
    schema: someText(40),
    defined: 'RFC 9396 §10',
    help: 'The types of authorization_details the client may ask for.',
  },
  audience: {
    schema: v.optional(
      v.pipe(v.array(audienceName), v.maxLength(40, 'must have at most 40 entries'), v.readonly()),
    ),
    defined: 'Ostiary',
    help: 'Whom access tokens may be meant for; absent: any registered resource.',
  },
  requested_audience_mode: {
    schema: v.optional(oneOf(['explicit', 'implicit']), 'explicit'),
    defined: 'Ostiary',
    help: 'implicit: a request that names no audience asks for all of them.',
  },
  profile: {
    schema: v.optional(oneOf(PROFILE_NAMES), 'default'),
    defined: 'Ostiary',
    help:
      'The security profile that the client is held to; what it forbids is refused, and what is not said is as it wants.',
  },
  authorization_policy: {
    schema: v.optional(text, 'one_factor'),
    defined: 'Ostiary',
    help:
      'Who may use the client: a name under authorization_policies, or one of one_factor, two_factor, deny.',
  },
  claims_policy: {
    schema: v.optional(text),
    defined: 'Ostiary',
    help: 'A name under claims_policies.',
  },
  token_exchange_policy: {
    schema: v.optional(text),
    defined: 'Ostiary',
    help: 'A name under token_exchange_policies: what the client may make of tokens given before.',
  },
  may_act: {
    schema: v.optional(text),
    defined: 'Ostiary',
    help:
      'The client_id of the one client that may act by this client’s tokens (RFC 8693 §4.4); absent: whom policies let.',
  },
  claims_in_id_token: {
    schema: v.optional(v.boolean(), false),
    defined: 'Ostiary',
    help: 'Puts the claims of the scopes into ID tokens, for clients that never ask UserInfo.',
  },
  access_token_format: {
    schema: v.optional(oneOf(ACCESS_TOKEN_FORMATS), 'opaque'),
    defined: 'Ostiary',
    help:
      'opaque tokens are read by introspection, jwt tokens (RFC 9068) by anyone who has the JWKS.',
  },
  access_token_signed_response_alg: {
    schema: v.optional(oneOf(SIGNING_ALGS), 'ES256'),
    defined: 'Ostiary',
    help: 'What signs access tokens in the jwt format.',
  },
  ...protectionOf('access_token', 'access tokens in the jwt format', 'Ostiary'),
  pkce_challenge_method: {
    schema: v.optional(oneOf(CODE_CHALLENGE_METHODS)),
    defined: 'Ostiary',
    help: 'The only code_challenge_method the client may use; plain needs the setting pkce_plain.',
  },
  require_pkce: {
    schema: v.optional(v.boolean()),
    defined: 'Ostiary',
    help: 'Whether this client must use PKCE; by default as the pkce setting says.',
  },
  consent_mode: {
    schema: v.optional(oneOf(CONSENT_MODES), 'explicit'),
    defined: 'Ostiary',
    help:
      'explicit asks once in a browser session, implicit never asks (first-party applications), pre-configured ' +
      'lets people save their answer, auto is that where there is a duration, else explicit.',
  },
  pre_configured_consent_duration: {
    schema: v.optional(
      v.pipe(
        v.string(),
        v.check(isConsentDuration, 'must be a duration from 1m to 3650d, such as 7d'),
      ),
    ),
    defined: 'Ostiary',
    help: 'How long an answer is saved when a person wants that; pre-configured without it: 7d.',
  },
  implicit_offline_access: {
    schema: v.optional(oneOf(['drop', 'force_consent']), 'drop'),
    defined: 'Ostiary',
    help:
      'What becomes of offline_access where nobody is asked: drop leaves it out, force_consent asks after all.',
  },
  offline_access_ends_with_session: {
    schema: v.optional(v.boolean()),
    defined: 'Ostiary',
    help:
      'Whether what was granted with offline_access ends with the session it came from; by default as the setting ' +
      'sessions.end_offline_access says.',
  },
  required_scope: {
    schema: v.optional(scopes, ''),
    defined: 'Ostiary',
    help: 'Scopes that people cannot leave out, separated by spaces; openid is always one.',
  },
  lifespan: {
    schema: v.optional(text),
    defined: 'Ostiary',
    help: 'A name under lifespans.custom.',
  },
} as const satisfies Record<string, MetadataField>;

type Rows = typeof CLIENT_METADATA;
type Parsed = { readonly [F in keyof Rows]: v.InferOutput<Rows[F]['schema']> };
type Optional = { [F in keyof Parsed]: undefined extends Parsed[F] ? F : never }[keyof Parsed];

/** A client's metadata with defaults filled in. */
export type ClientMetadata =
  & { readonly [F in Exclude<keyof Parsed, Optional>]: Parsed[F] }
  & { readonly [F in Optional]?: Exclude<Parsed[F], undefined> }
  & Localized;

/** What is said in one language, for each field that has languages. */
export const LOCALIZED_RULES = {
  client_name: text,
  client_uri: displayUri,
  logo_uri: displayUri,
  policy_uri: displayUri,
  tos_uri: displayUri,
} as const satisfies Readonly<Record<LocalizedField, v.GenericSchema>>;

/** Whether a client's field of this name is metadata: a row of the table, or one in a language. */
export function isMetadataField(name: string): boolean {
  return Object.hasOwn(CLIENT_METADATA, name) || localizedName(name) !== undefined;
}

/** What a client has registered, and nothing else that is kept of it. */
export function metadataOf(client: ClientMetadata): ClientMetadata {
  const fields = Object.entries(client).filter(([name]) => isMetadataField(name));
  return Object.fromEntries(fields) as unknown as ClientMetadata;
}

/** What a field is when nobody has said anything: for records from before there was such a field. */
export const METADATA_DEFAULTS = Object.fromEntries(
  Object.entries(CLIENT_METADATA).flatMap(([field, { schema }]) => {
    const absent = v.safeParse(schema as v.GenericSchema, undefined);
    return absent.success && absent.output !== undefined ? [[field, absent.output]] : [];
  }),
) as Readonly<Partial<ClientMetadata>>;

/** Parses the fields of the table, those in a language, and no others; issues carry the path of the field. */
export const clientMetadataSchema = withLocalized(
  section(
    Object.fromEntries(Object.entries(CLIENT_METADATA).map(([field, row]) => [field, row.schema])),
  ),
  LOCALIZED_RULES,
) as unknown as v.GenericSchema<unknown, ClientMetadata>;
