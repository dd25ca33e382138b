import type { Outcome } from '../engine/administration/outcome.ts';
import type { Engine } from '../engine/engine.ts';
import type { FileStore } from '../store/file/file_store.ts';
import type { Actor } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';

/** A flag of a command, in the form of node:util's parseArgs, with what its help says. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  /** How help names the value: `--email EMAIL`. */
  readonly value?: string;
  readonly help: string;
}

/** What was typed, as data: it may travel to a running server. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** Standard input without its last line break, if the command reads it. */
  readonly stdin?: string;
  /** Contents of the files that flags named, by flag. */
  readonly files: Readonly<Record<string, string>>;
  /** The working directory of who typed it, from which relative paths start. */
  readonly directory: string;
}

export type CommandResult =
  | { readonly kind: 'done'; readonly value: JsonValue }
  /** For output of any length: pieces of text, written as they come. */
  | { readonly kind: 'text'; readonly pieces: AsyncIterable<string> }
  | { readonly kind: 'refused'; readonly problem: string };

interface CommandRow {
  /** One or two words: `user add`. */
  readonly name: string;
  /** Arguments by name, in order; optional ones, in brackets, come last. */
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, Flag>>;
  readonly help: string;
  /** Another command asks for it; nobody types it. */
  readonly isInternal?: true;
  /** The flag whose presence makes the command read standard input. */
  readonly stdinFlag?: string;
  /** The flag that names a file to be read for the command. */
  readonly fileFlag?: string;
  /** The result for people; with --json it is printed as it is. */
  readonly print: (value: JsonValue) => string;
}

/** Works on records: asks a running server to do it, or opens the store itself. */
export interface EngineCommand extends CommandRow {
  readonly kind: 'engine';
  /** People, and what all issuers share: no issuer has to be chosen, or not for this invocation. */
  readonly ofAllIssuers?: true | ((invocation: Invocation) => boolean);
  /** Runs even where what the store adds to the configuration does not hold. */
  readonly mendsConfiguration?: true;
  readonly run: (engine: Engine, invocation: Invocation) => Promise<CommandResult>;
}

/** Works on the file store beneath the records; likewise in a running server or by itself. */
export interface FilesCommand extends CommandRow {
  readonly kind: 'files';
  readonly run: (
    store: FileStore,
    invocation: Invocation,
    isServing: boolean,
  ) => Promise<CommandResult>;
}

export type StoreCommand = EngineCommand | FilesCommand;

/** Needs no store. */
export interface LocalCommand extends CommandRow {
  readonly kind: 'local';
  readonly run: (invocation: Invocation) => Promise<CommandResult>;
}

/** Stays, speaks for itself, and ends with an exit code. */
export interface LongCommand extends Omit<CommandRow, 'print'> {
  readonly kind: 'long';
  readonly run: (invocation: Invocation) => Promise<number>;
}

export type Command = EngineCommand | FilesCommand | LocalCommand | LongCommand;

/** Who makes the changes that commands make. */
export const COMMAND_LINE: Actor = { kind: 'cli' };

/** Flags that every command has. */
export const COMMON_FLAGS = {
  config: {
    type: 'string',
    value: 'FILE',
    help:
      'The configuration file; by default $OSTIARY_CONFIG, or ostiary.yaml here if there is one.',
  },
  data: {
    type: 'string',
    value: 'DIR',
    help: 'The data directory; by default $OSTIARY_DATA, or as the configuration says.',
  },
  issuer: {
    type: 'string',
    value: 'URL',
    help: 'The issuer that is meant, where there are several.',
  },
  json: { type: 'boolean', help: 'Print JSON.' },
  help: { type: 'boolean', help: 'Print this help.' },
} as const satisfies Record<string, Flag>;

export function textFlag(invocation: Invocation, name: string): string | undefined {
  const value = invocation.flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function listFlag(invocation: Invocation, name: string): readonly string[] {
  const value = invocation.flags[name];
  return Array.isArray(value) ? value : [];
}

/** A required argument; that it is there was checked when the command line was read. */
export function argument(invocation: Invocation, index: number): string {
  return invocation.positionals[index] ?? '';
}

export function done(value: unknown): CommandResult {
  // What commands return are records and lists of them: JSON, though interfaces do not say so.
  return { kind: 'done', value: value as JsonValue };
}

export function refused(problem: string): CommandResult {
  return { kind: 'refused', problem };
}

/** What administration answered, as a command's result. */
export function resultOf(outcome: Outcome<unknown>): CommandResult {
  return outcome.kind === 'done' ? done(outcome.value) : outcome;
}
