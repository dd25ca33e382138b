import process from 'node:process';
import type { Config } from '../config/config.ts';
import type { Log } from '../spec/log.ts';
import { chosenEngine } from './chosen_issuer.ts';
import { type CommandResult, type Invocation, refused, type StoreCommand } from './command.ts';
import { createLog, parseLogSetting } from './log.ts';
import { complain } from './terminal.ts';

/** Opens the store, which no other process may then have open, for one command. */
export async function runLocally(
  command: StoreCommand,
  invocation: Invocation,
  config: Config,
  show: (result: CommandResult) => Promise<number>,
): Promise<number> {
  const log = commandLog();
  if (command.kind === 'files') {
    const { openFileStore } = await import('../store/file/file_store.ts');
    const store = await openFileStore(config.data, { log });
    try {
      return await show(await command.run(store, invocation, false));
    } finally {
      await store.close();
    }
  }
  const { openInstance } = await import('../app.ts');
  const storageKey = process.env['OSTIARY_STORAGE_KEY'] || undefined;
  const instance = await openInstance(config, {
    log,
    storageKey,
    isCommand: true,
    isLenient: command.mendsConfiguration === true,
  });
  try {
    const choice = chosenEngine(command, invocation, instance);
    return await show(
      choice.ok ? await command.run(choice.engine, invocation) : refused(choice.problem),
    );
  } finally {
    await instance.close();
  }
}

/** What a server notes as usual is noise beside a command's own output. */
function commandLog(): Log {
  const asked = process.env['OSTIARY_LOG'];
  const setting = parseLogSetting(asked || 'warn') ?? { level: 'warn', format: 'text' };
  return createLog(setting, (line) => void complain(line));
}
