import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { ConfigError } from '../config/config_error.ts';
import { loadConfig } from '../config/load.ts';
import { describeMistake } from '../spec/mistake.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { helpOf, parseArguments, type ParsedArguments } from './arguments.ts';
import type { Command, CommandResult, Invocation, LocalCommand, StoreCommand } from './command.ts';
import { sourceOf } from './source.ts';
import { complain, isHeard, print, readStdin } from './terminal.ts';

/** Runs one command to its end. @returns the exit code: 0, 1 with one line why not, 2 for a command line it cannot read */
export async function runCommand(command: Command, words: readonly string[]): Promise<number> {
  const parsed = parseArguments(command, words);
  if (!parsed.ok) {
    await complain(
      `ostiary ${command.name}: ${parsed.problem}; see ostiary ${command.name} --help`,
    );
    return 2;
  }
  if (parsed.value.flags['help'] === true) {
    await print(helpOf(command));
    return 0;
  }
  try {
    const invocation = await invocationOf(command, parsed.value);
    switch (command.kind) {
      case 'long':
        return await command.run(invocation);
      case 'local':
        return await show(command, invocation, await command.run(invocation));
      case 'engine':
      case 'files':
        return await runOnStore(command, invocation);
    }
  } catch (error) {
    if (error instanceof ConfigError) await complain(...error.problems);
    else await complain(`ostiary ${command.name}: ${reasonOf(error)}`);
    return 1;
  }
}

/** The first line of what went wrong. */
function reasonOf(error: unknown): string {
  if (process.env['OSTIARY_LOG']?.includes('debug') && error instanceof Error) {
    return error.stack ?? String(error);
  }
  if (error instanceof OAuthError) return error.hint;
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}

async function invocationOf(command: Command, parsed: ParsedArguments): Promise<Invocation> {
  const { stdinFlag, fileFlag } = command;
  const stdin = stdinFlag !== undefined && parsed.flags[stdinFlag] === true
    ? await readStdin()
    : undefined;
  const file = fileFlag === undefined ? undefined : parsed.flags[fileFlag];
  const directory = process.cwd();
  const files = fileFlag !== undefined && typeof file === 'string'
    ? { [fileFlag]: await readFile(resolve(directory, file), 'utf8') }
    : {};
  return { ...parsed, files, directory, ...stdin !== undefined && { stdin } };
}

async function runOnStore(command: StoreCommand, invocation: Invocation): Promise<number> {
  const loaded = await loadConfig(sourceOf(invocation));
  if (!loaded.ok) {
    await complain(...loaded.mistakes.map(describeMistake));
    return 1;
  }
  const { config } = loaded;
  const { askServer } = await import('./control_client.ts');
  const answer = await askServer(config.data, command.name, invocation);
  if (answer !== undefined) return await show(command, invocation, answer);
  if (config.storage.engine === 'memory') {
    const problem = 'the store is memory, so there is nothing to work on unless the server runs';
    return await show(command, invocation, { kind: 'refused', problem });
  }
  const { runLocally } = await import('./local_store.ts');
  return await runLocally(
    command,
    invocation,
    config,
    (result) => show(command, invocation, result),
  );
}

async function show(
  command: StoreCommand | LocalCommand,
  invocation: Invocation,
  result: CommandResult,
): Promise<number> {
  switch (result.kind) {
    case 'refused':
      await complain(`ostiary ${command.name}: ${result.problem}`);
      return 1;
    case 'done': {
      const isJson = invocation.flags['json'] === true;
      await print(isJson ? `${JSON.stringify(result.value)}\n` : command.print(result.value));
      return 0;
    }
    case 'text':
      for await (const piece of result.pieces) {
        if (!isHeard()) break;
        await print(piece);
      }
      return 0;
  }
}
