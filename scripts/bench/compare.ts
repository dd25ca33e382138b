/** One row after another, each in rounds of one contestant after another, so that a drift of the machine meets them all. */
import type { Contestant, Name } from './contestants.ts';
import type { Bench, Row } from './rows.ts';
import type { LoadResult } from './window.ts';
import { residentMegabytes } from './workspace.ts';

export interface Plan {
  readonly rounds: number;
  /** Of one contestant in one round. */
  readonly seconds: number;
}

export interface Score {
  readonly name: Name;
  /** Medians over the rounds. */
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time. */
  readonly cpu: number;
  readonly residentMegabytes: number;
  /** Of each round. */
  readonly perRound: readonly number[];
}

export interface Comparison {
  readonly row: Row;
  readonly scores: readonly Score[];
  /** What makes the figures worth nothing. */
  readonly problems: readonly string[];
}

/** Seconds before the first round, for compilers to settle, and before the others. */
const FIRST_WARMUP = 1.5;
const WARMUP = 0.3;

export async function compare(
  row: Row,
  contestants: readonly Contestant[],
  { rounds, seconds }: Plan,
): Promise<Comparison> {
  const benches = new Map<Contestant, Bench>();
  const results = new Map<Contestant, LoadResult[]>();
  const problems: string[] = [];
  const checkAll = async (when: string): Promise<void> => {
    for (const [{ name }, bench] of benches) {
      await bench.check().catch((error) =>
        problems.push(`${name}, ${when} timing: ${error.message}`)
      );
    }
  };
  for (const contestant of contestants) benches.set(contestant, await row.prepare(contestant));
  await checkAll('before');
  for (let round = 0; round < rounds; round++) {
    const warmupSeconds = round === 0 ? FIRST_WARMUP : WARMUP;
    for (const [contestant, bench] of benches) {
      const result = await bench.measure({ seconds, warmupSeconds, pid: contestant.child.pid });
      results.set(contestant, [...results.get(contestant) ?? [], result]);
      if (result.failures > 0) {
        const { name } = contestant;
        problems.push(`${name}, ${result.failures} failed, the first: ${result.firstFailure}`);
      }
    }
  }
  const scores = contestants.map((each) => scoreOf(each, results.get(each) ?? []));
  await checkAll('after');
  return { row, scores, problems };
}

/** The median over the rounds of Ostiary's throughput by the other's in the same round; undefined: it did not take part. */
export function ratioOf({ scores }: Comparison, other: Name): number | undefined {
  const own = scores.find(({ name }) => name === 'ostiary')?.perRound ?? [];
  const others = scores.find(({ name }) => name === other)?.perRound;
  return others && median(own.map((each, round) => each / (others[round] ?? NaN)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function scoreOf(contestant: Contestant, results: readonly LoadResult[]): Score {
  const perRound = results.map(({ perSecond }) => perSecond);
  return {
    name: contestant.name,
    perSecond: median(perRound),
    p50: median(results.map(({ p50 }) => p50)),
    p99: median(results.map(({ p99 }) => p99)),
    cpu: median(results.map(({ cpu }) => cpu ?? NaN)),
    residentMegabytes: residentMegabytes(contestant.child),
    perRound,
  };
}
