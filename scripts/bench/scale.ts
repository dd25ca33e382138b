/** What a store that has grown costs: memory, disk, time to start, and the tails of what reads and writes it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { emptyInstallation, type Installation, provider, serveOstiary } from './contestants.ts';
import { loadFlow, type Step, type Variables } from './flow.ts';
import { budgetText, count, table } from './report.ts';
import { CONCURRENCY, introspectionStep, refreshStep } from './rows.ts';
import type { LoadResult } from './window.ts';
import { residentMegabytes, untilReady, type Workspace } from './workspace.ts';

const SIZES = [1000, 100_000, 1_000_000] as const;

/** Grants whose tokens are sent, one after another, in no order: more than are asked for, or all there are. */
const SAMPLE = 50_000;

const LOAD = { seconds: 5, warmupSeconds: 1 } as const;

interface Stage {
  readonly grants: number;
  readonly fillSeconds: number;
  readonly megabytesOnDisk: number;
  /** Milliseconds from start to ready: after the filling, and after the load. */
  readonly restarts: readonly number[];
  readonly residentAtStart: number;
  readonly residentAfterLoad: number;
  readonly introspection: LoadResult;
  readonly refresh: LoadResult;
}

/** Prints as it goes; false when an answer was wrong. */
export async function scale(workspace: Workspace): Promise<boolean> {
  const installation = await emptyInstallation(workspace);
  const stages: Stage[] = [];
  for (const size of SIZES) {
    const stage = await measure(stages.at(-1)?.grants ?? 0, size, installation, workspace);
    console.log(`\n${count(size)} live grants (${stage.fillSeconds.toFixed(1)} s to write)`);
    stages.push(stage);
    console.log(stageText(stage));
  }
  const [least, most] = [stages[0], stages.at(-1)];
  if (least === undefined || most === undefined) return false;
  console.log(`\nscale\n${verdicts(least, most)}`);
  const failures = stages.flatMap(({ introspection, refresh }) => [introspection, refresh])
    .filter((each) => each.failures > 0);
  for (const { failures: n, firstFailure } of failures) {
    console.log(`  INVALID: ${n} failed, the first: ${firstFailure}`);
  }
  return failures.length === 0;
}

async function measure(
  from: number,
  size: number,
  installation: Installation,
  workspace: Workspace,
): Promise<Stage> {
  const file = join(workspace.directory('sample'), 'tokens.json');
  const startedAt = performance.now();
  await workspace.run('scripts/bench/scale_fill.ts', [
    ...[installation.file, from, size, Math.min(size, SAMPLE), file].map(String),
  ]);
  const fillSeconds = (performance.now() - startedAt) / 1000;
  const sample: readonly Variables[] = JSON.parse(readFileSync(file, 'utf8'));
  const { issuer } = installation;

  const child = serveOstiary(installation, workspace);
  const firstStart = await untilReady(child, `${issuer}/readyz`);
  const residentAtStart = residentMegabytes(child);
  const { endpoints } = await provider('ostiary', issuer, child);
  const introspection = await tokenLoad(introspectionStep(endpoints), sample, child.pid);
  const refresh = await tokenLoad(refreshStep(endpoints), sample, child.pid);
  const residentAfterLoad = residentMegabytes(child);
  await child.stop();

  const again = serveOstiary(installation, workspace);
  const secondStart = await untilReady(again, `${issuer}/readyz`);
  await again.stop();
  return {
    grants: size,
    fillSeconds,
    megabytesOnDisk: bytesBelow(installation.data) / 2 ** 20,
    restarts: [firstStart, secondStart],
    residentAtStart,
    residentAfterLoad,
    introspection,
    refresh,
  };
}

/** Each actor has its own part of the sample, so that no two refresh one grant. */
function tokenLoad(step: Step, sample: readonly Variables[], pid: number): Promise<LoadResult> {
  const actors = Array.from(
    { length: CONCURRENCY },
    (_, actor) => sample.filter((_, index) => index % CONCURRENCY === actor),
  );
  return loadFlow({ steps: [step], actors, pid, ...LOAD });
}

function bytesBelow(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function stageText({ introspection, refresh, ...stage }: Stage): string {
  const [afterFill = NaN, afterLoad = NaN] = stage.restarts;
  return [
    table([
      ['', 'per second', 'p50 ms', 'p99 ms', 'CPU µs each'],
      loadCells('introspection', introspection),
      loadCells('refresh', refresh),
    ]),
    `  restart to ready ${count(afterFill)} ms, after the load ${count(afterLoad)} ms`,
    `  RSS at start ${count(stage.residentAtStart)} MiB, after the load ${
      count(stage.residentAfterLoad)
    } MiB`,
    `  on disk ${count(stage.megabytesOnDisk)} MiB`,
  ].join('\n');
}

function loadCells(name: string, { perSecond, p50, p99, cpu = NaN }: LoadResult): string[] {
  return [name, count(perSecond), p50.toFixed(2), p99.toFixed(2), count(cpu)];
}

function verdicts(least: Stage, most: Stage): string {
  const growth = (of: 'introspection' | 'refresh'): string =>
    budgetText(most[of].p99 / least[of].p99, { atMost: 1.5, digits: 2, unit: ' ×' });
  const resident = Math.max(most.residentAtStart, most.residentAfterLoad);
  return [
    `  RSS                ${budgetText(resident, { atMost: 500, digits: 0, unit: ' MiB' })}`,
    `  restart            ${
      budgetText(Math.max(...most.restarts) / 1000, { atMost: 5, digits: 2, unit: ' s' })
    }`,
    `  introspection p99  ${growth('introspection')}`,
    `  refresh p99        ${growth('refresh')}`,
  ].join('\n');
}
