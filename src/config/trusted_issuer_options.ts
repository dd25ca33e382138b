import * as v from 'valibot';
import { CLIENT_METADATA, type ClientJwks } from '../spec/client_metadata.ts';
import { SIGNING_ALGS } from '../spec/identifiers.ts';
import { type Mistake, mistake } from '../spec/mistake.ts';
import { mapOf, section } from '../spec/section.ts';
import { SUBJECT_NAMES, type TrustedIssuer } from '../spec/trusted_issuer.ts';
import { duration, name, oneOf, text } from './values.ts';

/** Whose assertions are taken for grants, by name. */
export const trustedIssuersSchema = mapOf(
  name,
  section({
    issuer: described(text(512), 'The iss of its assertions.'),
    jwks: described(
      v.optional(CLIENT_METADATA.jwks.schema),
      'The keys that sign them, as a JWK set.',
    ),
    jwks_uri: described(
      v.optional(CLIENT_METADATA.jwks_uri.schema),
      'Where those keys are published.',
    ),
    algorithms: described(
      v.optional(
        v.pipe(v.array(oneOf(SIGNING_ALGS)), v.minLength(1, 'must not be empty')),
        [...SIGNING_ALGS],
      ),
      'What may sign them.',
    ),
    audience: described(
      v.optional(v.pipe(v.array(text(512)), v.minLength(1, 'must not be empty'))),
      'What their aud must be, in place of our issuer or token endpoint.',
    ),
    subject_claim: described(v.optional(text(128), 'sub'), 'The claim that says who is meant.'),
    subject_is: described(
      oneOf(SUBJECT_NAMES),
      'What it holds: the username, email or sub of a person, or the client_id of the client itself.',
    ),
    subjects: described(
      v.optional(mapOf(text(512), text(256))),
      'From what it holds to that name; nothing else is taken then.',
    ),
    max_lifetime: described(
      v.optional(duration('10s', '1h'), '5m'),
      'How far they may reach into the past and the future.',
    ),
  }),
);

export type TrustedIssuerOptions = v.InferOutput<typeof trustedIssuersSchema>;

/** What the engine works with, once no rule is broken. */
export function trustedIssuersOf(
  options: TrustedIssuerOptions,
): ReadonlyMap<string, TrustedIssuer> {
  return new Map(
    Object.entries(options).map(([name, { jwks, jwks_uri, audience, subjects, ...rest }]) => [
      name,
      {
        ...rest,
        ...jwks !== undefined && { jwks: jwks as ClientJwks },
        ...jwks_uri !== undefined && { jwks_uri },
        ...audience !== undefined && { audience },
        ...subjects !== undefined && { subjects: new Map(Object.entries(subjects)) },
      },
    ]),
  );
}

export function trustedIssuerRules(
  options: TrustedIssuerOptions | undefined,
  own: string,
): readonly Mistake[] {
  const seen = new Map<string, string>([[own, 'this issuer']]);
  return Object.entries(options ?? {}).flatMap(([name, { issuer, jwks, jwks_uri }]) => {
    const path = ['trusted_issuers', name];
    const mistakes: Mistake[] = [];
    if ((jwks === undefined) === (jwks_uri === undefined)) {
      mistakes.push(mistake(path, 'must have either jwks or jwks_uri'));
    }
    const earlier = seen.get(issuer);
    if (earlier === undefined) seen.set(issuer, `that of ${name}`);
    else mistakes.push(mistake([...path, 'issuer'], `must differ from ${earlier}`, issuer));
    return mistakes;
  });
}

function described<const S extends v.GenericSchema>(schema: S, help: string) {
  return v.pipe(schema, v.description(help));
}
