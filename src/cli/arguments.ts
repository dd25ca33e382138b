import { parseArgs } from 'node:util';
import { nearestName } from '../spec/suggest.ts';
import { type Command, COMMON_FLAGS, type Flag } from './command.ts';

export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

export type ArgumentsResult =
  | { readonly ok: true; readonly value: ParsedArguments }
  | { readonly ok: false; readonly problem: string };

/** What stands after the command's name. Every mistake is one line. */
export function parseArguments(command: Command, words: readonly string[]): ArgumentsResult {
  const flags: Readonly<Record<string, Flag>> = { ...COMMON_FLAGS, ...command.flags };
  const problem = unknownFlag(words, Object.keys(flags));
  if (problem !== undefined) return { ok: false, problem };
  try {
    const { values, positionals } = parseArgs({
      args: words.map(shielded),
      options: Object.fromEntries(
        Object.entries(flags).map(([name, { type, multiple }]) => [
          name,
          { type, ...multiple && { multiple } },
        ]),
      ),
      allowPositionals: true,
      strict: true,
    });
    const parsed = {
      positionals: positionals.map(bare),
      flags: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, bareValue(value)]),
      ) as ParsedArguments['flags'],
    };
    if (parsed.flags['help'] === true) return { ok: true, value: parsed };
    return checkCount(command, parsed);
  } catch (error) {
    return { ok: false, problem: firstSentence(error) };
  }
}

/** `Usage: ostiary user add NAME [--email EMAIL] …` and what each flag means. */
export function helpOf(command: Command): string {
  const flags = { ...command.flags, ...COMMON_FLAGS };
  const left = Object.entries(flags).map(([name, flag]) => flagForm(name, flag));
  const width = Math.max(...left.map((each) => each.length));
  const rows = Object.values(flags).map((flag, index) =>
    `  ${(left[index] ?? '').padEnd(width)}  ${flag.help}`
  );
  return [`Usage: ${usageOf(command)}`, '', command.help, '', ...rows, ''].join('\n');
}

export function usageOf(command: Command): string {
  const flags = Object.entries(command.flags).map(([name, flag]) =>
    `[${flagForm(name, flag)}]${flag.multiple ? '…' : ''}`
  );
  return ['ostiary', command.name, ...command.positionals, ...flags].join(' ');
}

function flagForm(name: string, { value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

/** Before parseArgs, whose own message runs over several lines and differs between runtimes. */
function unknownFlag(words: readonly string[], known: readonly string[]): string | undefined {
  for (const word of words) {
    if (word === '--') return undefined;
    const [, name] = /^--([^=]+)/.exec(word) ?? [];
    if (name === undefined || known.includes(name)) continue;
    const meant = nearestName(name, known);
    return `--${name} is not a flag of this command${
      meant === undefined ? '' : `; did you mean --${meant}?`
    }`;
  }
  return undefined;
}

/** Ids may begin with a dash, and no flag of one dash is as long. */
const DASHED_ID = /^-[A-Za-z0-9_][A-Za-z0-9_-]{15,}$/;
const SHIELD = '\u0000';

function shielded(word: string): string {
  return DASHED_ID.test(word) ? SHIELD + word : word;
}

function bare(word: string): string {
  return word.startsWith(SHIELD) ? word.slice(SHIELD.length) : word;
}

function bareValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareValue);
  return typeof value === 'string' ? bare(value) : value;
}

function checkCount(command: Command, parsed: ParsedArguments): ArgumentsResult {
  const { positionals: wanted } = command;
  const missing = wanted[parsed.positionals.length];
  if (missing !== undefined && !isOptional(missing)) {
    return { ok: false, problem: `${missing} is missing` };
  }
  const extra = parsed.positionals[wanted.length];
  if (extra !== undefined) {
    return { ok: false, problem: `unexpected argument ${JSON.stringify(extra)}` };
  }
  return { ok: true, value: parsed };
}

function isOptional(positional: string): boolean {
  return positional.startsWith('[');
}

function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split(/[.\n]/)[0] ?? text).trim();
}
