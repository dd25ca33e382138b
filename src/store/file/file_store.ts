import { resolve } from 'node:path';
import type { Log } from '../../spec/log.ts';
import { dumpEntries } from '../dump.ts';
import { storeUnavailable } from '../errors.ts';
import { encodeKey } from '../key_order.ts';
import { listEntries } from '../listing.ts';
import type { Store } from '../store.ts';
import { createSweeper, startSweep } from '../sweep.ts';
import { createCache } from './cache.ts';
import { createCommits } from './commits.ts';
import { createDirectory } from './directory.ts';
import { removeDirectory, writeDirectory } from './directory_file.ts';
import type { StoreState } from './directory_file.ts';
import { nodeFiles, replaceFile } from './files.ts';
import type { Files } from './files.ts';
import { createJournal } from './journal.ts';
import { lockDirectory } from './lock.ts';
import { openJournal } from './open_journal.ts';
import { makePrivateDirectory } from './private_directory.ts';
import { createReader } from './reader.ts';
import type { Place } from './segment.ts';
import { snapshotEntries } from './snapshot.ts';
import { createUpkeep } from './upkeep.ts';
import { verifySegments } from './verify.ts';
import type { VerifyReport } from './verify.ts';

export interface FileStoreOptions {
  /** Unix time in seconds, with fractions; the machine's clock by default. */
  readonly now?: () => number;
  /** Silent by default. */
  readonly log?: Log;
  /** Memory for values that were read or written lately; 32 MiB by default. */
  readonly cacheBytes?: number;
  /** A segment that has reached this is closed and a new one begun; 64 MiB by default, at most 1 GiB. */
  readonly segmentBytes?: number;
  /** Between two looks for what has expired, for work on segments, and for a disk that is well again; 250 by default. */
  readonly sweepMilliseconds?: number;
  /** With at least so many, an orderly close saves the directory, so that the next start need not read every key; 1,000 by default. */
  readonly savedRecords?: number;
  readonly files?: Files;
}

export interface FileStore extends Store {
  readonly directory: string;
  stats(): FileStoreStats;
  /** Reads every line there is, beside the requests. */
  verify(): Promise<VerifyReport>;
  /** Merges away all that is dead, beside the requests. Resolves to the bytes on disk before and after. */
  compact(): Promise<{ readonly before: number; readonly after: number }>;
  /** Writes all records as they are at one moment to a new file (0600), in the form that `loadDump` reads. */
  backup(file: string): Promise<void>;
}

export interface FileStoreStats {
  /** `read_only`: commits are refused, for `problem`; a few times a second it is tried to go on. */
  readonly state: 'open' | 'read_only' | 'closed';
  readonly problem?: string;
  /** With those that have expired and are not swept yet. */
  readonly records: number;
  readonly segments: number;
  readonly bytes: number;
  readonly liveBytes: number;
  readonly cachedBytes: number;
}

const MAX_SEGMENT_BYTES = 2 ** 30;

/**
 * The store in a directory of this machine: `store.json` and `journal/` (see `line.ts` for what is in it), readable by
 * their owner only. A commit resolves when `fdatasync` has said that it is on the disk.
 * @throws what `isStoreLocked` knows when another process has the directory
 * @throws what `isStoreDamaged` knows when something acknowledged is not there any more; nothing is changed then
 */
export async function openFileStore(
  directory: string,
  options: FileStoreOptions = {},
): Promise<FileStore> {
  const { cacheBytes = 32 * 2 ** 20, segmentBytes = 64 * 2 ** 20, log = () => {} } = options;
  const { now = () => Date.now() / 1000, files = nodeFiles(), savedRecords = 1000 } = options;
  if (!(segmentBytes > 0 && segmentBytes <= MAX_SEGMENT_BYTES)) {
    const rule = `must be at most ${MAX_SEGMENT_BYTES}`;
    throw new RangeError(`Cannot open the store as "segmentBytes" ${rule}: got ${segmentBytes}`);
  }
  const path = resolve(directory);
  let unlock = () => {};
  try {
    makePrivateDirectory(path, log);
    makePrivateDirectory(`${path}/journal`, log);
    unlock = await lockDirectory(path);
    return await openLocked(path, unlock, {
      cacheBytes,
      segmentBytes,
      savedRecords,
      now,
      log,
      files,
      ...options,
    });
  } catch (error) {
    unlock();
    throw isSystemError(error) ? cannotOpen(path, error) : error;
  }
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function cannotOpen(path: string, cause: Error & { readonly code: string }): Error {
  const message = `Cannot open the store as ${path} cannot be used: ${cause.message}`;
  return Object.assign(new Error(message, { cause }), { code: cause.code });
}

async function openLocked(
  path: string,
  unlock: () => void,
  options: Required<Omit<FileStoreOptions, 'sweepMilliseconds'>> & FileStoreOptions,
): Promise<FileStore> {
  const { now, log, files } = options;
  const scanned = createDirectory();
  const startSeconds = now();
  const opened = await openJournal(files, path, log, (record) => {
    if (record.expiresAtSeconds > startSeconds) scanned.put(record.encoded, record);
    else scanned.remove(record.encoded);
  });
  const directory = opened.saved === undefined ? scanned : createDirectory(opened.saved);
  const cache = createCache(options.cacheBytes);
  const journal = createJournal({ ...options, ...opened, seq: () => commits.seq });
  const commits = createCommits({ journal, directory, cache, now, seq: opened.seq });
  const read = createReader({ journal, directory, cache, now, log, checkOpen });
  const upkeep = createUpkeep({ ...options, ...opened, journal, directory });
  const sweeper = createSweeper(
    directory.keys,
    (slot) => directory.expiresAtSeconds(slot) <= now(),
  );
  const stopSweep = startSweep(() => {
    const expired = sweeper();
    for (const encoded of expired) {
      directory.remove(encoded);
      cache.delete(encoded);
    }
    if (journal.problem === undefined) upkeep.consider();
    else commits.repair();
    return expired.length;
  }, options.sweepMilliseconds);
  let closing: Promise<void> | undefined;

  function checkOpen(): void {
    if (closing !== undefined) throw storeUnavailable('Cannot use the store as it is closed');
  }

  function stats(): FileStoreStats {
    const { problem, segments } = journal;
    const state = closing ? 'closed' : problem === undefined ? 'open' : 'read_only';
    return {
      state,
      ...(problem === undefined ? {} : { problem }),
      records: directory.keys.size,
      segments: segments.length,
      bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
      liveBytes: segments.reduce((sum, { id }) => sum + directory.liveBytes(id), 0),
      cachedBytes: cache.bytes,
    };
  }

  async function close(): Promise<void> {
    stopSweep();
    try {
      await commits.close();
      await upkeep.close();
      await journal.close((state) => saveDirectory(opened.place, state));
    } finally {
      unlock();
    }
  }

  function saveDirectory(place: Place, state: StoreState): Promise<void> {
    return directory.keys.size < options.savedRecords
      ? removeDirectory(place)
      : writeDirectory(place, state, journal.active, directory.save());
  }

  return {
    directory: path,
    get: (key) => read(encodeKey(key), true),
    list(prefix, listOptions) {
      checkOpen();
      return listEntries(directory.keys, prefix, listOptions, (encoded) => read(encoded, false));
    },
    commit: (change) => commits.commit(change),
    close: () => closing ??= close(),
    stats,
    async verify() {
      checkOpen();
      return await upkeep.run((pause) => verifySegments(journal, directory, pause));
    },
    async compact() {
      checkOpen();
      const before = stats().bytes;
      await commits.roll();
      await upkeep.merge();
      return { before, after: stats().bytes };
    },
    async backup(file) {
      checkOpen();
      await upkeep.run((pause) =>
        replaceFile(files, resolve(file), async (target) => {
          let position = 0;
          for await (const line of dumpEntries(snapshotEntries(directory, journal, now(), pause))) {
            const bytes = new TextEncoder().encode(line);
            await target.write(bytes, position);
            position += bytes.length;
          }
        })
      );
    },
  };
}
