import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { storeDamaged } from './damage.ts';
import type { DataFile, Files } from './files.ts';
import { replaceFile } from './files.ts';
import { lineOf, parseLine } from './line.ts';

/** Which files make up the store: `store.json`, replaced whole. Oldest segment first; the last one is written to. */
export interface Manifest {
  /** Identifies the store; the header of each segment names it. */
  readonly store: string;
  /** Above the number of every segment there ever was. */
  readonly next: number;
  /** At least the highest `seq` in all segments but the last. */
  readonly seq: number;
  readonly segments: readonly {
    readonly id: number;
    /** The segment's length. Absent on the last one while it is written to; there after an orderly close. */
    readonly bytes?: number;
  }[];
}

export const MANIFEST_NAME = 'store.json';
const FORMAT = 1;

/** Undefined when there is none. Throws when it is damaged or of another format. */
export async function readManifest(
  files: Files,
  directory: string,
): Promise<Manifest | undefined> {
  const file = await openIfThere(files, join(directory, MANIFEST_NAME));
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(await file.size());
    await file.read(bytes, 0);
    const manifest = parseLine(bytes, 0, bytes.length - 1);
    if (manifest === undefined || manifest['ostiary'] !== 'store') {
      throw storeDamaged('open', MANIFEST_NAME, 0, 'its checksum differs');
    }
    if (manifest['format'] !== FORMAT) {
      throw new Error(
        `Cannot open the store as ${MANIFEST_NAME} must have format ${FORMAT}: got ${
          manifest['format']
        }`,
      );
    }
    return manifest as unknown as Manifest;
  } finally {
    await file.close();
  }
}

/** `onRename` is called when from now on it is unknown, until this resolves, which manifest a crash would leave. */
export function writeManifest(
  files: Files,
  directory: string,
  manifest: Manifest,
  onRename?: () => void,
): Promise<void> {
  const line = lineOf({ ostiary: 'store', format: FORMAT, ...manifest });
  const write = async (file: DataFile) => {
    await file.write(line, 0);
  };
  return replaceFile(files, join(directory, MANIFEST_NAME), write, onRename);
}

async function openIfThere(files: Files, path: string): Promise<DataFile | undefined> {
  try {
    return await files.open(path, 'read');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}
