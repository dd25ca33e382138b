import { Buffer } from 'node:buffer';
import * as fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nodeFiles } from '../../src/store/file/files.ts';
import type { DataFile, Files } from '../../src/store/file/files.ts';
import { plantImage } from './directories.ts';
import type { Image } from './directories.ts';

/** What a disk holds at one moment: as every process sees it, and what of it a loss of power would spare for certain. */
export interface DiskState {
  readonly seen: ReadonlyMap<string, Content>;
  readonly durable: ReadonlyMap<string, Content>;
}

interface Content {
  readonly seen: Uint8Array;
  readonly durable: Uint8Array;
}

/** A file whatever its name. */
interface Inode {
  durable: Uint8Array;
}

/**
 * The machine's files in a directory, and a book of what is certain to be on the disk: of a file what it held when it was
 * last synced, of a directory the names it had then. `changed` is called after whatever changes a file, a name or the book.
 */
export function createDisk(
  directory: string,
  state: DiskState = { seen: new Map(), durable: new Map() },
  changed: () => void = () => {},
): { readonly files: Files; state(): DiskState } {
  const real = nodeFiles();
  const inodes = new Map<Content, Inode>();
  const inodeOf = (content: Content): Inode => {
    const inode = inodes.get(content) ?? { durable: content.durable };
    inodes.set(content, inode);
    return inode;
  };
  const load = (names: ReadonlyMap<string, Content>) =>
    new Map([...names].map(([name, content]) => [name, inodeOf(content)]));
  const seen = load(state.seen);
  const durable = load(state.durable);
  plantImage(directory, new Map([...state.seen].map(([name, content]) => [name, content.seen])));
  const nameOf = (path: string): string => relative(directory, path);

  function watched(file: DataFile, inode: Inode): DataFile {
    return {
      ...file,
      async write(bytes, position) {
        await file.write(bytes, position);
        changed();
      },
      async truncate(bytes) {
        await file.truncate(bytes);
        changed();
      },
      async sync() {
        const bytes = Buffer.alloc(await file.size());
        await file.read(bytes, 0);
        inode.durable = new Uint8Array(bytes);
        changed();
      },
    };
  }

  const files: Files = {
    async open(path, how) {
      const file = await real.open(path, how);
      const name = nameOf(path);
      const inode = seen.get(name) ?? { durable: new Uint8Array() };
      if (how === 'create') {
        seen.set(name, inode);
        changed();
      }
      return watched(file, inode);
    },
    async rename(from, to) {
      await real.rename(from, to);
      seen.set(nameOf(to), seen.get(nameOf(from))!);
      seen.delete(nameOf(from));
      changed();
    },
    async remove(path) {
      await real.remove(path);
      if (seen.delete(nameOf(path))) changed();
    },
    syncDirectory(path) {
      const isIn = (name: string) => dirname(join(directory, name)) === path;
      for (const name of durable.keys()) if (isIn(name)) durable.delete(name);
      for (const [name, inode] of seen) if (isIn(name)) durable.set(name, inode);
      changed();
      return Promise.resolve();
    },
  };

  return {
    files,
    state() {
      const contents = new Map<Inode, Content>();
      // one content for each file, also when it has other names on the disk than are seen
      for (const [name, inode] of seen) {
        const bytes = new Uint8Array(fs.readFileSync(join(directory, name)));
        contents.set(inode, { seen: bytes, durable: inode.durable });
      }
      const contentOf = (inode: Inode): Content => {
        const content = contents.get(inode) ?? { seen: inode.durable, durable: inode.durable };
        contents.set(inode, content);
        return content;
      };
      const save = (names: ReadonlyMap<string, Inode>) =>
        new Map([...names].map(([name, inode]) => [name, contentOf(inode)]));
      return { seen: save(seen), durable: save(durable) };
    },
  };
}

/**
 * What a loss of power may leave: the names of each directory as they were last synced or as they are seen, and of what
 * was written to a file since it was synced all, nothing, the beginning, or the beginning and zeros.
 */
export function afterPowerLoss(state: DiskState, random: () => number): Image {
  const image = new Map<string, Uint8Array>();
  for (const directory of ['.', 'journal']) {
    const names = random() < 0.5 ? state.durable : state.seen;
    for (const [name, content] of names) {
      if (dirname(name) !== directory) continue;
      image.set(name, survivor(content, random));
    }
  }
  return image;
}

function survivor({ seen, durable }: Content, random: () => number): Uint8Array {
  switch (Math.floor(random() * 4)) {
    case 0:
      return seen;
    case 1:
      return durable;
    case 2:
      return seen.slice(0, between(durable.length, seen.length, random));
    default: {
      const bytes = new Uint8Array(Math.max(seen.length, durable.length));
      bytes.set(durable);
      bytes.set(seen.subarray(0, between(durable.length, seen.length, random)));
      return bytes;
    }
  }
}

function between(from: number, to: number, random: () => number): number {
  return Math.min(from, to) + Math.floor(random() * (Math.max(from, to) - Math.min(from, to) + 1));
}
