import type { Log } from '../../spec/log.ts';
import { storeUnavailable } from '../errors.ts';
import { writeManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import type { Place, Segment } from './segment.ts';
import { closeSegment, createSegment, retireSegment } from './segment.ts';

/** The open segments of a store, and the one way to append to the last of them. */
export interface Journal {
  /** Oldest first; the last one is written to. */
  readonly segments: readonly Segment[];
  readonly active: Segment;
  /** Why appending is not possible for now. */
  readonly problem: string | undefined;
  /** False after an error while the manifest was replaced: a crash would leave the old one or the new one. */
  readonly manifestIsCertain: boolean;
  segment(id: number): Segment;
  /** Repairs what failed and begins a new segment when the last one is full. @throws when appending is not possible */
  prepare(): void | Promise<void>;
  /** Appends at `active.bytes`; what it resolves for is on the disk. After a throw, `prepare` must come first. */
  append(bytes: Uint8Array): Promise<void>;
  /** Closes the last segment and begins a new one, unless it holds no record. Never while `append` runs. */
  roll(): Promise<void>;
  takeId(): number;
  /** Puts `outputs` in the place of `sources`, the oldest segments, which can be read until `retire` removes them. */
  replace(sources: readonly Segment[], outputs: readonly Segment[]): Promise<void>;
  retire(segment: Segment): Promise<void>;
  /** Marks an orderly close in the manifest, after `saveMore` has left what the next start can use then, and closes the files. */
  close(saveMore: (manifest: Manifest) => Promise<void>): Promise<void>;
}

export interface JournalOptions {
  readonly place: Place;
  readonly manifest: Manifest;
  readonly segments: readonly Segment[];
  readonly segmentBytes: number;
  /** The highest `seq` given out so far. */
  readonly seq: () => number;
  readonly log: Log;
}

/** Places in a segment must fit 32 bits. */
const MAX_SEGMENT_BYTES = 2 ** 31;

/**
 * After a failed write the file is cut back to what is known to be on the disk. After a failed sync it is not trusted
 * again, for the system may have dropped what it could not write and still read it back: a new segment is begun, and
 * the manifest notes how much of the old one counts.
 */
export function createJournal(options: JournalOptions): Journal {
  const { place, segmentBytes, log } = options;
  let segments = options.segments;
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  let next = options.manifest.next;
  let failure: { readonly stage: 'write' | 'sync'; readonly cause: unknown } | undefined;
  /** A manifest was being replaced when an error came: which one a crash would leave is unknown. */
  let uncertain = false;
  let rollFailed = false;
  let turn: Promise<unknown> = Promise.resolve();

  const active = () => segments.at(-1)!;
  const isFull = () => active().bytes >= Math.max(segmentBytes, active().headBytes + 1);

  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = turn.then(action);
    turn = result.catch(() => {});
    return result;
  }

  const manifestOf = (list: readonly Segment[], closed: boolean): Manifest => ({
    store: place.store,
    next,
    seq: options.seq(),
    segments: list.map(({ id, bytes }, i) =>
      i < list.length - 1 || closed ? { id, bytes } : { id }
    ),
  });

  async function save(list: readonly Segment[], closed: boolean): Promise<void> {
    const manifest = manifestOf(list, closed);
    let renaming = false;
    try {
      await writeManifest(place.files, place.directory, manifest, () => renaming = true);
    } catch (error) {
      uncertain ||= renaming;
      throw error;
    }
    uncertain = false;
    segments = list;
    for (const segment of list) byId.set(segment.id, segment);
  }

  async function beginSegment(): Promise<void> {
    const old = active();
    const fresh = await createSegment(place, next++);
    const isEmpty = old.bytes === old.headBytes;
    try {
      await save([...segments.slice(0, isEmpty ? -1 : undefined), fresh], false);
    } catch (error) {
      // if the new manifest is in place after all, the next open expects the file
      if (uncertain) await fresh.file.close();
      else await retireSegment(place, fresh).catch(() => {});
      throw error;
    }
    failure = undefined;
    if (isEmpty) await retire(old);
  }

  async function retire(segment: Segment): Promise<void> {
    byId.delete(segment.id);
    await retireSegment(place, segment).catch((error) =>
      log('warn', 'store: a segment no longer needed was not removed', {
        file: segment.name,
        error: String(error),
      })
    );
  }

  async function repair(): Promise<void> {
    if (uncertain) await save(segments, false);
    if (failure === undefined) return;
    const cut = await cutRefused();
    if (cut && failure.stage === 'write') failure = undefined;
    else await beginSegment();
  }

  function cutRefused(): Promise<boolean> {
    const { file, bytes } = active();
    return file.truncate(bytes).then(() => file.sync()).then(() => true, () => false);
  }

  async function rollWhenFull(): Promise<void> {
    try {
      await beginSegment();
      rollFailed = false;
    } catch (error) {
      if (uncertain || active().bytes > MAX_SEGMENT_BYTES) throw error;
      // the full segment is in order and may go on growing
      if (!rollFailed) {
        log('warn', 'store: a new segment could not be begun', { error: String(error) });
      }
      rollFailed = true;
    }
  }

  async function prepareSlowly(): Promise<void> {
    try {
      if (failure !== undefined || uncertain) {
        await repair();
        log('info', 'store: writing is possible again');
      }
      if (isFull()) await rollWhenFull();
    } catch (cause) {
      throw storeUnavailable(`Cannot commit as the journal cannot be written: ${cause}`, cause);
    }
  }

  return {
    get segments(): readonly Segment[] {
      return segments;
    },
    get active(): Segment {
      return active();
    },
    get problem(): string | undefined {
      if (failure !== undefined) return `the last ${failure.stage} failed: ${failure.cause}`;
      return uncertain ? 'the manifest could not be replaced' : undefined;
    },
    get manifestIsCertain(): boolean {
      return !uncertain;
    },
    segment: (id) => byId.get(id)!,
    prepare() {
      if (failure !== undefined || uncertain || isFull()) {
        return inTurn(prepareSlowly);
      }
    },
    async append(bytes) {
      const segment = active();
      let stage: 'write' | 'sync' = 'write';
      try {
        await segment.file.write(bytes, segment.bytes);
        stage = 'sync';
        await segment.file.sync();
      } catch (cause) {
        failure = { stage, cause };
        // at once, so that what is refused now is not found after a crash
        await segment.file.truncate(segment.bytes).catch(() => {});
        log('error', `store: ${stage} failed`, { file: segment.name, error: String(cause) });
        throw storeUnavailable(`Cannot commit as the ${stage} failed: ${cause}`, cause);
      }
      segment.bytes += bytes.length;
    },
    roll: () =>
      inTurn(async () => {
        if (active().bytes > active().headBytes) await beginSegment();
      }),
    takeId: () => next++,
    replace: (sources, outputs) =>
      inTurn(async () => {
        await save([...outputs, ...segments.slice(sources.length)], false);
      }),
    retire,
    async close(saveMore) {
      await turn;
      if (failure !== undefined) await cutRefused();
      // an unrepaired tail must be judged by recovery
      if (failure === undefined && !uncertain) {
        await saveMore(manifestOf(segments, true)).catch((error) =>
          log('warn', 'store: the next start will have to read every key', { error: String(error) })
        );
        await save(segments, true).catch((error) =>
          log('warn', 'store: an orderly close was not noted', { error: String(error) })
        );
      }
      for (const segment of byId.values()) await closeSegment(segment);
    },
  };
}
