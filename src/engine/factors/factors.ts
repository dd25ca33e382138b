import { randomToken } from '../../keys/digest.ts';
import { factors, passkeys, recoveries } from '../../store/collections.ts';
import type { FactorRecord } from '../../store/records.ts';
import type { Change } from '../../store/store.ts';
import type { Engine } from '../engine.ts';

/** How many factors of each kind a person can have. */
export const MAX_FACTORS = 10;

/** Characters of what a person calls a factor. */
const MAX_NAME_CHARACTERS = 60;

/** A person's second factors, oldest first. */
export async function listFactors(user: string, engine: Engine): Promise<readonly FactorRecord[]> {
  const found: FactorRecord[] = [];
  for await (const { value } of factors.list(engine.store, [user])) found.push(value);
  return found.toSorted((left, right) => left.created_at - right.created_at);
}

export async function hasSecondFactor(user: string, engine: Engine): Promise<boolean> {
  for await (const _ of factors.list(engine.store, [user], { limit: 1 })) return true;
  return false;
}

/** Takes a factor away, and with the last one the recovery codes. False when there is no such factor. */
export async function removeFactor(user: string, id: string, engine: Engine): Promise<boolean> {
  const { store } = engine;
  const entry = await factors.get(store, user, id);
  if (entry === undefined) return false;
  const others = (await listFactors(user, engine)).filter((each) => each.id !== id);
  const outcome = await store.commit({
    check: [factors.check(entry)],
    remove: [
      factors.remove(user, id),
      ...ownerKeys(entry.value),
      ...(others.length === 0 ? [recoveries.remove(user)] : []),
    ],
  });
  // Used in this very moment, so that it has changed: as it is now, then.
  if (outcome === 'conflict') return await removeFactor(user, id, engine);
  engine.log('info', 'factor.removed', { user, factor: id });
  return true;
}

/** Takes all of them away: of somebody who lost everything, or is removed. @returns how many */
export async function removeAllFactors(user: string, engine: Engine): Promise<number> {
  const all = await listFactors(user, engine);
  await engine.store.commit({
    remove: [
      ...all.flatMap((factor) => [factors.remove(user, factor.id), ...ownerKeys(factor)]),
      recoveries.remove(user),
    ],
  });
  if (all.length > 0) engine.log('info', 'factors.removed', { user, count: all.length });
  return all.length;
}

/** What is common to a new factor of every kind. */
export function newFactor(
  name: string,
  engine: Engine,
): Pick<FactorRecord, 'id' | 'name' | 'created_at'> {
  const trimmed = Array.from(name.trim()).slice(0, MAX_NAME_CHARACTERS).join('');
  return { id: randomToken(16), name: trimmed, created_at: engine.now() };
}

/** Whether a person can have one more of a kind. */
export async function hasRoom(
  user: string,
  kind: FactorRecord['kind'],
  engine: Engine,
): Promise<boolean> {
  const all = await listFactors(user, engine);
  return all.filter((factor) => factor.kind === kind).length < MAX_FACTORS;
}

function ownerKeys(factor: FactorRecord): NonNullable<Change['remove']> {
  return factor.kind === 'passkey' ? [passkeys.remove(factor.credential_id)] : [];
}
