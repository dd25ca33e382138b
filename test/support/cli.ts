import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runtimeCommand } from './spawn.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** For tests that start processes: on a busy machine ten of them take longer than a runtime's default limit. */
export const SLOW = { timeout: 300_000 } as const;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Served {
  readonly issuer: string;
  readonly address: string;
  /** All of it so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves when the log has a line with the text. */
  logged(text: string): Promise<void>;
  stop(signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Finished>;
}

/** A directory in which `ostiary` is typed, and what runs in it. */
export interface Place {
  readonly directory: string;
  write(name: string, text: string): Promise<void>;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** The JSON that a command prints; fails unless it exits 0. */
  json(args: readonly string[], options?: RunOptions): Promise<unknown>;
  serve(options?: ServeOptions): Promise<Served>;
  close(): Promise<void>;
}

interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface ServeOptions {
  /** Default `--port 0`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `fresh`: without the keys of the default issuer, which otherwise are made once and copied, as they take their time. */
export async function openPlace(kind: 'fresh' | 'with keys' = 'with keys'): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-cli-'));
  if (kind === 'with keys') {
    await mkdir(join(directory, 'data/journal'), { recursive: true, mode: 0o700 });
    for (const [name, bytes] of await (madeKeys ??= makeKeys())) {
      await writeFile(join(directory, name), bytes, { mode: 0o600 });
    }
  }
  const running = new Set<ChildProcess>();

  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { command, args: all } = runtimeCommand(MAIN, args);
    const child = spawn(command, all, {
      cwd: directory,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(child);
    const output = { stdout: '', stderr: '' };
    const heard = new Set<() => void>();
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8');
      child[stream].on('data', (text: string) => {
        output[stream] += text;
        for (const hear of heard) hear();
      });
    }
    const finished = new Promise<Finished>((resolve) => {
      child.on('close', (code) => {
        running.delete(child);
        resolve({ code, ...output });
        for (const hear of heard) hear();
      });
    });
    /** Resolves when the output so far is as wanted, rejects when the process ends before. */
    const until = (isThere: () => boolean): Promise<void> =>
      new Promise((resolve, reject) => {
        const hear = (): void => {
          if (isThere()) resolve();
          else if (!running.has(child)) reject(new Error(`ended early: ${output.stderr}`));
          else return;
          heard.delete(hear);
        };
        heard.add(hear);
        hear();
      });
    return { child, output, finished, until };
  };

  const place: Place = {
    directory,
    write: (name, text) => writeFile(join(directory, name), text),
    run(args, { stdin, env } = {}) {
      const { child, finished } = start(args, env);
      child.stdin.on('error', () => {});
      child.stdin.end(stdin ?? '');
      return finished;
    },
    async json(args, options) {
      const { code, stdout, stderr } = await place.run([...args, '--json'], options);
      if (code !== 0) throw new Error(`${args.join(' ')} exited ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    async serve({ flags = ['--port', '0'], env } = {}) {
      const { child, output, finished, until } = start(['serve', '--json', ...flags], env);
      child.stdin.end();
      await until(() => output.stdout.includes('\n'));
      const ready = JSON.parse(output.stdout.split('\n')[0] ?? '');
      return {
        issuer: ready.discovery.replace('/.well-known/openid-configuration', ''),
        address: ready.address,
        output: () => ({ ...output }),
        logged: (text) => until(() => output.stderr.includes(text)),
        stop(signal = 'SIGTERM') {
          // Not child.kill(): after that, Deno reports the signal whatever the process exits with.
          if (child.pid !== undefined) process.kill(child.pid, signal);
          return finished;
        },
      };
    },
    async close() {
      for (const child of running) child.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
  return place;
}

let madeKeys: Promise<ReadonlyMap<string, Uint8Array>> | undefined;

/** The files of a data directory in which there is nothing but keys, by name. */
async function makeKeys(): Promise<ReadonlyMap<string, Uint8Array>> {
  const place = await openPlace('fresh');
  await place.json(['key', 'list']);
  const files = new Map<string, Uint8Array>();
  const data = join(place.directory, 'data');
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(relative(place.directory, file), await readFile(file));
  }
  await place.close();
  return files;
}

/** The machine's own, without what would change how Ostiary runs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) =>
    !name.startsWith('OSTIARY_') && !name.startsWith('NODE_')
  );
  return { ...Object.fromEntries(entries), NO_COLOR: '1' };
}
