import { readFileSync } from 'node:fs';

export interface WindowOptions {
  readonly seconds: number;
  /** Not counted, save what fails; default 1. */
  readonly warmupSeconds?: number;
  /** The server, to be asked what it used. */
  readonly pid?: number;
}

export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server's processor time for each answer, all its threads together. */
  readonly cpu?: number;
  readonly failures: number;
  /** What the first failure looked like. */
  readonly firstFailure?: string;
}

/** The time in which a load is counted. */
export interface Window {
  isOver(): boolean;
  /** An answer as it should be, after so many milliseconds. */
  succeed(milliseconds: number): void;
  fail(what: string): void;
  /** Resolves at its end, whatever is still under way. */
  readonly ended: Promise<void>;
  result(): LoadResult;
}

export function openWindow({ seconds, warmupSeconds = 1, pid }: WindowOptions): Window {
  const times: number[] = [];
  let failures = 0;
  let firstFailure: string | undefined;
  let phase: 'warm-up' | 'counting' | 'over' = 'warm-up';
  let measuredSeconds = NaN;
  let cpuSeconds: number | undefined;

  async function pass(): Promise<void> {
    await sleep(warmupSeconds);
    const [start, cpuStart] = [performance.now(), cpuSecondsOf(pid)];
    phase = 'counting';
    await sleep(seconds);
    phase = 'over';
    measuredSeconds = (performance.now() - start) / 1000;
    const cpuEnd = cpuSecondsOf(pid);
    if (cpuStart !== undefined && cpuEnd !== undefined) cpuSeconds = cpuEnd - cpuStart;
  }

  return {
    isOver: () => phase === 'over',
    succeed(milliseconds) {
      if (phase === 'counting') times.push(milliseconds);
    },
    fail(what) {
      if (phase === 'over') return;
      failures++;
      firstFailure ??= what.slice(0, 500);
    },
    ended: pass(),
    result() {
      const sorted = Float64Array.from(times).sort();
      const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? NaN;
      return {
        perSecond: sorted.length / measuredSeconds,
        p50: at(0.5),
        p99: at(0.99),
        failures,
        ...(cpuSeconds === undefined ? {} : { cpu: cpuSeconds * 1e6 / sorted.length }),
        ...(firstFailure === undefined ? {} : { firstFailure }),
      };
    },
  };
}

export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** A hundredth of a second is Linux's unit; elsewhere it is not told. */
function cpuSecondsOf(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name of the process, in parentheses, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
