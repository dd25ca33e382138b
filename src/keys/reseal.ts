import {
  backchannelRequests,
  clients,
  factors,
  keyRecords,
  peppers,
} from '../store/collections.ts';
import type { Entry, JsonValue, Key, Store } from '../store/store.ts';
import { restContext } from './key_records.ts';
import { SEALED_SECRET_PREFIX } from './at_rest.ts';
import type { RestPurpose, Vault } from './vault.ts';

/** Of one walk over all that rests sealed. */
export interface Resealed {
  readonly resealed: number;
  /** Records that others changed meanwhile, and that are still to be looked at. */
  readonly missed: number;
  /** Records that no storage key opens. */
  readonly unreadable: readonly Key[];
  /** Whether the walk came to its end. */
  readonly isWhole: boolean;
}

interface AtRest {
  readonly sealed: string;
  readonly context: string;
  /** The record with the same sealed anew. */
  readonly with: (sealed: string) => object;
}

interface Row {
  readonly list: (store: Store) => AsyncIterable<Entry<unknown>>;
  readonly atRest: (key: Key, value: never) => AtRest | undefined;
}

function row<V extends object>(
  collection: { list(store: Store, prefix: readonly string[]): AsyncIterable<Entry<V>> },
  atRest: (key: Key, value: V) => AtRest | undefined,
): Row {
  return { list: (store) => collection.list(store, []), atRest };
}

/** Where everything is that is sealed with the storage key. */
const ROWS: Readonly<Record<RestPurpose, Row>> = {
  'peppers at rest': row(peppers, (_key, value) => ({
    sealed: value.sealed,
    context: value.id,
    with: (sealed) => ({ ...value, sealed }),
  })),
  'keys at rest': row(keyRecords, ([, issuer = ''], value) => ({
    sealed: value.sealed,
    context: restContext(issuer, value.kid),
    with: (sealed) => ({ ...value, sealed }),
  })),
  'client secrets at rest': row(
    clients,
    ([, issuer = ''], { client_secret, ...value }) =>
      client_secret?.startsWith(SEALED_SECRET_PREFIX) === true
        ? {
          sealed: client_secret.slice(SEALED_SECRET_PREFIX.length),
          context: issuer,
          with: (sealed) => ({ ...value, client_secret: SEALED_SECRET_PREFIX + sealed }),
        }
        : undefined,
  ),
  'second factors at rest': row(
    factors,
    ([, user = ''], value) =>
      value.kind === 'totp'
        ? { sealed: value.sealed, context: user, with: (sealed) => ({ ...value, sealed }) }
        : undefined,
  ),
  'notifications at rest': row(
    backchannelRequests,
    ([, issuer = ''], value) =>
      value.sealed === undefined
        ? undefined
        : { sealed: value.sealed, context: issuer, with: (sealed) => ({ ...value, sealed }) },
  ),
};

/** So many records are written at once. */
const BATCH = 40;

/**
 * Seals anew, with the newest storage key, what an older one sealed. Who writes at the same time wins: what they wrote is
 * sealed with the newest key, or is found by the next walk.
 */
export async function resealAll(
  store: Store,
  vault: Vault,
  isStopped: () => boolean,
): Promise<Resealed> {
  let [resealed, missed] = [0, 0];
  const unreadable: Key[] = [];
  for (const [purpose, { list, atRest }] of Object.entries(ROWS) as [RestPurpose, Row][]) {
    let batch: Rewrite[] = [];
    const flush = async (): Promise<void> => {
      const written = await commit(batch, store);
      resealed += written;
      missed += batch.length - written;
      batch = [];
    };
    for await (const entry of list(store)) {
      if (isStopped()) return { resealed, missed, unreadable, isWhole: false };
      const found = atRest(entry.key, entry.value as never);
      if (found === undefined) continue;
      const standing = vault.check(purpose, found.sealed, found.context);
      if (standing.kind === 'unreadable') unreadable.push(entry.key);
      if (standing.kind !== 'outdated') continue;
      batch.push({ entry, value: found.with(standing.resealed) as JsonValue });
      if (batch.length === BATCH) await flush();
    }
    await flush();
  }
  return { resealed, missed, unreadable, isWhole: true };
}

interface Rewrite {
  readonly entry: Entry<unknown>;
  readonly value: JsonValue;
}

/** All at once, or, when somebody was quicker with one of them, one by one. @returns how many */
async function commit(batch: readonly Rewrite[], store: Store): Promise<number> {
  if (batch.length === 0) return 0;
  const outcome = await store.commit({
    check: batch.map(({ entry: { key, version } }) => ({ key, version })),
    put: batch.map(({ entry: { key, expiresAtSeconds }, value }) => ({
      key,
      value,
      ...expiresAtSeconds !== undefined && { expiresAtSeconds },
    })),
  });
  if (outcome === 'committed') return batch.length;
  if (batch.length === 1) return 0;
  let written = 0;
  for (const each of batch) written += await commit([each], store);
  return written;
}
