import * as v from 'valibot';
import {
  ACCESS_TOKEN_FORMATS,
  AUTH_METHODS,
  CONSENT_MODES,
  GRANT_TYPES,
  RESPONSE_MODES,
  RESPONSE_TYPES,
  SIGNING_ALGS,
} from './identifiers.ts';
import { redirectUriProblem } from './redirect_uri.ts';
import { parseScope } from './scopes.ts';

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
);

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
    schema: v.optional(someOf(RESPONSE_TYPES), ['code']),
    defined: 'RFC 7591 §2',
    help: 'What the client may ask of the authorization endpoint.',
  },
  response_modes: {
    schema: v.optional(someOf(RESPONSE_MODES), RESPONSE_MODES),
    defined: 'Ostiary',
    help: 'How the authorization response may travel.',
  },
  scope: {
    schema: v.optional(
      v.pipe(
        v.string(),
        v.check(
          (value) => parseScope(value) !== undefined,
          'must be scope tokens separated by spaces',
        ),
      ),
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
  id_token_signed_response_alg: {
    schema: v.optional(oneOf(SIGNING_ALGS), 'RS256'),
    defined: 'OpenID Registration §2',
    help: 'What signs ID tokens for this client.',
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
  require_pkce: {
    schema: v.optional(v.boolean()),
    defined: 'Ostiary',
    help: 'Whether this client must use PKCE; by default as the pkce setting says.',
  },
  consent_mode: {
    schema: v.optional(oneOf(CONSENT_MODES), 'explicit'),
    defined: 'Ostiary',
    help:
      'explicit asks once in a browser session, implicit never asks (first-party applications).',
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
  & { readonly [F in Optional]?: Exclude<Parsed[F], undefined> };

/** Parses the fields of the table, and no others; issues carry the path of the field. */
export const clientMetadataSchema: v.GenericSchema<unknown, ClientMetadata> = v.strictObject(
  Object.fromEntries(Object.entries(CLIENT_METADATA).map(([field, row]) => [field, row.schema])),
  'is not a known client option',
) as unknown as v.GenericSchema<unknown, ClientMetadata>;

/** What contradicts itself in metadata that parsed: a field and its rule each. RFC 7591 §2.1. */
export function clientProblems(
  client: ClientMetadata & { readonly client_secret?: string | undefined },
): readonly { readonly field: string; readonly problem: string }[] {
  const problems: { field: string; problem: string }[] = [];
  const usesCode = client.grant_types.includes('authorization_code');
  if (usesCode && client.redirect_uris.length === 0) {
    problems.push({
      field: 'redirect_uris',
      problem: 'must hold at least one URI for authorization_code',
    });
  }
  if (client.grant_types.includes('refresh_token') && !usesCode) {
    problems.push({
      field: 'grant_types',
      problem: 'refresh_token needs a grant that issues one: authorization_code',
    });
  }
  const isPublic = client.token_endpoint_auth_method === 'none';
  if (isPublic && client.grant_types.includes('client_credentials')) {
    problems.push({
      field: 'grant_types',
      problem: 'client_credentials is not for public clients (RFC 6749 §4.4)',
    });
  }
  if (isPublic && client.client_secret !== undefined) {
    problems.push({
      field: 'client_secret',
      problem: 'must be absent with token_endpoint_auth_method none',
    });
  }
  if (!isPublic && client.client_secret === undefined) {
    problems.push({
      field: 'client_secret',
      problem: `is required with ${client.token_endpoint_auth_method}`,
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
