import * as fs from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** The store is in use; the message names the process that holds it. */
const LOCKED = 'OSTIARY_STORE_LOCKED';

const LOCK_NAME = 'lock.db';
const OWNER_NAME = 'lock.json';

interface Database {
  exec(sql: string): void;
  close(): void;
}

/**
 * Held for as long as the process holds the locks: Bun collects a database that nothing refers to, and with it the lock.
 */
const held = new Set<Database>();

/**
 * Takes the data directory for this process; call the result to release it.
 *
 * The lock is a lock of the operating system, taken by the SQLite that Node, Bun and Deno all bring along: an exclusive
 * transaction on the empty database `lock.db`. So it is free the moment its owner ends, however that ends, and there is
 * no stale lock to judge and no race to lose: no process id is looked at, containers that share the directory exclude
 * one another, and so do different runtimes. Limits: it holds on one machine, and on network file systems as far as
 * their byte-range locks do; deleting `lock.db` under a running owner defeats it; and as these locks belong to the
 * process, no other code in it may open `lock.db`.
 * @throws what `isStoreLocked` knows when another process, or another store of this one, has it
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const { DatabaseSync } = await import('node:sqlite').catch((cause) => {
    const message = 'Cannot open the store as the runtime must have node:sqlite (Node from 22.13)';
    throw new Error(message, { cause });
  });
  const path = join(directory, LOCK_NAME);
  createPrivately(path);
  const database: Database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!String(cause).includes('locked')) {
      throw new Error(`Cannot open the store as ${path} cannot be locked: ${cause}`, { cause });
    }
    const message = `Cannot open the store as ${directory} is in use by ${owner(directory)}`;
    throw Object.assign(new Error(message), { code: LOCKED });
  }
  held.add(database);
  const unlock = () => {
    if (held.delete(database)) database.close();
  };
  try {
    sign(directory);
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
}

export function isStoreLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCKED;
}

/** SQLite would make it readable for all. Never opened when it exists: closing it again would drop this process's lock. */
function createPrivately(path: string): void {
  try {
    fs.closeSync(fs.openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
  }
}

/** For whoever is refused. */
function sign(directory: string): void {
  const self = { pid: process.pid, command: process.argv.slice(0, 3).join(' ') };
  const since = new Date().toISOString();
  fs.writeFileSync(join(directory, OWNER_NAME), `${JSON.stringify({ ...self, since })}\n`, {
    mode: 0o600,
  });
}

function owner(directory: string): string {
  try {
    const { pid, since, command } = JSON.parse(
      fs.readFileSync(join(directory, OWNER_NAME), 'utf8'),
    );
    return `process ${pid} (${command}), since ${since}`;
  } catch {
    return 'another process';
  }
}
