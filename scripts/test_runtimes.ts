/**
 * Runs the whole suite on Node, Bun and Deno, each from the lockfile, and prints one line of counts for each.
 * `npm test`, or `npm test -- test/store` for a part, `npm test -- --runtime=bun` for one of them.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';

interface Runtime {
  readonly name: string;
  readonly args: (files: readonly string[]) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Passed, failed and skipped tests from what the runtime printed. */
  readonly count: (output: string) => Counts | undefined;
  /** Where the part of the output about failures begins. */
  readonly failuresAt: RegExp;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const RUNTIMES: readonly Runtime[] = [
  {
    name: 'node',
    args: (files) => ['--test', '--test-reporter=spec', '--test-concurrency=2', ...files],
    count: (output) => counts(output, /^ℹ pass (\d+)$/m, /^ℹ fail (\d+)$/m, /^ℹ skipped (\d+)$/m),
    failuresAt: /^✖ failing tests:/m,
  },
  {
    name: 'bun',
    args: (files) => ['test', '--timeout', '300000', ...files.map((file) => `./${file}`)],
    count: (output) => counts(output, /^ *(\d+) pass$/m, /^ *(\d+) fail$/m, /^ *(\d+) skip$/m),
    failuresAt: /^.*\(fail\)/m,
  },
  {
    name: 'deno',
    args: (files) => ['test', '-A', '--no-check', '--quiet', '--parallel', ...files],
    env: { DENO_JOBS: '2' },
    // Flat describe/it: each `it` is a step of its `describe`.
    count: (output) =>
      counts(
        output,
        /^\S+ \| \d+ passed \((\d+) steps?\)/m,
        /\| \d+ failed \((\d+) steps?\)|\| (\d+) failed/m,
        /\((\d+) steps?\) ignored/m,
      ),
    failuresAt: /^ *(ERRORS|FAILURES) *$/m,
  },
];

/** Minutes; a suite that hangs must not hold the machine. */
const LIMIT_MINUTES = 20;

const args = process.argv.slice(2);
const only = args.find((arg) => arg.startsWith('--runtime='))?.slice('--runtime='.length);
const files = await testFiles(args.filter((arg) => !arg.startsWith('--')));
const chosen = RUNTIMES.filter(({ name }) => only === undefined || name === only);
if (files.length === 0 || chosen.length === 0) {
  console.error('nothing to run');
  process.exit(1);
}

let passed = 0;
let failed = 0;
let skipped = 0;
for (const runtime of chosen) {
  const result = await run(runtime, files);
  passed += result.passed;
  failed += result.failed;
  skipped += result.skipped;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function run(runtime: Runtime, files: readonly string[]): Promise<Counts> {
  const command = `node_modules/.bin/${runtime.name}`;
  if (!existsSync(command)) {
    console.log(`${runtime.name}: missing; run npm ci`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const version = (await output(command, ['--version'])).text.split('\n')[0];
  const started = performance.now();
  const { text, code } = await output(command, runtime.args(files), runtime.env);
  const seconds = Math.round((performance.now() - started) / 1000);
  const found = runtime.count(text);
  if (code !== 0 || found === undefined || found.failed > 0) {
    const start = Math.max(0, text.search(runtime.failuresAt));
    console.log(text.slice(start).split('\n').slice(0, 250).join('\n'));
  }
  const counted = found ?? { passed: 0, failed: 1, skipped: 0 };
  const real = code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  console.log(
    `${runtime.name} (${version}): ${real.passed} ok, ${real.failed} not ok, ${real.skipped} left out, ${seconds} s`,
  );
  return real;
}

function output(
  command: string,
  args: readonly string[],
  env: Runtime['env'] = {},
): Promise<{ text: string; code: number }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MINUTES * 60_000);
    let text = '';
    child.stdout.on('data', (chunk) => text += chunk);
    child.stderr.on('data', (chunk) => text += chunk);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ text, code: code ?? 1 });
    });
  });
}

function counts(text: string, pass: RegExp, fail: RegExp, skip: RegExp): Counts | undefined {
  const first = (pattern: RegExp): number | undefined => {
    const match = pattern.exec(text);
    return match === null ? undefined : Number(match.slice(1).find((group) => group !== undefined));
  };
  const passed = first(pass);
  return passed === undefined
    ? undefined
    : { passed, failed: first(fail) ?? 0, skipped: first(skip) ?? 0 };
}

async function testFiles(wanted: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const file of glob('test/**/*.test.ts')) {
    if (wanted.length === 0 || wanted.some((part) => file.startsWith(part.replace(/^\.\//, '')))) {
      found.push(file);
    }
  }
  return found.sort();
}
