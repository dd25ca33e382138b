import { createBuckets } from '../accounts/bucket.ts';
import type { Directory } from '../accounts/directory.ts';
import { createPasswordHasher } from '../accounts/password.ts';
import { createRegulation } from '../accounts/regulation.ts';
import { openRegulationMemory } from '../accounts/regulation_memory.ts';
import { createStoreDirectory } from '../accounts/store_directory.ts';
import type { Config } from '../config/config.ts';
import { fingerprint } from '../config/poll.ts';
import { watchUsersFile } from '../config/watch_users.ts';
import { createActivityLog } from '../engine/activity_log.ts';
import { withAuditLog } from '../engine/audit.ts';
import { type Courier, createCourier, withDeliveries } from '../engine/deliveries/deliveries.ts';
import { createProbes } from '../engine/doctor/probes.ts';
import type { Engine } from '../engine/engine.ts';
import { createObservations } from '../engine/observations.ts';
import { startStorageRotation } from '../engine/storage_rotation.ts';
import { createLanguages, type Languages } from '../interaction/languages.ts';
import {
  loadStorageKey,
  randomStorageKey,
  storageKeyOf,
  type StorageKeySource,
} from '../keys/storage_key.ts';
import { openVault, type Vault } from '../keys/vault.ts';
import { createOutbox } from '../net/notifier/outbox.ts';
import type { Log } from '../spec/log.ts';
import { keyRecords, peppers } from '../store/collections.ts';
import { openFileStore } from '../store/file/file_store.ts';
import { openMemoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import type { InstanceOptions } from './options.ts';

/** The parts of an engine that all issuers of the process have in common. */
type SharedParts = Pick<
  Engine,
  | 'store'
  | 'directory'
  | 'hasher'
  | 'regulation'
  | 'factorTries'
  | 'signUps'
  | 'resetTries'
  | 'storageRotation'
  | 'outbox'
  | 'deliveries'
  | 'activityLog'
  | 'observations'
  | 'probes'
  | 'now'
  | 'log'
>;

/** What issuers share: the store, people, and what is remembered of those who guess. */
export interface Shared {
  readonly parts: SharedParts;
  readonly vault: Vault;
  readonly languages: Languages;
  readonly options: InstanceOptions;
  readonly courier: Courier;
  close(): Promise<void>;
}

/** What is being sent when everything stops gets so long. */
const OUTBOX_SECONDS = 10;

/** @throws {TypeError} when store and storage key do not fit */
export async function openShared(
  config: Config,
  options: InstanceOptions,
  peopleCut: PeopleParts['peopleCut'],
): Promise<Shared> {
  const { log } = options;
  const now = options.now ?? (() => Date.now() / 1000);
  const courier = createCourier({ now, log });
  const opened = options.store ?? await openStore(config, now, log);
  const store = withDeliveries(withAuditLog(opened, log), courier);
  const hasher = options.hasher ?? createPasswordHasher();
  try {
    const vault = await openVault(store, await sourceOf(config, store, options));
    const { directory, unwatch } = await openPeople(config, {
      store,
      vault,
      now,
      options,
      peopleCut,
    });
    const storageRotation = startStorageRotation({ store, vault, now, log });
    const attempts = await openRegulationMemory({ store, now, log });
    const outbox = createOutbox({ log });
    const activityLog = createActivityLog({ store, log });
    const observations = createObservations({ store, now, log });
    return {
      parts: {
        store,
        directory,
        hasher,
        regulation: createRegulation({ now, memory: attempts }),
        // The fifth wrong one ends the session: T099.
        factorTries: createBuckets({ now, perSecond: 1 / 600, burst: 4 }),
        signUps: createBuckets({ now, perSecond: 1 / 30, burst: 20 }),
        resetTries: {
          ofAccount: createBuckets({ now, perSecond: 1 / 600, burst: 3 }),
          ofSource: createBuckets({ now, perSecond: 1 / 30, burst: 20 }),
        },
        storageRotation,
        outbox,
        deliveries: courier,
        activityLog,
        observations,
        probes: createProbes(),
        now,
        log,
      },
      vault,
      languages: createLanguages(options.languages),
      options,
      courier,
      async close() {
        unwatch();
        await storageRotation.close();
        await Promise.all([outbox.close(OUTBOX_SECONDS), courier.close(OUTBOX_SECONDS)]);
        await hasher.close();
        await attempts.close();
        await activityLog.close();
        await observations.close();
        await store.close();
      },
    };
  } catch (error) {
    await hasher.close();
    await store.close();
    throw error;
  }
}

async function openStore(config: Config, now: () => number, log: Log): Promise<Store> {
  switch (config.storage.engine) {
    case 'memory':
      return openMemoryStore({ now });
    case 'file':
      return await openFileStore(config.data, { now, log });
  }
}

interface PeopleParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly now: () => number;
  readonly options: InstanceOptions;
  /** Told who lost what they had by an edit of a file. */
  readonly peopleCut: (ids: readonly string[]) => void;
}

async function openPeople(
  { users_file }: Config,
  { store, vault, now, options, peopleCut }: PeopleParts,
): Promise<{ readonly directory: Directory; readonly unwatch: () => void }> {
  if (options.directory !== undefined) return { directory: options.directory, unwatch() {} };
  if (users_file === undefined) {
    return { directory: createStoreDirectory({ store, now }), unwatch() {} };
  }
  const { openUsersFile } = await import('../accounts/users_file/users_file.ts');
  const mark = (text: string): string => vault.digest('users file', text);
  const seen = await fingerprint([users_file]);
  const users = await openUsersFile({ file: users_file, store, now, mark, peopleCut });
  const watch = watchUsersFile({ file: users_file, users, seen, log: options.log });
  return { directory: users.directory, unwatch: () => watch.close() };
}

async function sourceOf(
  config: Config,
  store: Store,
  options: InstanceOptions,
): Promise<StorageKeySource> {
  if (options.storageKey !== undefined) {
    return storageKeyOf(options.storageKey, 'OSTIARY_STORAGE_KEY');
  }
  if (config.storage.engine === 'memory' || options.store !== undefined) return randomStorageKey();
  return await loadStorageKey(config.data, { isNewStore: await isNew(store), log: options.log });
}

/** Nothing was ever sealed in it. */
async function isNew(store: Store): Promise<boolean> {
  for (const name of [peppers.name, keyRecords.name]) {
    for await (const _ of store.list([name], { limit: 1 })) return false;
  }
  return true;
}
