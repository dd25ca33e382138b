import * as v from 'valibot';
import { POLICY_LEVELS } from '../spec/authorization_policy.ts';
import { CLIENT_METADATA, LOCALIZED_RULES } from '../spec/client_metadata.ts';
import { ACCESS_TOKEN_FORMATS, PROFILE_NAMES, SIGNING_ALGS } from '../spec/identifiers.ts';
import { withLocalized } from '../spec/localized.ts';
import { mapOf, section } from '../spec/section.ts';
import { LIFESPAN_GRANTS } from '../spec/settings.ts';
import { accessControlSchema } from './access_control_schema.ts';
import { bootstrapSchema } from './bootstrap_options.ts';
import { CORS_ENDPOINTS, STORAGE_ENGINES } from './config.ts';
import { forwardAuthSchema } from './forward_auth_options.ts';
import { keysSchema } from './key_options.ts';
import { notifierSchema } from './notifier_options.ts';
import { registrationSchema } from './registration_options.ts';
import { tokenExchangeSchema } from './token_exchange_options.ts';
import { trustedIssuersSchema } from './trusted_issuer_options.ts';
import {
  acrValue,
  clientId,
  clientSecret,
  colour,
  duration,
  host,
  linkUrl,
  minimumLength,
  name,
  network,
  oneOf,
  origin,
  policyNetworks,
  policySubjects,
  port,
  resourceUri,
  scopeList,
  scopeToken,
  text,
} from './values.ts';

/** Bounds and meaning of what may be set for all, and for the clients that name a custom lifespan. */
const LIFESPANS = {
  access_token: {
    schema: duration('1s', '30d'),
    default: '1h',
    help: 'How long an access token is good for.',
  },
  refresh_token: {
    schema: duration('1s', '3650d'),
    default: '30d',
    help: 'How long after sign-in a grant can be refreshed.',
  },
  id_token: {
    schema: duration('1s', '30d'),
    default: '1h',
    help: 'How long an ID token is good for.',
  },
  authorization_code: {
    schema: duration('1s', '60s'),
    default: '60s',
    help: 'How long an authorization code can be redeemed; at most a minute (RFC 9700 §2.1.1).',
  },
  device_code: {
    schema: duration('1m', '1h'),
    default: '10m',
    help: 'How long a person has for entering a device’s code.',
  },
  backchannel_authentication: {
    schema: duration('10s', '1h'),
    default: '5m',
    help: 'How long a person has for answering a backchannel authentication request.',
  },
  pushed_authorization_request: {
    schema: duration('5s', '9m'),
    default: '90s',
    help: 'How long a pushed authorization request waits for the browser.',
  },
} as const;

/** What may be set for the tokens of one grant. */
const TOKEN_LIFESPANS = ['access_token', 'refresh_token', 'id_token'] as const;

type Life = keyof typeof LIFESPANS;

/** A client of the file: the registered metadata, its id and its secret. */
export const clientSchema = withLocalized(
  section({
    client_id: describe(clientId, 'How the client names itself.'),
    client_secret: describe(
      v.optional(clientSecret),
      'A digest made by ostiary hash-secret, or $plaintext$ followed by the secret.',
    ),
    ...metadataEntries(),
  }),
  LOCALIZED_RULES,
);

export const resourceSchema = section({
  resource: describe(resourceUri, 'The URI by which clients name it, compared as a string.'),
  scope: describe(
    v.optional(scopeList, ''),
    'Scopes that mean something at it, separated by spaces.',
  ),
  access_token_format: describe(
    v.optional(oneOf(ACCESS_TOKEN_FORMATS)),
    'The format of its access tokens; by default the client’s.',
  ),
  access_token_signed_response_alg: describe(
    v.optional(oneOf(SIGNING_ALGS)),
    'What signs its access tokens in the jwt format; by default what the client says.',
  ),
  access_token_lifetime: describe(
    v.optional(duration('1s', '30d')),
    'How long its access tokens are good for; by default as for the client.',
  ),
  introspection_clients: describe(
    v.optional(v.array(clientId), []),
    'Clients that may introspect tokens meant for it.',
  ),
});

/** Options of the whole server, which all issuers share. */
export const SERVER_OPTIONS = {
  listen: describe(
    v.optional(
      section({
        host: describe(v.optional(host, '127.0.0.1'), 'The address to listen on.'),
        port: describe(v.optional(port, 9091), 'The port to listen on.'),
        tls: describe(
          v.optional(section({
            cert: describe(text(4096), 'A PEM file with the certificate and its chain.'),
            key: describe(text(4096), 'A PEM file with the private key.'),
            client_certificates: describe(
              v.optional(oneOf(['off', 'request']), 'off'),
              'request asks clients for a certificate (RFC 8705); nobody has to have one.',
            ),
          })),
          'Serve https directly; without it a proxy in front does.',
        ),
      }),
      {},
    ),
    'Where the server listens.',
  ),
  data: describe(
    v.optional(text(4096), './data'),
    'The data directory; a relative path starts at the directory of this file.',
  ),
  trusted_proxies: describe(
    v.optional(v.array(network), []),
    'Addresses and networks of proxies whose Forwarded and X-Forwarded-For headers count.',
  ),
  development: describe(
    v.optional(v.boolean(), false),
    'Allows an http issuer that is not loopback; never set it in production.',
  ),
  storage: describe(
    v.optional(
      section({
        engine: describe(
          v.optional(oneOf(STORAGE_ENGINES), 'file'),
          'file keeps everything under the data directory, memory forgets it at exit.',
        ),
      }),
      {},
    ),
    'Where records are kept.',
  ),
  users_file: describe(
    v.optional(text(4096)),
    'A users.yaml that people come from, instead of the store; the format is Authelia’s.',
  ),
  outbound: describe(
    v.optional(
      section({
        allow_networks: describe(
          v.optional(v.array(network), []),
          'Private networks that may be fetched from, all the same.',
        ),
        ca_file: describe(
          v.optional(text(4096)),
          'A PEM file with authorities to trust beside the usual ones.',
        ),
        timeout: describe(v.optional(duration('1s', '1m'), '5s'), 'How long a fetch may take.'),
      }),
      {},
    ),
    'What this server itself fetches: keys and request objects of clients.',
  ),
  notifier: describe(
    v.optional(notifierSchema),
    'How people are told; by default in notifications.jsonl in the data directory.',
  ),
} as const satisfies v.ObjectEntries;

/** Options of one issuer. */
export const ISSUER_OPTIONS = {
  issuer: describe(
    v.optional(v.string()),
    'The URL of this provider, exactly as clients compare it; by default http://localhost and the port.',
  ),
  name: describe(v.optional(text(60), 'Ostiary'), 'What the pages call this provider.'),
  branding: describe(
    v.optional(
      section({
        logo: describe(
          v.optional(text(4096)),
          'An SVG, PNG or WebP file of at most 256 KiB, shown beside the name.',
        ),
        accent_color: describe(
          v.optional(colour),
          'The colour of buttons, links and the door; made lighter or darker where it could not be read.',
        ),
        style_sheet: describe(
          v.optional(text(4096)),
          'A CSS file of at most 256 KiB that every page loads after its own styles.',
        ),
        footer_links: describe(
          v.optional(
            v.pipe(
              v.array(section({
                text: describe(text(60), 'What the link says.'),
                url: describe(linkUrl, 'Where it leads: https, http or mailto.'),
              })),
              v.maxLength(8, 'must be at most 8 links'),
            ),
            [],
          ),
          'Links at the end of every page, such as an imprint or help.',
        ),
      }),
      {},
    ),
    'How the pages look.',
  ),
  clients: describe(
    v.optional(v.array(clientSchema), []),
    'Clients defined here; those added by command stand beside them.',
  ),
  resources: describe(
    v.optional(v.array(resourceSchema), []),
    'Protected resources that access tokens may be meant for (RFC 8707).',
  ),
  scopes: describe(
    v.optional(
      mapOf(
        scopeToken,
        section({
          claims: describe(
            v.optional(v.array(text(128)), []),
            'Names of the claims that it releases.',
          ),
          description: describe(
            v.optional(text(200)),
            'What it allows, in words for the consent page.',
          ),
        }),
      ),
      {},
    ),
    'Scopes beyond the standard ones, by name.',
  ),
  lifespans: describe(
    v.optional(
      section({
        ...lifespanEntries((row) => v.optional(row.schema, row.default)),
        custom: describe(
          v.optional(mapOf(name, customLifespans()), {}),
          'Lifespans by a name that a client’s lifespan option may give; the rest stays as above.',
        ),
      }),
      {},
    ),
    'How long what is issued stays good.',
  ),
  sessions: describe(
    v.optional(
      section({
        idle: describe(
          v.optional(duration('1m', '3650d'), '12h'),
          'How long a browser session lasts without use.',
        ),
        absolute: describe(
          v.optional(duration('1m', '3650d'), '7d'),
          'How long a browser session lasts at most.',
        ),
        remember: describe(
          v.optional(duration('1m', '3650d'), '30d'),
          'How long it lasts, used or not, when the person asked to stay signed in.',
        ),
        end_offline_access: describe(
          v.optional(v.boolean(), false),
          'Whether what was granted with offline_access ends with the session it came from, unless a client’s ' +
            'offline_access_ends_with_session says so.',
        ),
      }),
      {},
    ),
    'How long a browser stays signed in.',
  ),
  pkce: describe(
    v.optional(oneOf(['never', 'public', 'always']), 'public'),
    'Of which clients PKCE is required, unless a client’s require_pkce says so; never is for old public clients only.',
  ),
  pkce_plain: describe(
    v.optional(v.boolean(), false),
    'Whether code_challenge_method plain is accepted, for old clients that know no S256.',
  ),
  require_pushed_authorization_requests: describe(
    v.optional(v.boolean(), false),
    'Whether every client must push its authorization requests (RFC 9126).',
  ),
  profile: describe(
    v.optional(oneOf(PROFILE_NAMES), 'default'),
    'The security profile that every client is held to at least; discovery then tells of nothing else.',
  ),
  minimum_lengths: describe(
    v.optional(
      section({
        state: describe(v.optional(minimumLength, 0), 'Of state; 0 asks for nothing.'),
        nonce: describe(v.optional(minimumLength, 0), 'Of nonce; 0 asks for nothing.'),
      }),
      {},
    ),
    'How many characters what clients make up must have when they send it.',
  ),
  client_debug_messages: describe(
    v.optional(v.boolean(), false),
    'Whether error answers tell clients the exact cause, beside the hint; the log has both anyway.',
  ),
  dpop_nonce: describe(
    v.optional(oneOf(['off', 'required']), 'off'),
    'Whether DPoP proofs must hold a nonce of ours (RFC 9449 §8).',
  ),
  claims_policies: describe(
    v.optional(
      mapOf(
        name,
        section({
          id_token: describe(
            v.optional(v.array(text(128)), []),
            'Claims that go into the ID token, too, once their scope is granted.',
          ),
          access_token: describe(
            v.optional(v.array(text(128)), []),
            'Claims that go into access tokens in the jwt format.',
          ),
          custom_claims: describe(
            v.optional(
              mapOf(
                text(128),
                section({
                  attribute: describe(
                    v.optional(text(128)),
                    'The attribute it is taken from; by default the one of its name.',
                  ),
                }),
              ),
              {},
            ),
            'Claims beyond the standard ones, by name.',
          ),
          id_token_audience_mode: describe(
            v.optional(oneOf(['specification', 'merged']), 'specification'),
            'merged puts the audience of the access token into the ID token, too.',
          ),
        }),
      ),
      {},
    ),
    'Which claims go where, by a name that a client’s claims_policy may give.',
  ),
  authorization_policies: describe(
    v.optional(
      mapOf(
        name,
        section({
          default_policy: describe(oneOf(POLICY_LEVELS), 'What holds where no rule matches.'),
          rules: describe(
            v.optional(
              v.array(section({
                policy: describe(oneOf(POLICY_LEVELS), 'What holds where this rule matches.'),
                subject: describe(
                  v.optional(policySubjects),
                  'user:NAME, group:NAME or client:ID; of a list one must match, of a list within it all.',
                ),
                networks: describe(
                  v.optional(policyNetworks),
                  'Where the person must be: names under definitions.networks, addresses, CIDR blocks.',
                ),
              })),
              [],
            ),
            'The first that matches decides.',
          ),
        }),
      ),
      {},
    ),
    'Who may use a client and how sure the sign-in must be, by a name that a client’s authorization_policy may give.',
  ),
  access_control: describe(
    v.optional(accessControlSchema, {}),
    'Who may reach what behind reverse proxies that ask this server (docs/forward_auth.md).',
  ),
  forward_auth: describe(
    v.optional(forwardAuthSchema, {}),
    'What applications behind such proxies are given.',
  ),
  trusted_issuers: describe(
    v.optional(trustedIssuersSchema, {}),
    'Whose assertions are taken for grants (RFC 7523 §2.1), by a name that token_exchange_policies may give.',
  ),
  token_exchange_policies: describe(
    v.optional(tokenExchangeSchema, {}),
    'What clients may make of tokens given before (RFC 8693), by a name that a client’s token_exchange_policy may give.',
  ),
  definitions: describe(
    v.optional(
      section({
        networks: describe(
          v.optional(
            mapOf(name, v.pipe(v.array(network), v.minLength(1, 'must not be empty'))),
            {},
          ),
          'Lists of addresses and CIDR blocks, by a name that policies may give.',
        ),
        user_attributes: describe(
          v.optional(
            mapOf(
              text(128),
              section({
                expression: describe(
                  v.optional(text(2048)),
                  'A CEL expression over the person’s attributes that computes it.',
                ),
                value_type: describe(
                  v.optional(oneOf(['string', 'integer', 'boolean'])),
                  'What kind of value people have under this name.',
                ),
                multi_valued: describe(
                  v.optional(v.boolean(), false),
                  'Whether people have a list of them.',
                ),
              }),
            ),
            {},
          ),
          'Attributes of people beyond the standard claims: declared ones, and computed ones.',
        ),
      }),
      {},
    ),
    'What other options refer to.',
  ),
  authorization_details_types: describe(
    v.optional(
      mapOf(
        text(128),
        section({
          description: describe(
            v.optional(text(200)),
            'What it allows, in words for the consent page.',
          ),
          fields: describe(
            v.optional(v.array(text(64)), []),
            'Members it may hold beside the common ones (RFC 9396 §2.2).',
          ),
          required: describe(v.optional(v.array(text(64)), []), 'Members it must hold.'),
        }),
      ),
      {},
    ),
    'Types of authorization_details that clients may ask for (RFC 9396).',
  ),
  client_certificate_authorities: describe(
    v.optional(v.array(text(65_536)), []),
    'PEM files, or PEM texts, of the authorities behind tls_client_auth (RFC 8705 §2.1).',
  ),
  mtls_endpoint_aliases: describe(
    v.optional(origin),
    'The origin at which a proxy asks clients for certificates and passes requests on (RFC 8705 §5).',
  ),
  userinfo: describe(
    v.optional(
      section({
        max_age: describe(
          v.optional(duration('1s', '3650d')),
          'How old the sign-in behind an access token may be.',
        ),
        acr_values: describe(
          v.optional(v.array(acrValue), []),
          'How sure that sign-in must have been of the person: one of these.',
        ),
      }),
      {},
    ),
    'What UserInfo asks of the sign-in behind a token; otherwise it challenges for a new one (RFC 9470).',
  ),
  passkey_rp_id: describe(
    v.optional(v.pipe(v.string(), v.maxLength(253, 'must be at most 253 characters'))),
    'The domain that passkeys belong to, for issuers on several hosts under it; default the host of the issuer.',
  ),
  bootstrap: describe(
    v.optional(bootstrapSchema),
    'What the provider begins with: a file that is brought in once, at the first start.',
  ),
  registration: describe(
    v.optional(registrationSchema, {}),
    'Clients that register themselves (RFC 7591, RFC 7592).',
  ),
  sign_up: describe(
    v.optional(oneOf(['closed', 'open']), 'closed'),
    'open lets people make their own accounts (prompt=create, and a link on the sign-in page).',
  ),
  password_reset: describe(
    v.optional(
      section({
        enabled: describe(
          v.optional(v.boolean(), true),
          'Whether people who forgot their password can ask for a link by mail.',
        ),
        lifetime: describe(
          v.optional(duration('5m', '7d'), '1h'),
          'How long such a link is good for, those of ostiary user reset-link included.',
        ),
      }),
      {},
    ),
    'Links with which a new password can be set, once.',
  ),
  keys: describe(v.optional(keysSchema, {}), 'When keys give way to new ones.'),
  refresh_token_grace: describe(
    v.optional(duration('0s', '5m'), '10s'),
    'How long the refresh token before the current one still answers, for answers that got lost.',
  ),
  cors: describe(
    v.optional(
      section({
        endpoints: describe(
          v.optional(v.array(oneOf(CORS_ENDPOINTS)), ['token', 'userinfo', 'revocation']),
          'Endpoints that scripts of allowed origins may call.',
        ),
        allowed_origins: describe(v.optional(v.array(origin), []), 'Origins that may call them.'),
        allowed_origins_from_client_redirect_uris: describe(
          v.optional(v.boolean(), true),
          'Whether origins of registered redirect URIs may call them, too.',
        ),
      }),
      {},
    ),
    'Cross-origin requests.',
  ),
} as const satisfies v.ObjectEntries;

/** Every option there is, with its form, its default and one sentence about it. Unknown ones are mistakes. */
export const OPTIONS = { ...SERVER_OPTIONS, ...ISSUER_OPTIONS } as const;

export const configSchema = section(OPTIONS);

/** What a file may say: one issuer's options beside those of the server, or several issuers'. */
export const fileSchema = section({
  ...OPTIONS,
  issuers: describe(
    v.optional(
      v.pipe(
        v.array(section({
          ...ISSUER_OPTIONS,
          issuer: describe(v.string(), 'The URL of the issuer, exactly as clients compare it.'),
        })),
        v.minLength(1),
        v.maxLength(100),
      ),
    ),
    'Several issuers, each with options of its own; what one does not say is as beside this list.',
  ),
});

/** Everything said about one issuer and the server, parsed, before rules that span options are applied. */
export type ParsedOptions = v.InferOutput<typeof configSchema>;

function describe<const S extends v.GenericSchema>(schema: S, help: string) {
  return v.pipe(schema, v.description(help));
}

/** The rows of the metadata table as entries with their sentence. */
function metadataEntries(): MetadataEntries {
  return Object.fromEntries(
    Object.entries(CLIENT_METADATA).map(([field, row]) => [field, describe(row.schema, row.help)]),
  ) as unknown as MetadataEntries;
}

type Rows = typeof CLIENT_METADATA;
type MetadataEntries = { readonly [F in keyof Rows]: Rows[F]['schema'] };

function customLifespans() {
  const tokens = section(
    Object.fromEntries(
      TOKEN_LIFESPANS.map((
        life,
      ) => [life, describe(v.optional(LIFESPANS[life].schema), LIFESPANS[life].help)]),
    ) as unknown as Readonly<Record<(typeof TOKEN_LIFESPANS)[number], OptionalDuration>>,
  );
  const grants = Object.fromEntries(
    LIFESPAN_GRANTS.map((
      grant,
    ) => [grant, describe(v.optional(tokens), `Of what ${grant} yields.`)]),
  ) as unknown as Readonly<Record<(typeof LIFESPAN_GRANTS)[number], typeof tokens>>;
  return section({
    ...lifespanEntries((row) => v.optional(row.schema)),
    grants: describe(v.optional(section(grants)), 'By the grant that yields the token.'),
  });
}

type OptionalDuration = v.OptionalSchema<(typeof LIFESPANS)[Life]['schema'], undefined>;

function lifespanEntries<S extends v.GenericSchema>(
  schemaOf: (row: (typeof LIFESPANS)[Life]) => S,
): Readonly<Record<Life, S>> {
  return Object.fromEntries(
    Object.entries(LIFESPANS).map(([life, row]) => [life, describe(schemaOf(row), row.help)]),
  ) as unknown as Readonly<Record<Life, S>>;
}
