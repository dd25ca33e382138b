import { spawn } from 'node:child_process';
import process from 'node:process';
import type { Notifier } from './notifier.ts';

export interface CommandNotifierOptions {
  /** A program by its absolute path, and its arguments, as they are: no shell reads them. */
  readonly argv: readonly [program: string, ...args: string[]];
  /** Seconds, after which it is killed; by default 30. */
  readonly timeout?: number;
}

/** Of our own variables, those that a program may need to run at all; secrets are among the others. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SystemRoot'];

const DEFAULT_TIMEOUT = 30;

/** Hands each message as one JSON object to the standard input of a program; exit status 0 takes it. What it writes is not read. */
export function createCommandNotifier({ argv, timeout }: CommandNotifierOptions): Notifier {
  const [program, ...args] = argv;
  const milliseconds = (timeout ?? DEFAULT_TIMEOUT) * 1000;

  return {
    takesNames: true,
    send(message) {
      return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
          shell: false,
          env: environment(),
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
        const end = (problem?: string): void => {
          clearTimeout(timer);
          if (problem === undefined) resolve();
          else reject(new Error(`the command did not take the message: ${problem}`));
        };
        child.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'it cannot be run'));
        child.on('close', (code, signal) => {
          if (code === 0) end();
          else end(signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`);
        });
        // One that does not read what it is told may take the message all the same.
        child.stdin.on('error', () => {});
        child.stdin.end(`${JSON.stringify(message)}\n`);
      });
    },
  };
}

function environment(): Record<string, string> {
  const pairs = PASSED_ON.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
