import * as fs from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Log } from '../../spec/log.ts';
import { storeDamaged } from './damage.ts';
import type { SavedDirectory } from './directory.ts';
import { DIRECTORY_NAME, readDirectory } from './directory_file.ts';
import type { Files } from './files.ts';
import { hasHint, readHint } from './hint.ts';
import { MANIFEST_NAME, readManifest, writeManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import type { RecordLine } from './records.ts';
import { readRecords } from './records.ts';
import { recoverSegment } from './recovery.ts';
import type { Place, Segment } from './segment.ts';
import { createSegment, openSegment, segmentName } from './segment.ts';

export interface OpenedJournal {
  readonly place: Place;
  readonly manifest: Manifest;
  readonly segments: readonly Segment[];
  readonly seq: number;
  /** Closed segments with a good hint. */
  readonly hinted: ReadonlySet<number>;
  /** What the last orderly close left; undefined: records were given to `visit`. */
  readonly saved?: SavedDirectory;
}

/**
 * Opens every segment that the manifest lists, and gives all their records to `visit`, later ones of a key after earlier
 * ones, unless an orderly close has saved what would come of that. An empty directory becomes a new store; anything else that does not fit together is refused.
 */
export async function openJournal(
  files: Files,
  directory: string,
  log: Log,
  visit: (record: RecordLine) => void,
): Promise<OpenedJournal> {
  const found = await readManifest(files, directory);
  const place = { files, directory, store: found?.store ?? randomUUID() };
  // a crash may have come between its renaming and this; nothing is removed or written for a manifest that could go again
  if (found !== undefined) await files.syncDirectory(directory);
  await removeLeftovers(place, found);
  if (found === undefined || found.segments.length === 0) return createJournalFiles(place);

  const segments: Segment[] = [];
  try {
    for (const { id, bytes } of found.segments.slice(0, -1)) {
      const segment = await openSegment(place, id, 'read');
      segments.push(segment);
      limitTo(segment, bytes ?? 0);
    }
    const last = found.segments.at(-1)!;
    const active = await openSegment(place, last.id, 'write');
    segments.push(active);
    const saved = last.bytes === active.bytes
      ? await readDirectory(place, found, active)
      : undefined;
    const { hinted, seq } = saved === undefined
      ? await readSegments(place, segments, last.bytes, log, visit)
      : { hinted: await hintedOf(place, segments), seq: found.seq };
    const manifest = { ...found, segments: found.segments.with(-1, { id: last.id }) };
    // before anything is appended to a segment whose length it states
    if (last.bytes !== undefined) await writeManifest(files, directory, manifest);
    return {
      place,
      manifest,
      segments,
      seq: Math.max(seq, found.seq),
      hinted,
      ...saved !== undefined && { saved },
    };
  } catch (error) {
    for (const { file } of segments) await file.close();
    throw error;
  }
}

async function readSegments(
  place: Place,
  segments: readonly Segment[],
  closedAt: number | undefined,
  log: Log,
  visit: (record: RecordLine) => void,
): Promise<Pick<OpenedJournal, 'hinted' | 'seq'>> {
  const hinted = new Set<number>();
  for (const segment of segments.slice(0, -1)) {
    const hint = await readHint(place, segment, visit);
    if (hint === 'good') {
      hinted.add(segment.id);
      continue;
    }
    const level = hint === 'missing' ? 'info' : 'warn';
    log(level, 'store: no good hint, so the segment is read whole', { file: segment.name, hint });
    for await (const { records } of readRecords(segment)) {
      records.forEach(visit);
    }
  }
  return { hinted, seq: await openActive(segments.at(-1)!, closedAt, log, visit) };
}

async function hintedOf(
  place: Place,
  segments: readonly Segment[],
): Promise<OpenedJournal['hinted']> {
  const hinted = new Set<number>();
  for (const segment of segments.slice(0, -1)) {
    if (await hasHint(place, segment)) hinted.add(segment.id);
  }
  return hinted;
}

/** The manifest comes first, without a segment: so a segment without a manifest is always one that lost it. */
async function createJournalFiles(place: Place): Promise<OpenedJournal> {
  const empty = { store: place.store, next: 1, seq: 0, segments: [] };
  await writeManifest(place.files, place.directory, empty);
  const active = await createSegment(place, 1);
  const manifest = { ...empty, next: 2, segments: [{ id: active.id }] };
  await writeManifest(place.files, place.directory, manifest);
  return { place, manifest, segments: [active], seq: 0, hinted: new Set() };
}

function limitTo(segment: Segment, bytes: number): void {
  if (segment.bytes < bytes) {
    throw storeDamaged('open', segment.name, segment.bytes, `it should have ${bytes} bytes`);
  }
  segment.bytes = bytes;
}

async function openActive(
  active: Segment,
  closedAt: number | undefined,
  log: Log,
  visit: (record: RecordLine) => void,
): Promise<number> {
  if (closedAt !== undefined && active.bytes !== closedAt) {
    const at = Math.min(active.bytes, closedAt);
    const reason = `it was closed with ${closedAt} bytes and has ${active.bytes}`;
    throw storeDamaged('open', active.name, at, reason);
  }
  const { bytes, tornBytes, seq } = await recoverSegment(active, visit);
  if (closedAt !== undefined) {
    if (tornBytes === 0) return seq;
    throw storeDamaged('open', active.name, bytes, 'it had been written whole and closed');
  }
  if (tornBytes > 0) {
    log('warn', 'store: the torn end of the journal was cut off', {
      file: active.name,
      offset: bytes,
      bytes: tornBytes,
    });
    await active.file.truncate(bytes);
    active.bytes = bytes;
  }
  // what was written last may have been read from memory alone
  await active.file.sync();
  return seq;
}

/**
 * Removes what a crash left between two steps. A segment that is not in the manifest is one of a merge's sources or
 * unfinished outputs when its number had been given out by then. One with a later number is only removed when that
 * loses nothing: without records, or made of segments that are all still listed. Anything else is refused, for the
 * manifest may be an old copy.
 */
async function removeLeftovers(place: Place, manifest: Manifest | undefined): Promise<void> {
  const listed = new Set(manifest?.segments.map(({ id }) => id));
  const journal = join(place.directory, 'journal');
  for (const name of fs.readdirSync(journal)) {
    if (name === `${DIRECTORY_NAME}.tmp`) await place.files.remove(join(journal, name));
    const [, digits, kind] = /^(\d{6,})\.(jsonl|hint|jsonl\.tmp|hint\.tmp)$/.exec(name) ?? [];
    const id = Number(digits);
    if (kind === undefined || (listed.has(id) && !kind.endsWith('tmp'))) continue;
    const known = manifest !== undefined && id < manifest.next;
    if (kind === 'jsonl' && !known && await holdsMore(place, id, listed, manifest)) {
      throw new Error(
        `Cannot open the store as ${segmentName(id)} holds records and ${MANIFEST_NAME} ${
          manifest === undefined ? 'is missing' : 'does not list it'
        }`,
      );
    }
    await place.files.remove(join(journal, name));
  }
}

async function holdsMore(
  place: Place,
  id: number,
  listed: ReadonlySet<number>,
  manifest: Manifest | undefined,
): Promise<boolean> {
  if (manifest === undefined) return true;
  const segment = await openSegment(place, id, 'read');
  await segment.file.close();
  if (segment.sources !== undefined) return !segment.sources.every((source) => listed.has(source));
  return segment.bytes > segment.headBytes;
}
