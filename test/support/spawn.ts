import process from 'node:process';

export interface RuntimeCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** How to run a script of ours on the runtime that runs this one, for `child_process.spawn(command, args)`. */
export function runtimeCommand(script: string, args: readonly string[] = []): RuntimeCommand {
  const run = 'Deno' in globalThis ? ['run', '--no-lock', '-A', script] : [script];
  return { command: process.execPath, args: [...run, ...args] };
}

/** For the first line of a report: figures without it say little. */
export function runtimeName(): string {
  const { versions } = process;
  if (versions['bun'] !== undefined) return `Bun ${versions['bun']}`;
  return versions['deno'] !== undefined ? `Deno ${versions['deno']}` : `Node ${versions.node}`;
}
