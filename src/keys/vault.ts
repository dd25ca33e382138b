import type { KeyObject } from 'node:crypto';
import { peppers } from '../store/collections.ts';
import type { PepperRecord } from '../store/records.ts';
import type { Entry, Put, Store } from '../store/store.ts';
import { deriveKey, randomToken } from './digest.ts';
import { createDigests, type Digests, type Pepper, ROOT_PEPPER } from './peppers.ts';
import { open, seal } from './seal.ts';
import { newStorageKey, type StorageKeySource } from './storage_key.ts';

/** What rests sealed in the store, each with a key of its own. */
const REST_PURPOSES = [
  'keys at rest',
  'peppers at rest',
  'client secrets at rest',
  'second factors at rest',
  'notifications at rest',
] as const;
export type RestPurpose = (typeof REST_PURPOSES)[number];
type Derived = ReadonlyMap<RestPurpose, KeyObject>;

/** What the storage key guards, of all issuers. `context` is whose a value is: sealed for one, it is nothing to another. */
export interface Vault extends Digests {
  seal(purpose: RestPurpose, text: string, context: string): string;
  /** Undefined for what none of the storage keys sealed. */
  open(purpose: RestPurpose, sealed: string, context: string): string | undefined;
  /** How a sealed value stands; `outdated` comes with the same, sealed with the newest storage key. */
  check(purpose: RestPurpose, sealed: string, context: string): Standing;
  /** Whether there is an older storage key, and things that it alone opens. */
  readonly isRotating: boolean;
  /** Why the storage key cannot be changed from here; undefined when it can. */
  readonly unsavable: string | undefined;
  /** Another storage key seals from now on; both open. */
  rotate(): Promise<void>;
  /** Digests have a new pepper, unless they have one from after the last rotation; `note` is written with it. */
  renewPepper(note: () => Put): Promise<void>;
  /** Nothing is left that an older storage key alone opens. */
  forgetOlder(): Promise<void>;
  /** Peppers that no digest of a secret needs any more. */
  forgetPeppers(isNeeded: (id: string) => boolean): Promise<void>;
}

export type Standing =
  | { readonly kind: 'current' | 'unreadable' }
  | { readonly kind: 'outdated'; readonly resealed: string };

/** @throws {TypeError} when the storage key is not the one that the store was sealed with */
export async function openVault(store: Store, source: StorageKeySource): Promise<Vault> {
  let keys = source.keys;
  let derived = keys.map(derive);
  const digests = createDigests(await loadPeppers());

  return {
    ...digests.digests,
    seal: (purpose, text, context) => seal(keyFor(newest(), purpose), text, context),
    open: openAtRest,
    check(purpose, sealed, context) {
      if (isCurrent(purpose, sealed, context)) return { kind: 'current' };
      const text = openAtRest(purpose, sealed, context);
      return text === undefined
        ? { kind: 'unreadable' }
        : { kind: 'outdated', resealed: seal(keyFor(newest(), purpose), text, context) };
    },
    get isRotating() {
      return keys.length > 1;
    },
    unsavable: source.save === undefined ? source.unsavable : undefined,
    async rotate() {
      const next = [newStorageKey(), ...keys];
      await source.save?.(next);
      use(next);
    },
    async renewPepper(note) {
      const [last] = await readPeppers();
      if (last === undefined || isCurrent('peppers at rest', last.value.sealed, last.value.id)) {
        return;
      }
      const record = newPepper(randomToken(16).slice(0, PEPPER_ID_LENGTH), last.value.number + 1);
      await store.commit({
        check: [peppers.absent(record.id), peppers.check(last)],
        put: [peppers.put([record.id], record), note()],
      });
      digests.replace(await loadPeppers());
    },
    async forgetOlder() {
      const next = keys.slice(0, 1);
      await source.save?.(next);
      use(next);
    },
    async forgetPeppers(isNeeded) {
      const all = await readPeppers();
      const [current] = all;
      const unneeded = all.filter(({ value: { id } }) =>
        id !== ROOT_PEPPER && id !== current?.value.id && !isNeeded(id)
      );
      if (unneeded.length === 0) return;
      await store.commit({ remove: unneeded.map(({ value }) => peppers.remove(value.id)) });
      digests.replace(await loadPeppers());
    },
  };

  function use(next: readonly Uint8Array[]): void {
    keys = next;
    derived = keys.map(derive);
  }

  function newest(): Derived {
    const [first] = derived;
    if (first === undefined) throw new TypeError('Cannot seal without a storage key: got none');
    return first;
  }

  function isCurrent(purpose: RestPurpose, sealed: string, context: string): boolean {
    return open(keyFor(newest(), purpose), sealed, context) !== undefined;
  }

  function openAtRest(purpose: RestPurpose, sealed: string, context: string): string | undefined {
    for (const each of derived) {
      const text = open(keyFor(each, purpose), sealed, context);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** Newest first; the first of a new store is made, and of two starters one wins. T146 */
  async function loadPeppers(): Promise<readonly Pepper[]> {
    if ((await readPeppers()).length === 0) {
      const record = newPepper(ROOT_PEPPER, 0);
      await store.commit({
        check: [peppers.absent(record.id)],
        put: [peppers.put([record.id], record)],
      });
    }
    return (await readPeppers()).map(({ value: { id, sealed } }) => {
      const secret = openAtRest('peppers at rest', sealed, id);
      if (secret === undefined) {
        throw new TypeError(
          'Cannot open the store as "storage key" must be the one that it was sealed with: got another',
        );
      }
      return { id, secret: new Uint8Array(Buffer.from(secret, 'base64url')) };
    });
  }

  async function readPeppers(): Promise<readonly Entry<PepperRecord>[]> {
    const all: Entry<PepperRecord>[] = [];
    for await (const entry of peppers.list(store, [])) all.push(entry);
    return all.sort((a, b) => b.value.number - a.value.number);
  }

  function newPepper(id: string, number: number): PepperRecord {
    const sealed = seal(keyFor(newest(), 'peppers at rest'), randomToken(32), id);
    return { id, number, sealed };
  }
}

const PEPPER_ID_LENGTH = 6;

function derive(key: Uint8Array): Derived {
  return new Map(REST_PURPOSES.map((purpose) => [purpose, deriveKey(key, purpose)]));
}

function keyFor(derived: Derived, purpose: RestPurpose): KeyObject {
  const key = derived.get(purpose);
  if (key === undefined) {
    throw new TypeError(`Cannot seal as "purpose" must be known: got "${purpose}"`);
  }
  return key;
}
