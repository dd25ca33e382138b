import * as v from 'valibot';
import { isAsymmetricEncryption, isSigning } from '../spec/identifiers.ts';
import { mapOf, section } from '../spec/section.ts';
import type { KeySettings } from '../spec/settings.ts';
import { duration } from './values.ts';

const OFF = 'off';

/** Every day would be often enough for anybody; retired keys stay published for as long as sessions last. */
const period = v.union(
  [v.literal(OFF), duration('1d', '3650d')],
  'must be a duration from 1d to 3650d, or off',
);

const algorithm = v.pipe(
  v.string(),
  v.check(
    (value) => isSigning(value) || isAsymmetricEncryption(value),
    'must be an algorithm that this server has keys for, such as ES256 or RSA-OAEP-256',
  ),
);

export const keysSchema = section({
  rotate_every: described(
    v.optional(period, '90d'),
    'How long a signing or encryption key is in use before the next takes over; off: by command only.',
  ),
  algorithms: described(
    v.optional(mapOf(algorithm, period), {}),
    'The same for keys of one algorithm, by its name.',
  ),
});

export function keySettingsOf(
  { rotate_every, algorithms }: v.InferOutput<typeof keysSchema>,
): KeySettings {
  return {
    rotate_every: seconds(rotate_every),
    algorithms: new Map(Object.entries(algorithms).map(([alg, each]) => [alg, seconds(each)])),
  };
}

function seconds(each: number | typeof OFF): number {
  return each === OFF ? Infinity : each;
}

function described<const S extends v.GenericSchema>(schema: S, help: string) {
  return v.pipe(schema, v.description(help));
}
