import { usageOf } from './arguments.ts';
import type { Command } from './command.ts';
import { allCommands } from './commands.ts';

/** Every command with its sentence. */
export async function overview(): Promise<string> {
  const commands = await allCommands();
  const width = Math.max(...commands.map((command) => shortForm(command).length));
  const rows = commands.map((command) => `  ${shortForm(command).padEnd(width)}  ${command.help}`);
  return [
    'Ostiary, an OpenID Connect Provider.',
    '',
    'Usage: ostiary COMMAND [--config FILE] [--data DIR] [--json]',
    '',
    ...rows,
    '',
    'ostiary COMMAND --help tells what a command takes.',
    '',
  ].join('\n');
}

export function familyHelp(commands: readonly Command[]): string {
  return commands.map((command) => `${usageOf(command)}\n    ${command.help}\n`).join('');
}

function shortForm(command: Command): string {
  return [command.name, ...command.positionals].join(' ');
}
