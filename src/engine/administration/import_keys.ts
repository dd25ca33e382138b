import { thumbprintOf } from '../../keys/public_jwk.ts';
import { audit } from '../audit.ts';
import type { ImportContext, ImportRow } from './import.ts';
import type { PlannedKey } from './import_plan.ts';

const MAX_ATTEMPTS = 8;

/** A key comes with the name that relying parties know it by; one of that name that is here already stays. */
export async function importKey(
  { kid, use, alg, text }: PlannedKey,
  { engine, by, isDry }: ImportContext,
): Promise<ImportRow> {
  const row = { kind: 'key', id: kid } as const;
  const published = JSON.parse(await engine.keys.jwksText()) as { keys: readonly PublicKey[] };
  const here = engine.keys.describe().find((key) => key.kid === kid);
  if (here !== undefined) {
    const same = published.keys.find((key) => key.kid === kid);
    const isSame = here.use === use && here.alg === alg &&
      (same === undefined || thumbprintOf(same) === thumbprintOf(publicHalf(text)));
    return isSame
      ? { ...row, state: 'same' }
      : { ...row, state: 'conflict', why: 'another key has this name' };
  }
  if (isDry) return { ...row, state: 'added' };
  let outcome = await engine.keys.importKey(text, { use, alg });
  // The server makes keys by itself meanwhile.
  for (let attempt = 1; outcome.kind === 'refused' && attempt < MAX_ATTEMPTS; attempt += 1) {
    outcome = await engine.keys.importKey(text, { use, alg });
  }
  if (outcome.kind === 'refused') return { ...row, state: 'conflict', why: outcome.problem };
  await engine.store.commit({
    put: [audit({ action: 'key.imported', target: kid, after: outcome.key }, by, engine)],
  });
  return { ...row, state: 'added' };
}

type PublicKey = { readonly [member: string]: unknown };

/** The JWK stands first, on a line of its own. */
function publicHalf(text: string): PublicKey {
  return JSON.parse(text.split('\n')[0] ?? '') as PublicKey;
}
