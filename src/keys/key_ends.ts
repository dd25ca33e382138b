import { keyRecords, keyTurns } from '../store/collections.ts';
import { rotateKey } from './key_changes.ts';
import {
  BUSY,
  type ChangeOptions,
  type ChangeOutcome,
  MAX_ATTEMPTS,
  noted,
  readGroup,
  refused,
  turnCheck,
} from './key_group.ts';
import { type Custody, groupOf } from './key_records.ts';
import { goneAt, stateOf } from './key_state.ts';

/**
 * Takes a key away at once: nothing verifies or opens with it any more. One that is in use is followed by the one that
 * waits, or by a new one.
 */
export async function removeKey(
  custody: Custody,
  kid: string,
  options: ChangeOptions,
): Promise<ChangeOutcome> {
  const { store, issuer } = custody;
  const entry = await keyRecords.get(store, issuer, kid);
  if (entry === undefined) return refused(`there is no key ${JSON.stringify(kid)}`);
  const group = groupOf(entry.value);
  if (stateOf(entry.value, custody.now()) === 'active') {
    const rotated = await rotateKey(custody, group, { ...options, isNow: true });
    if (rotated.kind !== 'done') return rotated;
    return await removeKey(custody, kid, options);
  }
  const seen = await readGroup(custody, group);
  const nowSeconds = custody.now();
  const { active_at, superseded_at } = entry.value;
  // Those that it was to follow go on until what follows it.
  const before = stateOf(entry.value, nowSeconds) !== 'pending' ? [] : seen.entries.filter(
    ({ value }) => value.kid !== kid && value.superseded_at === active_at,
  );
  const rest = seen.entries.filter(({ value }) => value.kid !== kid);
  const outcome = await store.commit({
    check: [
      keyRecords.check(entry),
      turnCheck(custody, group, seen),
      ...before.map(keyRecords.check),
    ],
    put: [
      keyTurns.put([issuer, group], rest[0]?.value.kid ?? ''),
      ...before.map(({ value: { superseded_at: _, ...value } }) =>
        keyRecords.put([issuer, value.kid], {
          ...value,
          ...superseded_at !== undefined && { superseded_at },
        })
      ),
      ...noted(options, { action: 'key.removed', target: kid, before: entry.value }),
    ],
    remove: [keyRecords.remove(issuer, kid)],
  });
  return outcome === 'committed' ? { kind: 'done', kid } : BUSY;
}

/** Removes what nothing needs any more. @returns their kids */
export async function removeGone(
  custody: Custody,
  isNeeded: (kid: string) => Promise<boolean>,
  options: ChangeOptions,
): Promise<readonly string[]> {
  const { store, issuer } = custody;
  const gone: string[] = [];
  for await (const entry of keyRecords.list(store, [issuer])) {
    const { kid } = entry.value;
    if ((goneAt(entry.value) ?? Infinity) > custody.now() || await isNeeded(kid)) continue;
    const outcome = await store.commit({
      check: [keyRecords.check(entry)],
      put: noted(options, { action: 'key.gone', target: kid, before: entry.value }),
      remove: [keyRecords.remove(issuer, kid)],
    });
    if (outcome === 'committed') gone.push(kid);
  }
  return gone;
}

/** What keys that are, or will be, in use make may live longer from now on. */
export async function raiseLongest(custody: Custody): Promise<void> {
  const { store, issuer } = custody;
  const commits: Promise<unknown>[] = [];
  for await (const entry of keyRecords.list(store, [issuer])) {
    const longest = custody.longest(entry.value.use);
    if (stateOf(entry.value, custody.now()) === 'retiring' || entry.value.longest >= longest) {
      continue;
    }
    commits.push(store.commit({
      check: [keyRecords.check(entry)],
      put: [keyRecords.put([issuer, entry.value.kid], { ...entry.value, longest })],
    }));
  }
  await Promise.all(commits);
}

/** A key that was superseded is used, as a client names it. */
export async function noteUse(custody: Custody, kid: string): Promise<void> {
  const { store, issuer } = custody;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await keyRecords.get(store, issuer, kid);
    if (entry === undefined) return;
    const { value } = entry;
    const longest = Math.max(value.longest, custody.longest(value.use));
    const outcome = await store.commit({
      check: [keyRecords.check(entry)],
      put: [
        keyRecords.put([issuer, kid], { ...value, longest, used_at: Math.floor(custody.now()) }),
      ],
    });
    if (outcome === 'committed') return;
  }
}
