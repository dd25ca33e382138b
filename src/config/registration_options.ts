import * as v from 'valibot';
import { CLIENT_METADATA, type ClientJwks, LOCALIZED_RULES } from '../spec/client_metadata.ts';
import { GRANT_TYPES } from '../spec/identifiers.ts';
import { withLocalized } from '../spec/localized.ts';
import { meant, type Mistake, mistake } from '../spec/mistake.ts';
import {
  REGISTRATION_MODES,
  type RegistrationProfile,
  type RegistrationSettings,
} from '../spec/registration.ts';
import { mapOf, section } from '../spec/section.ts';
import { duration, name, oneOf, resourceUri, scopeList, text } from './values.ts';

const grantTypes = v.pipe(
  v.array(oneOf(GRANT_TYPES)),
  v.minLength(1, 'must not be empty'),
);

const OUR_OPTIONS = Object.entries(CLIENT_METADATA)
  .filter(([, { defined }]) => defined === 'Ostiary')
  .map(([field]) => field);

/** The rows of the metadata table, of which any may be absent. */
const defaults = withLocalized(
  section(
    Object.fromEntries(
      Object.entries(CLIENT_METADATA).map(([field, { schema }]) => [field, optionalOf(schema)]),
    ),
  ),
  LOCALIZED_RULES,
);

/** Dynamic client registration. */
export const registrationSchema = section({
  mode: described(
    v.optional(oneOf(REGISTRATION_MODES), 'closed'),
    'closed asks for an initial access token, open lets anybody register clients, off has no registration.',
  ),
  scope: described(
    v.optional(scopeList, 'openid profile email phone address offline_access'),
    'The scopes that clients get at most, and by default; a token may say otherwise.',
  ),
  grant_types: described(
    v.optional(grantTypes, [
      'authorization_code',
      'implicit',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ]),
    'The grant types that clients get at most; those in which no person has a part take an initial access token anyway.',
  ),
  audience: described(
    v.optional(v.array(resourceUri), []),
    'The resources that access tokens of clients may be meant for that nobody vouches for.',
  ),
  max_clients: described(
    v.optional(
      v.pipe(
        v.number(),
        v.integer('must be a whole number'),
        v.minValue(0, 'must be from 0 to 100000'),
        v.maxValue(100_000, 'must be from 0 to 100000'),
      ),
      1000,
    ),
    'How many clients there may be that nobody vouches for.',
  ),
  unused_client_lifetime: described(
    v.optional(duration('1m', '3650d'), '30d'),
    'How long such a client may wait for its first use.',
  ),
  client_secret_lifetime: described(
    v.optional(duration('1h', '3650d')),
    'How long a client secret is good for; an update brings a new one. By default for ever.',
  ),
  software_statement_issuers: described(
    v.optional(
      v.pipe(
        v.array(section({
          issuer: described(text(512), 'The iss of its statements.'),
          jwks: described(
            v.optional(CLIENT_METADATA.jwks.schema),
            'The keys that sign them, as a JWK set.',
          ),
          jwks_uri: described(
            v.optional(CLIENT_METADATA.jwks_uri.schema),
            'Where those keys are published.',
          ),
          required: described(
            v.optional(v.boolean(), false),
            'Whether nobody registers without a statement of this issuer, or of another that is required.',
          ),
        })),
        v.maxLength(50, 'must have at most 50 entries'),
      ),
      [],
    ),
    'Whose software statements count (RFC 7591 §2.3); all others are refused.',
  ),
  policies: described(
    v.optional(
      mapOf(
        name,
        section({
          scope: described(v.optional(scopeList), 'The scopes that clients get at most.'),
          grant_types: described(v.optional(grantTypes), 'The grant types they get at most.'),
          audience: described(
            v.optional(v.array(resourceUri)),
            'The resources that their access tokens may be meant for.',
          ),
          metadata: described(
            v.optional(v.array(oneOf(OUR_OPTIONS)), []),
            'Client options of Ostiary that registrants may set themselves.',
          ),
          defaults: described(
            v.optional(defaults, {}),
            'What is registered where the registrant says nothing, and of Ostiary’s options always.',
          ),
        }),
      ),
      {},
    ),
    'What initial access tokens allow, by a name that they give; default is for whoever gives none.',
  ),
});

export type RegistrationOptions = v.InferOutput<typeof registrationSchema>;

export function registrationOf(
  { policies, software_statement_issuers, client_secret_lifetime, ...rest }: RegistrationOptions,
): RegistrationSettings {
  return {
    ...rest,
    ...client_secret_lifetime !== undefined && { client_secret_lifetime },
    software_statement_issuers: software_statement_issuers.map((
      { issuer, jwks, jwks_uri, required },
    ) => ({
      issuer,
      required,
      ...jwks !== undefined && { jwks: jwks as ClientJwks },
      ...jwks_uri !== undefined && { jwks_uri },
    })),
    policies: new Map(Object.entries(policies) as [string, RegistrationProfile][]),
  };
}

/** What registration names must be there; `scopes` is undefined where a place that defines some did not parse. */
export function registrationRules(
  registration: RegistrationOptions | undefined,
  scopes: ReadonlySet<string> | undefined,
): readonly Mistake[] {
  if (registration === undefined) return [];
  const { policies, software_statement_issuers } = registration;
  const lists = [
    { path: ['registration', 'scope'], scope: registration.scope },
    ...Object.entries(policies).map(([policy, { scope = [] }]) => ({
      path: ['registration', 'policies', policy, 'scope'],
      scope,
    })),
  ];
  const unknown = lists.flatMap(({ path, scope }) =>
    scope.filter((each) => scopes?.has(each) === false).map((each) =>
      mistake(path, `names an unknown scope${meant(each, [...scopes ?? []])}`, each)
    )
  );
  return [...unknown, ...software_statement_issuers.flatMap(statementIssuerRules)];
}

function statementIssuerRules(
  { jwks, jwks_uri, issuer }: RegistrationOptions['software_statement_issuers'][number],
  index: number,
  all: RegistrationOptions['software_statement_issuers'],
): readonly Mistake[] {
  const path = ['registration', 'software_statement_issuers', index];
  const mistakes: Mistake[] = [];
  if ((jwks === undefined) === (jwks_uri === undefined)) {
    mistakes.push(mistake(path, 'must have either jwks or jwks_uri'));
  }
  const earlier = all.findIndex((each) => each.issuer === issuer);
  if (earlier < index) {
    mistakes.push(
      mistake([...path, 'issuer'], `must differ from that of entry ${earlier}`, issuer),
    );
  }
  return mistakes;
}

function optionalOf(schema: v.GenericSchema): v.GenericSchema {
  return v.optional('wrapped' in schema ? schema.wrapped as v.GenericSchema : schema);
}

function described<const S extends v.GenericSchema>(schema: S, help: string) {
  return v.pipe(schema, v.description(help));
}
