import { keyRecords, keyTurns } from '../store/collections.ts';
import type { KeyRecord } from '../store/records.ts';
import type { BroughtKey } from './import.ts';
import {
  BUSY,
  type ChangeOptions,
  type ChangeOutcome,
  commitSuccessor,
  MAX_ATTEMPTS,
  readGroup,
  refused,
  type SeenGroup,
} from './key_group.ts';
import {
  type Custody,
  generateKey,
  type KeyAlg,
  type KeyGroup,
  sealKey,
  useOf,
} from './key_records.ts';
import { hasKey, type KeyMaterial, readKeys } from './key_set.ts';
import { LEAD_SECONDS, stateOf } from './key_state.ts';
import { thumbprintOf } from './public_jwk.ts';

/**
 * What is there, and what is missing of what every start needs: a sealing key, and keys for `algs`. Two starters on one
 * store end with the same keys. T146
 */
export async function loadKeys(custody: Custody, algs: readonly KeyAlg[]): Promise<KeyMaterial> {
  const stored = await readKeys(custody);
  const missing: KeyGroup[] = algs.filter((alg) => !hasKey(stored, alg));
  if (stored.sealing.length === 0) missing.push('seal');
  if (missing.length === 0) return stored;
  await Promise.all(missing.map((group) => makeFirstKey(custody, group)));
  return await readKeys(custody);
}

/** Makes the first key of its group, in use at once, unless somebody else is quicker: then theirs counts. */
export async function makeFirstKey(custody: Custody, group: KeyGroup): Promise<void> {
  const record = await generateKey(custody, group);
  const { store, issuer } = custody;
  await store.commit({
    check: [keyTurns.absent(issuer, group)],
    put: [
      keyRecords.put([issuer, record.kid], record),
      keyTurns.put([issuer, group], record.kid),
    ],
  });
}

/**
 * The next key of a group: it is used once everybody who must know it does, the first one at once. With `isNow`, one that
 * waits already is used at once.
 */
export async function rotateKey(
  custody: Custody,
  group: KeyGroup,
  options: ChangeOptions & {
    /** Whether the newest of the group has had its time; by default it has. */
    readonly isDue?: (newest: KeyRecord) => boolean;
  },
): Promise<ChangeOutcome> {
  let fresh: KeyRecord | undefined;
  let newest: string | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const nowSeconds = Math.floor(custody.now());
    const seen = await readGroup(custody, group);
    const last = seen.entries.find(({ value }) => value.superseded_at === undefined);
    if (attempt > 0 && last?.value.kid !== newest) return BUSY;
    newest = last?.value.kid;
    if (last !== undefined && options.isDue?.(last.value) === false) {
      return refused(`${last.value.kid} has not had its time yet`);
    }
    const isPending = last !== undefined && stateOf(last.value, nowSeconds) === 'pending';
    if (isPending && options.isNow !== true) {
      return refused(`${last.value.kid} is about to take over already: --now has it do so at once`);
    }
    const successor = isPending
      ? { record: { ...last.value, active_at: nowSeconds }, same: last }
      : {
        record: {
          ...(fresh ??= await generateKey(custody, group)),
          ...timesOf(custody, group, seen, options),
        },
      };
    if (await commitSuccessor(custody, seen, successor, 'key.rotated', options)) {
      return { kind: 'done', kid: successor.record.kid };
    }
  }
  return BUSY;
}

/**
 * Takes in a key of somebody else's making, as the next of its group; the same key again replaces its certificates, and
 * comes back if another had taken its place.
 */
export async function addKey(
  custody: Custody,
  brought: BroughtKey,
  options: ChangeOptions,
): Promise<ChangeOutcome> {
  const { use, alg, publicJwk, privateJwk, chain } = brought;
  const thumbprint = thumbprintOf(publicJwk);
  const kid = brought.kid ?? thumbprint;
  const problem = await collision(custody, { kid, use, alg }, thumbprint);
  if (problem !== undefined) return refused(problem);
  const seen = await readGroup(custody, alg as KeyGroup);
  const same = seen.entries.find(({ value }) => value.kid === kid);
  const record: KeyRecord = {
    kid,
    use,
    alg,
    public_jwk: publicJwk,
    ...chain !== undefined && { chain },
    sealed: sealKey(custody, kid, JSON.stringify(privateJwk)),
    imported: true,
    longest: Math.max(custody.longest(use), same?.value.longest ?? 0),
    ...timesOf(custody, alg as KeyGroup, seen, options, same?.value),
  };
  const successor = { record, ...same !== undefined && { same } };
  const isDone = await commitSuccessor(custody, seen, successor, 'key.imported', options);
  return isDone ? { kind: 'done', kid } : BUSY;
}

/** What may come back to life, or be taken for another: one key has one name and one algorithm. */
async function collision(
  custody: Custody,
  { kid, use, alg }: Pick<KeyRecord, 'kid' | 'use' | 'alg'>,
  thumbprint: string,
): Promise<string | undefined> {
  for await (const { value } of keyRecords.list(custody.store, [custody.issuer])) {
    const isSame = value.public_jwk !== undefined && thumbprintOf(value.public_jwk) === thumbprint;
    if (!isSame && value.kid !== kid) continue;
    if (isSame && value.kid === kid && value.use === use && value.alg === alg) continue;
    return isSame
      ? `the key is here already as ${value.kid} for ${value.alg}: one key has one alg`
      : `there is another key whose kid is ${kid}`;
  }
  return undefined;
}

/** When a key of the group is used that comes now, or, being there already, comes back. */
function timesOf(
  custody: Custody,
  group: KeyGroup,
  seen: SeenGroup,
  { isNow = false }: ChangeOptions,
  same?: KeyRecord,
): Pick<KeyRecord, 'created_at' | 'active_at'> {
  const nowSeconds = Math.floor(custody.now());
  const created_at = same?.created_at ?? nowSeconds;
  if (same !== undefined && same.superseded_at === undefined) {
    const { active_at } = same;
    return { created_at, active_at: isNow ? Math.min(active_at, nowSeconds) : active_at };
  }
  const isFirst = seen.entries.every(({ value }) => value.kid === same?.kid);
  if (isNow || isFirst) return { created_at, active_at: nowSeconds };
  const known = Math.ceil(same?.created_at ?? custody.now()) + LEAD_SECONDS[useOf(group)];
  return { created_at, active_at: Math.max(known, nowSeconds) };
}
