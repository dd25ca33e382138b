import { randomToken } from '../../keys/digest.ts';
import {
  backchannelUserCodes,
  factors,
  factorTurns,
  passkeys,
  recoveries,
} from '../../store/collections.ts';
import type { FactorRecord } from '../../store/records.ts';
import type { Change, Put } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { isUsableHere } from './rp_id.ts';

/** How many factors of each kind a person can have. */
export const MAX_FACTORS = 10;

/** Characters of what a person calls a factor. */
const MAX_NAME_CHARACTERS = 60;

/** Under contention somebody else makes progress each time; so many times in a row is a fault. */
const MAX_ATTEMPTS = 100;

/** A person's second factors, oldest first. */
export async function listFactors(user: string, engine: Engine): Promise<readonly FactorRecord[]> {
  const found: FactorRecord[] = [];
  for await (const { value } of factors.list(engine.store, [user])) found.push(value);
  return found.toSorted((left, right) => left.created_at - right.created_at);
}

/** Whether a person has a second factor at all, be it of use here or not: then a password alone adds none. T100 */
export async function hasSecondFactor(user: string, engine: Engine): Promise<boolean> {
  for await (const _ of factors.list(engine.store, [user], { limit: 1 })) return true;
  return false;
}

/** Whether a person has a second factor that can be shown here. */
export async function canShowSecondFactor(user: string, engine: Engine): Promise<boolean> {
  for await (const { value } of factors.list(engine.store, [user])) {
    if (isUsableHere(value, engine)) return true;
  }
  return false;
}

/** Takes a factor away, and with the last one the recovery codes. False when there is no such factor. */
export async function removeFactor(user: string, id: string, engine: Engine): Promise<boolean> {
  const removed = await inTurn(user, engine, (all) => {
    const factor = all.find((each) => each.id === id);
    if (factor === undefined) return { kind: 'none' };
    const codes = all.length === 1 ? [recoveries.remove(user)] : [];
    return { kind: 'change', change: { remove: [...keysOf(user, factor), ...codes] } };
  });
  if (removed !== 'changed') return false;
  engine.log('info', 'factor.removed', { user, factor: id });
  return true;
}

/** Takes all of them away: of somebody who lost everything, or is removed. @returns how many */
export async function removeAllFactors(
  user: string,
  engine: Engine,
  record: () => readonly Put[] = () => [],
): Promise<number> {
  let count = 0;
  await inTurn(user, engine, (all) => {
    count = all.length;
    const keys = all.flatMap((factor) => keysOf(user, factor));
    const remove = [...keys, recoveries.remove(user), backchannelUserCodes.remove(user)];
    return { kind: 'change', change: { put: record(), remove } };
  }, { isLast: true });
  if (count > 0) engine.log('info', 'factors.removed', { user, count });
  return count;
}

/** Puts a factor in beside the others, if there is room for one more of its kind and `alongside` holds. */
export async function addFactor(
  user: string,
  factor: FactorRecord,
  alongside: Required<Pick<Change, 'check' | 'put'>>,
  engine: Engine,
): Promise<'added' | 'full' | 'conflict'> {
  const added = await inTurn(user, engine, (all) => {
    if (!hasRoomIn(all, factor.kind)) return { kind: 'none' };
    const put = [...alongside.put, factors.put([user, factor.id], factor)];
    // Codes from before stand in for no factor, and may be somebody else’s.
    const remove = all.length === 0 ? [recoveries.remove(user)] : [];
    return { kind: 'change', change: { check: alongside.check, put, remove } };
  });
  if (added === 'none') return 'full';
  if (added === 'conflict') return 'conflict';
  engine.log('info', 'factor.added', { user, factor: factor.id, kind: factor.kind });
  return 'added';
}

/** What is common to a new factor of every kind. */
export function newFactor(
  name: string,
  engine: Engine,
): Pick<FactorRecord, 'id' | 'name' | 'created_at'> {
  const trimmed = Array.from(name.trim()).slice(0, MAX_NAME_CHARACTERS).join('');
  return { id: randomToken(16), name: trimmed, created_at: engine.now() };
}

/** Whether a person can have one more of a kind; told early, as `addFactor` looks again. */
export async function hasRoom(
  user: string,
  kind: FactorRecord['kind'],
  engine: Engine,
): Promise<boolean> {
  return hasRoomIn(await listFactors(user, engine), kind);
}

type Decision =
  | { readonly kind: 'none' }
  | { readonly kind: 'change'; readonly change: Change };

/**
 * Decides by all factors there are, and writes only while they still are all: of two who take away one each, one sees that
 * it is the last, and nobody gets an eleventh in. A use of a factor does not stand in the way. `conflict`: a check of the
 * change itself does not hold.
 */
async function inTurn(
  user: string,
  engine: Engine,
  decide: (all: readonly FactorRecord[]) => Decision,
  { isLast = false }: { readonly isLast?: boolean } = {},
): Promise<'changed' | 'none' | 'conflict'> {
  const { store } = engine;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    // The turn before the list: what comes in between makes the commit fail.
    const turn = await factorTurns.get(store, user);
    const decision = decide(await listFactors(user, engine));
    if (decision.kind === 'none') return 'none';
    const { check = [], put = [], remove = [] } = decision.change;
    const outcome = await store.commit({
      check: [...check, turn === undefined ? factorTurns.absent(user) : factorTurns.check(turn)],
      put: isLast ? put : [...put, factorTurns.put([user], { changed_at: engine.now() })],
      remove: isLast ? [...remove, factorTurns.remove(user)] : remove,
    });
    if (outcome === 'committed') return 'changed';
    const now = await factorTurns.get(store, user);
    if (now?.version === turn?.version) return 'conflict';
  }
  throw new Error(`Cannot change factors as they never stay the same: got ${user}`);
}

function hasRoomIn(all: readonly FactorRecord[], kind: FactorRecord['kind']): boolean {
  return all.filter((factor) => factor.kind === kind).length < MAX_FACTORS;
}

function keysOf(user: string, factor: FactorRecord): NonNullable<Change['remove']> {
  const own = factors.remove(user, factor.id);
  return factor.kind === 'passkey' ? [own, passkeys.remove(factor.credential_id)] : [own];
}
