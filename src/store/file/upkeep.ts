import type { Log } from '../../spec/log.ts';
import { storeUnavailable } from '../errors.ts';
import { mergeCandidates, mergeSegments } from './compaction.ts';
import type { Directory } from './directory.ts';
import { removeDirectory } from './directory_file.ts';
import { writeHint } from './hint.ts';
import type { Journal } from './journal.ts';
import type { Place, Segment } from './segment.ts';

/** Work on closed segments, one job at a time, in slices between which requests are served. */
export interface Upkeep {
  /** Looks for something to do: a segment without hint, or waste to be merged away. Cheap; called often. */
  consider(): void;
  /** Merges all closed segments, now. */
  merge(): Promise<void>;
  /** A job during which no segment goes away. It awaits `pause` after each slice of work. */
  run<T>(job: (pause: () => Promise<void>) => Promise<T>): Promise<T>;
  /** Gives up what is under way, and waits until it has. */
  close(): Promise<void>;
}

export interface UpkeepOptions {
  readonly place: Place;
  readonly journal: Journal;
  readonly directory: Directory;
  readonly now: () => number;
  readonly segmentBytes: number;
  /** Segments that have a good hint. */
  readonly hinted: ReadonlySet<number>;
  readonly log: Log;
}

/** After a failure (a full disk, a damaged segment) the same is not tried again before this has passed. */
const RETRY_MILLISECONDS = 60_000;
const LONGEST_REST_MILLISECONDS = 10;

export function createUpkeep(options: UpkeepOptions): Upkeep {
  const { place, journal, directory, log } = options;
  let hinted = new Set(options.hinted);
  let jobs = 0;
  let last: Promise<unknown> = Promise.resolve();
  let closing = false;
  let notBeforeMilliseconds = 0;

  function run<T>(job: (pause: () => Promise<void>) => Promise<T>, restful = false): Promise<T> {
    jobs++;
    const pause = createPause(restful, () => closing);
    const result = last.then(pause).then(() => job(pause)).finally(() => jobs--);
    last = result.catch(() => {});
    return result;
  }

  function withoutHint(): Segment | undefined {
    return journal.segments.slice(0, -1).find(({ id }) => !hinted.has(id));
  }

  async function addHint(segment: Segment, pause: () => Promise<void>): Promise<void> {
    await writeHint(place, segment, pause);
    hinted.add(segment.id);
  }

  async function merge(sources: readonly Segment[], pause: () => Promise<void>): Promise<void> {
    const before = bytesOf(sources);
    await mergeSegments({ ...options, pause }, sources);
    await removeDirectory(place);
    const kept = journal.segments.filter(({ id, sources }) => hinted.has(id) || sources);
    hinted = new Set(kept.map(({ id }) => id));
    const after = bytesOf(journal.segments.slice(0, -1));
    log('info', 'store: segments merged', { segments: sources.length, bytes: before, after });
  }

  function nextJob(): ((pause: () => Promise<void>) => Promise<void>) | undefined {
    const segment = withoutHint();
    if (segment !== undefined) return (pause) => addHint(segment, pause);
    const sources = mergeCandidates(journal, directory);
    return sources.length > 0 ? (pause) => merge(sources, pause) : undefined;
  }

  /** One job after another until there is nothing left to do. */
  function consider(): void {
    if (jobs > 0 || closing || performance.now() < notBeforeMilliseconds) return;
    const job = nextJob();
    if (job === undefined) return;
    run(job, true).then(consider, (error) => {
      if (closing) return;
      notBeforeMilliseconds = performance.now() + RETRY_MILLISECONDS;
      log('error', 'store: upkeep failed, and will be tried again', { error: String(error) });
    });
  }

  return {
    consider,
    merge: () =>
      run(async (pause) => {
        const closed = journal.segments.slice(0, -1);
        const dead = closed.some(({ id, bytes, headBytes }) =>
          bytes - headBytes > directory.liveBytes(id)
        );
        if (dead) await merge(closed, pause);
        for (let segment = withoutHint(); segment !== undefined; segment = withoutHint()) {
          await addHint(segment, pause);
        }
      }),
    run,
    async close() {
      closing = true;
      await last;
    },
  };
}

/** Lets requests run; with `restful`, for at least as long as the slice before it took. */
function createPause(restful: boolean, isClosing: () => boolean): () => Promise<void> {
  let resumed = performance.now();
  return async () => {
    const rest = Math.min(performance.now() - resumed, LONGEST_REST_MILLISECONDS);
    await new Promise<void>((resolve) => {
      if (restful && rest >= 1) setTimeout(resolve, rest);
      else setImmediate(resolve);
    });
    if (isClosing()) throw storeUnavailable('Cannot go on as the store is being closed');
    resumed = performance.now();
  };
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}
