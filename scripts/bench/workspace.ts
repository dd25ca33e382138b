/** Child processes and scratch directories of one run: however it ends, none of them outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { sleep } from './window.ts';

export const RUNTIMES = ['node', 'bun', 'deno'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** The repository. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** All that a run writes; on the repository's disk, as syncing a temporary file system would cost nothing. */
export const SCRATCH = join(ROOT, '.bench');

export interface Running {
  readonly pid: number;
  /** By the clock of `performance.now()`. */
  readonly startedAt: number;
  /** The exit code; null after a signal. */
  readonly exited: Promise<number | null>;
  isRunning(): boolean;
  /** The end of what it wrote. */
  output(): string;
  /** Resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface StartOptions {
  /** Default: that of the workspace. */
  readonly runtime?: Runtime;
  /** For the runtime itself. */
  readonly flags?: readonly string[];
  readonly input?: string;
}

export interface Workspace {
  /** A new, empty one. */
  directory(name: string): string;
  start(script: string, args: readonly string[], options?: StartOptions): Running;
  /** To its end. @throws {Error} with what it wrote, when it fails */
  run(script: string, args: readonly string[], options?: StartOptions): Promise<void>;
  /** Synchronous, so that the last moment of the process is early enough. */
  close(): void;
}

export function openWorkspace(usual: Runtime): Workspace {
  mkdirSync(SCRATCH, { recursive: true });
  const top = mkdtempSync(join(SCRATCH, 'run-'));
  const children = new Set<ChildProcess>();
  const workspace: Workspace = {
    directory: (name) => mkdtempSync(join(top, `${name}-`)),
    start(script, args, { runtime = usual, flags = [], input } = {}) {
      const log = join(workspace.directory('log'), 'output');
      // A file, not a pipe: to read what servers log would cost the load generator its time.
      const out = openSync(log, 'a', 0o600);
      const child = spawn(
        join(ROOT, 'node_modules/.bin', runtime),
        [...(runtime === 'deno' ? ['run', '-A'] : []), ...flags, join(ROOT, script), ...args],
        {
          cwd: ROOT,
          env: { ...process.env, NODE_ENV: 'production' },
          stdio: [input === undefined ? 'ignore' : 'pipe', out, out],
        },
      );
      closeSync(out);
      child.stdin?.end(input);
      children.add(child);
      const exited = new Promise<number | null>((done) => {
        child.once('error', () => done(null));
        child.once('exit', done);
      }).finally(() => children.delete(child));
      return running(child, exited, log);
    },
    async run(script, args, options) {
      const child = workspace.start(script, args, options);
      if (await child.exited !== 0) throw new Error(`${script} failed: ${child.output()}`);
    },
    close() {
      for (const child of children) child.kill('SIGKILL');
      removeDirectory(top);
    },
  };
  return workspace;
}

function running(child: ChildProcess, exited: Promise<number | null>, log: string): Running {
  return {
    pid: child.pid ?? -1,
    startedAt: performance.now(),
    exited,
    isRunning: () =>
      child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    output: () => readFileSync(log, 'utf8').slice(-4000),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const insist = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await exited;
      clearTimeout(insist);
    },
  };
}

/** Those just killed may still be writing into it, so more than once. */
function removeDirectory(directory: string): void {
  for (let attempt = 0; attempt < 20 && existsSync(directory); attempt++) {
    if (attempt > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // Not empty again; the next attempt may find it still.
    }
  }
}

/** Resident memory in MiB. Linux only. */
export function residentMegabytes({ pid }: Running): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ??
    [];
  return Number(kilobytes) / 1024;
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Milliseconds from its start until the server answers 200 there. @throws {Error} with what it wrote, when it does not */
export async function untilReady(child: Running, url: string): Promise<number> {
  const limit = performance.now() + 60_000;
  while (child.isRunning() && performance.now() < limit) {
    const isReady = await fetch(url).then(
      async (response) => (await response.arrayBuffer(), response.ok),
      () => false,
    );
    if (isReady) return performance.now() - child.startedAt;
    await sleep(0.002);
  }
  throw new Error(`${url} does not answer: ${child.output()}`);
}
