import { factors } from '../../store/collections.ts';
import type { FactorRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';

/** A person's second factors, in no particular order. */
export async function listFactors(user: string, engine: Engine): Promise<readonly FactorRecord[]> {
  const found: FactorRecord[] = [];
  for await (const { value } of factors.list(engine.store, [user])) found.push(value);
  return found;
}

export async function hasSecondFactor(user: string, engine: Engine): Promise<boolean> {
  for await (const _ of factors.list(engine.store, [user], { limit: 1 })) return true;
  return false;
}
