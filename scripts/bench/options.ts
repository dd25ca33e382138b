import { parseArgs } from 'node:util';
import { ALL_ROWS } from './all_rows.ts';
import { type Runtime, RUNTIMES } from './workspace.ts';

export interface BenchOptions {
  readonly runtime: Runtime;
  /** Of one contestant in one round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Names of rows, and `start-up`, `logins`, `scale` and `clients`. */
  readonly wanted: ReadonlySet<string>;
  /** Whether Ostiary's time is told by function; on Node. */
  readonly profile: boolean;
}

export const START_UP = 'start-up';
export const LOGINS = 'logins';
export const SCALE = 'scale';
export const CLIENTS = 'clients';

export const USAGE = `npm run bench -- [ROW]… [--runtime=${
  RUNTIMES.join('|')
}] [--seconds=N] [--rounds=N] [--profile]
rows: ${
  [...ALL_ROWS.map(({ name }) => name), START_UP, LOGINS].join(', ')
} (all by default); and ${SCALE}, up to a million grants, and ${CLIENTS}, up to 100,000 of them`;

/** @throws {TypeError} with one line about what cannot be understood */
export function parseOptions(words: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      runtime: { type: 'string', default: 'node' },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      profile: { type: 'boolean', default: false },
    },
  });
  const known = [...ALL_ROWS.map(({ name }) => name), START_UP, LOGINS];
  const strange = positionals.find((name) => ![...known, SCALE, CLIENTS].includes(name));
  if (strange !== undefined) throw new TypeError(`there is no row ${JSON.stringify(strange)}`);
  const runtime = RUNTIMES.find((each) => each === values.runtime);
  if (runtime === undefined) throw new TypeError(`there is no runtime ${values.runtime}`);
  if (values.profile && runtime !== 'node') throw new TypeError('--profile is for node');
  return {
    runtime,
    seconds: positive('seconds', values.seconds),
    rounds: Math.ceil(positive('rounds', values.rounds)),
    wanted: new Set(positionals.length === 0 ? known : positionals),
    profile: values.profile,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 600) return value;
  throw new TypeError(`--${name} must be a number above 0, up to 600`);
}
