/** From the start of the process to the first answer that says ready, on every runtime; and what it weighs when idle. */
import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import process from 'node:process';
import { median } from './compare.ts';
import { emptyInstallation, type Installation, serveOstiary } from './contestants.ts';
import { type BudgetForm, budgetText, count, table } from './report.ts';
import { sleep } from './window.ts';
import {
  residentMegabytes,
  ROOT,
  type Runtime,
  RUNTIMES,
  untilReady,
  type Workspace,
} from './workspace.ts';

const STARTS = 7;

/** Seconds without a request before memory is looked at. */
const IDLE_SECONDS = 2;

const READY: BudgetForm = { atMost: 300, digits: 0, unit: ' ms' };
const IDLE: BudgetForm = { atMost: 80, digits: 0, unit: ' MiB' };

/** @throws {Error} when one does not start, or does not stop as it should */
export async function startUpText(workspace: Workspace): Promise<string> {
  const rows: string[][] = [['', 'first start ms', 'later start ms', 'slowest ms', 'idle MiB']];
  const verdicts: string[] = [];
  for (const started of startedOf(workspace)) {
    const { name } = started;
    const { first, later, idleMegabytes } = await measure(started, workspace);
    const [ofFirst, ofLater] = [median(first), median(later)];
    const slowest = Math.max(...first, ...later);
    rows.push([name, ...[ofFirst, ofLater, slowest, idleMegabytes].map(count)]);
    const verdict = (what: string, text: string): string =>
      `  ${name.padEnd(10)} ${what.padEnd(12)} ${text}`;
    verdicts.push(verdict('first start', budgetText(ofFirst, READY)));
    verdicts.push(verdict('later start', budgetText(ofLater, READY)));
    // design.md §7 has no figure for Deno.
    if (name !== 'deno') verdicts.push(verdict('idle', budgetText(idleMegabytes, IDLE)));
  }
  return [`start-up (medians of ${STARTS})`, table(rows), ...verdicts].join('\n');
}

interface Started {
  readonly name: string;
  readonly runtime: Runtime;
  readonly script?: string;
  readonly flags?: readonly string[];
}

/** The sources on each runtime, on Node as `npm start` runs them; and on Node what npm installs, free of types already. */
function startedOf(workspace: Workspace): readonly Started[] {
  const built = join(workspace.directory('built'), 'dist');
  execFileSync(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    ...['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', built],
  ]);
  return [
    ...RUNTIMES.map((runtime) => ({
      name: runtime,
      runtime,
      flags: runtime === 'node' ? ['--import', './scripts/compile_cache.js'] : [],
    })),
    { name: 'node, dist', runtime: 'node', script: relative(ROOT, join(built, 'main.js')) },
  ];
}

interface StartUp {
  /** Milliseconds each: into an empty directory, with keys to be made, and into one that is in use. */
  readonly first: readonly number[];
  readonly later: readonly number[];
  readonly idleMegabytes: number;
}

async function measure(started: Started, workspace: Workspace): Promise<StartUp> {
  const first: number[] = [];
  const later: number[] = [];
  const idle: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const installation = await emptyInstallation(workspace);
    first.push((await startAndStop(installation, started, workspace, 0)).milliseconds);
    const idleSeconds = i < 3 ? IDLE_SECONDS : 0;
    const again = await startAndStop(installation, started, workspace, idleSeconds);
    later.push(again.milliseconds);
    if (idleSeconds > 0) idle.push(again.megabytes);
  }
  return { first, later, idleMegabytes: median(idle) };
}

async function startAndStop(
  installation: Installation,
  { name, runtime, script, flags = [] }: Started,
  workspace: Workspace,
  idleSeconds: number,
): Promise<{ readonly milliseconds: number; readonly megabytes: number }> {
  const child = serveOstiary(installation, workspace, { runtime, flags }, script);
  const milliseconds = await untilReady(child, `${installation.issuer}/readyz`);
  await sleep(idleSeconds);
  const megabytes = residentMegabytes(child);
  await child.stop();
  if (await child.exited !== 0) throw new Error(`${name} does not stop: ${child.output()}`);
  return { milliseconds, megabytes };
}
