import type { Engine } from '../engine/engine.ts';
import type { KeyDescription } from '../keys/keys.ts';
import type { JsonValue } from '../store/store.ts';
import {
  type Command,
  type CommandResult,
  done,
  type Invocation,
  refused,
  textFlag,
} from './command.ts';
import { fileArgument } from './file_argument.ts';
import { fields, table, time } from './table.ts';

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
        ['use', 'alg', 'kid', 'created', 'superseded', 'certificates until'],
        (value as unknown as readonly KeyDescription[]).map((key) => [
          key.use,
          key.alg,
          key.kid,
          time(key.created_at),
          time(key.superseded_at),
          time(key.chain_expires_at),
        ]),
      ),
  },
  {
    kind: 'engine',
    name: 'key import',
    positionals: ['FILE'],
    flags: {
      alg: {
        type: 'string',
        value: 'ALG',
        help: 'What the key is for, when its type leaves a choice; by default RS256 for RSA.',
      },
      use: { type: 'string', value: 'USE', help: 'sig (the default) or enc.' },
    },
    help:
      'Take in a private key, PEM (PKCS #8) or JWK, with its certificates after it in the same file.',
    run: importKey,
    print: (value) => fields(forPeople(value as unknown as KeyDescription)),
  },
];

/** Longer than any key with its certificates. */
const MAX_FILE_KIBIBYTES = 256;

async function importKey(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  const use = textFlag(invocation, 'use');
  if (use !== undefined && use !== 'sig' && use !== 'enc') {
    return refused('--use must be sig or enc');
  }
  const file = await fileArgument(invocation, 0, MAX_FILE_KIBIBYTES);
  if (!file.ok) return refused(file.problem);
  // Those of a first start must be there, to be superseded.
  await engine.keys.jwksText();
  const outcome = await engine.keys.importKey(file.text, { use, alg: textFlag(invocation, 'alg') });
  if (outcome.kind === 'refused') return refused(outcome.problem);
  const { key } = outcome;
  engine.log('info', 'key.imported', { kid: key.kid, use: key.use, alg: key.alg });
  if (key.chain_expires_at !== undefined && key.chain_expires_at < engine.now()) {
    engine.log('warn', 'key.chain_expired', {
      kid: key.kid,
      not_after: time(key.chain_expires_at),
    });
  }
  return done(key);
}

function forPeople(key: KeyDescription): Readonly<Record<string, JsonValue | undefined>> {
  const { chain_expires_at } = key;
  return {
    use: key.use,
    alg: key.alg,
    kid: key.kid,
    created: time(key.created_at),
    'certificates until': chain_expires_at === undefined ? undefined : time(chain_expires_at),
  };
}
