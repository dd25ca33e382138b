import { resealAll } from '../keys/reseal.ts';
import type { Vault } from '../keys/vault.ts';
import { STORAGE_KEY_FILE } from '../keys/storage_key.ts';
import type { Log } from '../spec/log.ts';
import { clients } from '../store/collections.ts';
import type { Actor } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { done, type Outcome, refused } from './administration/outcome.ts';
import { auditOfAll } from './audit.ts';

/** Changes the key that guards what rests in the store, of all issuers. */
export interface StorageRotation {
  /** Seals with a new key from now on, and what there is anew, in the background if it takes longer than `waitSeconds`. */
  rotate(by: Actor, waitSeconds: number): Promise<Outcome<RotatedStorage>>;
  /** Once what is being written is written; the next start goes on. */
  close(): Promise<void>;
}

export interface RotatedStorage {
  /** Whether everything is sealed with the new key, and the old one forgotten. */
  readonly finished: boolean;
}

export interface StorageRotationParts {
  readonly store: Store;
  readonly vault: Vault;
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  readonly log: Log;
}

const SYSTEM: Actor = { kind: 'system' };

/** Goes on at once with what an earlier process began. */
export function startStorageRotation(parts: StorageRotationParts): StorageRotation {
  const { vault, log } = parts;
  let isClosed = false;
  let running: Promise<void> | undefined;
  const run = (by: Actor): Promise<void> => {
    running ??= finish(parts, by, () => isClosed)
      .catch((cause) => log('error', 'storage_key.not_rotated', { cause }))
      .finally(() => running = undefined);
    return running;
  };
  if (vault.isRotating) void run(SYSTEM);
  return {
    async rotate(by, waitSeconds) {
      if (vault.unsavable !== undefined) return refused(vault.unsavable);
      if (running !== undefined || vault.isRotating) {
        void run(by);
        return refused('what is in the store is being sealed anew already');
      }
      await vault.rotate();
      await within(waitSeconds, run(by));
      return done({ finished: !vault.isRotating });
    },
    async close() {
      isClosed = true;
      await running;
    },
  };
}

/** Until a whole walk finds nothing that the older key sealed; only then is that key forgotten. */
async function finish(
  parts: StorageRotationParts,
  by: Actor,
  isStopped: () => boolean,
): Promise<void> {
  const { store, vault, log } = parts;
  const change = { action: 'storage_key.rotated', target: STORAGE_KEY_FILE };
  await vault.renewPepper(() => auditOfAll(change, by, parts));
  for (let total = 0;;) {
    const walk = await resealAll(store, vault, isStopped);
    total += walk.resealed;
    if (!walk.isWhole) return;
    if (walk.resealed + walk.missed > 0) continue;
    for (const key of walk.unreadable) log('error', 'storage_key.unreadable', { key: [...key] });
    await forgetPeppers(parts);
    await vault.forgetOlder();
    log('info', 'storage_key.rotated', { resealed: total });
    return;
  }
}

/** Secrets of clients move on to the newest pepper when they are shown; until the last has, older ones stay. */
async function forgetPeppers({ store, vault }: StorageRotationParts): Promise<void> {
  const needed = new Set<string | undefined>();
  for await (const { value } of clients.list(store, [])) {
    needed.add(vault.pepperOf(value.client_secret ?? ''));
  }
  await vault.forgetPeppers((id) => needed.has(id));
}

async function within(seconds: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
