import type { KeyDescription } from '../keys/keys.ts';
import { type Command, done } from './command.ts';
import { table, time } from './table.ts';

export const KEY_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'key list',
    positionals: [],
    flags: {},
    help: 'List the keys of the issuer, without what is secret in them.',
    async run(engine) {
      // All of them, of which on a first start one may still be being made.
      await engine.keys.jwksText();
      return done(engine.keys.describe());
    },
    print: (value) =>
      table(
        ['kid', 'use', 'alg', 'created', 'superseded'],
        (value as unknown as readonly KeyDescription[]).map((key) => [
          key.kid,
          key.use,
          key.alg,
          time(key.created_at),
          time(key.superseded_at),
        ]),
      ),
  },
];
