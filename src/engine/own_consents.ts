import { consents } from '../store/collections.ts';
import type { ConsentRecord } from '../store/records.ts';
import type { Engine } from './engine.ts';

/** How many saved answers of one person are shown. */
const MAX_CONSENTS = 200;

/** The answers that a person has had saved, and that have not expired. */
export async function listOwnConsents(
  user: string,
  engine: Engine,
): Promise<readonly ConsentRecord[]> {
  const { store, settings: { issuer } } = engine;
  const found: ConsentRecord[] = [];
  for await (const { value } of consents.list(store, [issuer, user], { limit: MAX_CONSENTS })) {
    found.push(value);
  }
  return found;
}
