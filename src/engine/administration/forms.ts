import * as v from 'valibot';
import { CLIENT_METADATA } from '../../spec/client_metadata.ts';
import { SIGNING_ALGS } from '../../spec/identifiers.ts';
import { mapOf, section } from '../../spec/section.ts';
import type { JsonValue } from '../../store/store.ts';
import { form } from './schema.ts';

/** Metadata is judged field by field where clients are written. */
const anyMap = v.record(v.string(), v.unknown());

export const METADATA_FIELDS = Object.fromEntries(
  Object.entries(CLIENT_METADATA).map(([field, { schema, help }]) => [
    field,
    v.pipe(schema, v.description(help)) as v.GenericSchema,
  ]),
);

const someMetadata = v.partial(v.object(METADATA_FIELDS));

export const NEW_CLIENT = form(
  anyMap,
  v.object({
    client_id: v.pipe(v.string(), v.description('Its name in the protocol.')),
    client_secret: v.optional(
      v.pipe(v.string(), v.description('By default one is made, and shown this once.')),
    ),
    ...METADATA_FIELDS,
  }),
);
export const CLIENT = form(
  anyMap,
  v.pipe(v.object(METADATA_FIELDS), v.title('ClientMetadata')),
);
export const CLIENT_PATCH = form(anyMap, someMetadata);
export const NEW_SECRET = form(
  section({ client_secret: v.optional(v.string()) }),
);

const text = v.pipe(v.string(), v.maxLength(1024, 'must be at most 1024 characters'));
const person = {
  groups: v.optional(v.pipe(v.array(text), v.maxLength(500, 'must be at most 500 groups'))),
  claims: v.optional(mapOf(text, v.unknown())),
  attributes: v.optional(mapOf(text, v.unknown())),
};
const password = v.pipe(v.string(), v.maxLength(1024, 'must be at most 1024 characters'));

export const NEW_PERSON = form(
  section({ username: text, password: v.optional(password), ...person }),
);
export const PERSON_PATCH = form(section(person));
export const NEW_PASSWORD = form(section({ password }));

export const NEW_REGISTRATION_TOKEN = form(
  section({
    scope: v.optional(v.pipe(text, v.description('Scopes its clients get at most.'))),
    grant_types: v.optional(v.array(text)),
    audience: v.optional(v.array(text)),
    policy: v.optional(text),
    note: v.optional(text),
    uses: v.optional(
      v.pipe(v.nullable(v.number()), v.description('By default 1; null: any number.')),
      1,
    ),
    lifetime: v.optional(
      v.pipe(v.nullable(v.number()), v.description('Seconds, by default 7 days; null: for ever.')),
      7 * 86_400,
    ),
  }),
);

export const OPTION_CHANGES = form(
  section({
    changes: v.pipe(
      v.array(section({
        path: v.pipe(text, v.description('Such as lifespans.access_token.')),
        value: v.pipe(
          v.custom<JsonValue>((value) => value !== undefined, 'is required'),
          v.description('As in the configuration file; null takes back what the store says.'),
        ),
      })),
      v.minLength(1, 'must not be empty'),
      v.maxLength(90, 'must be at most 90 at once'),
    ),
  }),
);

export const NEW_ISSUER = form(section({ issuer: text }));

export const SUBJECTS = form(
  section({
    items: v.pipe(
      v.array(v.unknown()),
      v.maxLength(1000, 'must be at most 1000 at once'),
      v.description('Objects with issuer, sector, username and sub, as the list shows them.'),
    ),
  }),
);

export const TEST_MESSAGE = form(
  section({ to: v.pipe(text, v.minLength(1, 'must not be empty')) }),
);

export const KEY_ROTATION = form(
  section({
    use: v.optional(v.picklist(['sig', 'enc', 'seal'], 'must be sig, enc or seal')),
    alg: v.optional(text),
    now: v.optional(v.boolean(), false),
  }),
);
export const NEW_KEY = form(
  section({
    key: v.pipe(
      v.string(),
      v.maxLength(48 * 1024, 'must be at most 48 KiB'),
      v.description('PEM (PKCS #8) or a JWK as text, with its certificates after it.'),
    ),
    use: v.optional(v.picklist(['sig', 'enc'], 'must be sig or enc')),
    alg: v.optional(v.pipe(text, v.description(`Such as ${SIGNING_ALGS.join(', ')}.`))),
    now: v.optional(v.boolean(), false),
  }),
);
