import {
  importKey,
  removeKey,
  type RotatedKeys,
  rotateKeys,
} from '../engine/administration/keys.ts';
import type { Engine } from '../engine/engine.ts';
import type { RotatedStorage } from '../engine/storage_rotation.ts';
import type { KeyDescription } from '../keys/key_description.ts';
import { LEAD_SECONDS } from '../keys/key_state.ts';
import type { JsonValue } from '../store/store.ts';
import {
  argument,
  type Command,
  type CommandResult,
  done,
  type Flag,
  type Invocation,
  refused,
  resultOf,
  textFlag,
} from './command.ts';
import { fileArgument } from './file_argument.ts';
import { fields, table, time } from './table.ts';

const COST =
  'Relying parties that know only the keys from before, and do not look again, refuse what ' +
  `the new one signs, for up to ${LEAD_SECONDS.sig / 60} minutes.`;

const NOW: Flag = { type: 'boolean', help: `Use the key at once. ${COST}` };

export const KEY_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'key list',
    positionals: [],
    flags: {},
    help: 'List the keys of the issuer with their states, without what is secret in them.',
    async run(engine) {
      // All of them, of which on a first start one may still be being made.
      await engine.keys.jwksText();
      return done(engine.keys.describe());
    },
    print: (value) => listing(value as unknown as readonly KeyDescription[]),
  },
  {
    kind: 'engine',
    ofAllIssuers: ({ flags }) => flags['storage'] === true,
    name: 'key rotate',
    positionals: [],
    flags: {
      alg: {
        type: 'string',
        value: 'ALG',
        help: 'Only the key of this algorithm, even if it was imported.',
      },
      use: { type: 'string', value: 'USE', help: 'Only keys of this use: sig, enc or seal.' },
      now: NOW,
      storage: {
        type: 'boolean',
        help: 'The key that secrets rest under in the store, in secret.key, and no other.',
      },
    },
    help: 'Have new keys take over: published at once, used as soon as everybody can know them.',
    run: rotate,
    print(value) {
      if (isOfStorage(value)) return value.finished ? RESEALED : RESEALING;
      const { keys, skipped, cost } = value as unknown as RotatedKeys & Cost;
      const left = skipped.map((key) =>
        `left alone: ${key.alg ?? key.use} ${key.kid}, which ${
          key.state === 'pending' ? 'is about to take over' : 'was imported'
        }\n`
      );
      return listing(keys) + left.join('') + (cost === undefined ? '' : `${cost}\n`);
    },
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
      now: NOW,
    },
    help:
      'Take in a private key, PEM (PKCS #8) or JWK, with its certificates after it in the same file.',
    run: takeIn,
    print: (value) => fields(forPeople(value as unknown as KeyDescription)),
  },
  {
    kind: 'engine',
    name: 'key remove',
    positionals: ['KID'],
    flags: {},
    help:
      'Take a key away at once, as when others may have it: what it made is void, and another takes its place.',
    run: async (engine, invocation) =>
      resultOf(await removeKey(argument(invocation, 0), { kind: 'cli' }, engine)),
    print: (value) => fields(forPeople(value as unknown as KeyDescription)),
  },
];

/** Longer than any key with its certificates. */
const MAX_FILE_KIBIBYTES = 256;

/** So long is waited for the records, before the server goes on alone. */
const STORAGE_SECONDS = 30;

const RESEALED =
  'everything is sealed with the new storage key; keep secret.key with the next backup\n';
const RESEALING =
  'the new storage key is in use; the old one stays in secret.key until everything is sealed anew\n';

function isOfStorage(value: unknown): value is RotatedStorage {
  return typeof value === 'object' && value !== null && 'finished' in value;
}

async function rotate(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  if (invocation.flags['storage'] === true) {
    const isAlone = ['alg', 'use', 'now'].every((flag) => invocation.flags[flag] === undefined);
    if (!isAlone) return refused('--storage goes alone');
    return resultOf(await engine.storageRotation.rotate({ kind: 'cli' }, STORAGE_SECONDS));
  }
  const use = useFlag(invocation, ['sig', 'enc', 'seal']);
  if (use === null) return refused('--use must be sig, enc or seal');
  const what = { use, alg: textFlag(invocation, 'alg'), isNow: invocation.flags['now'] === true };
  const outcome = await rotateKeys(what, { kind: 'cli' }, engine);
  return outcome.kind === 'done'
    ? done({ ...outcome.value, ...costOf(outcome.value.keys, what.isNow) })
    : outcome;
}

/** What those who asked for haste are told once more. */
interface Cost {
  readonly cost?: string;
}

function costOf(keys: readonly KeyDescription[], isNow: boolean): Cost {
  return isNow && keys.some(({ use }) => use === 'sig') ? { cost: COST } : {};
}

async function takeIn(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  const use = useFlag(invocation, ['sig', 'enc']);
  if (use === null) return refused('--use must be sig or enc');
  const file = await fileArgument(invocation, 0, MAX_FILE_KIBIBYTES);
  if (!file.ok) return refused(file.problem);
  const as = { use, alg: textFlag(invocation, 'alg'), isNow: invocation.flags['now'] === true };
  const outcome = await importKey(file.text, as, { kind: 'cli' }, engine);
  return outcome.kind === 'done'
    ? done({ ...outcome.value, ...costOf([outcome.value], as.isNow) })
    : outcome;
}

/** Null: something else was said. */
function useFlag<U extends string>(
  invocation: Invocation,
  uses: readonly U[],
): U | null | undefined {
  const said = textFlag(invocation, 'use');
  return said === undefined ? undefined : uses.find((use) => use === said) ?? null;
}

function listing(keys: readonly KeyDescription[]): string {
  return table(
    ['use', 'alg', 'kid', 'state', 'created', 'active', 'superseded', 'gone', 'certificates until'],
    keys.map((key) => [
      key.use,
      key.alg,
      key.kid,
      key.state,
      time(key.created_at),
      time(key.active_at),
      time(key.superseded_at),
      time(key.gone_at),
      time(key.chain_expires_at),
    ]),
  );
}

function forPeople(key: KeyDescription & Cost): Readonly<Record<string, JsonValue | undefined>> {
  const { chain_expires_at, cost } = key;
  return {
    use: key.use,
    alg: key.alg,
    kid: key.kid,
    state: key.state,
    created: time(key.created_at),
    active: time(key.active_at),
    'certificates until': chain_expires_at === undefined ? undefined : time(chain_expires_at),
    cost,
  };
}
