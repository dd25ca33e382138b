import { subjects } from '../../store/collections.ts';
import type { Client } from '../../spec/client.ts';
import type { Engine } from '../engine.ts';

/** All clients share one sector while every subject identifier is public. Core §8. */
const PUBLIC_SECTOR = 'public';

/** The person's subject identifier: random, made at first need, then for ever. Core §8. */
export async function subjectOf(
  user: string,
  _client: Client,
  engine: Engine,
): Promise<string> {
  const key = [engine.settings.issuer, PUBLIC_SECTOR, user] as const;
  const existing = await subjects.get(engine.store, ...key);
  if (existing !== undefined) return existing.value.sub;
  const sub = crypto.randomUUID();
  const outcome = await engine.store.commit({
    check: [subjects.absent(...key)],
    put: [subjects.put(key, { sub })],
  });
  if (outcome === 'committed') return sub;
  const first = await subjects.get(engine.store, ...key);
  if (first === undefined) {
    throw new TypeError(`Cannot name user ${user} as its subject was removed meanwhile`);
  }
  return first.value.sub;
}
