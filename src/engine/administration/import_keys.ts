import { thumbprintOf } from '../../keys/public_jwk.ts';
import { clients } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';
import type { ImportContext, ImportRow } from './import.ts';
import type { ImportPlan, PlannedKey } from './import_plan.ts';
import { importKey } from './keys.ts';
import type { Outcome } from './outcome.ts';

const MAX_ATTEMPTS = 8;

/**
 * Keys come with the names that relying parties know them by; those that are here already stay. Of an algorithm the last
 * that comes is the one that signs, so that the first of the plan comes last.
 */
export async function importKeys(
  { issuer, keys }: ImportPlan,
  context: ImportContext,
): Promise<readonly ImportRow[]> {
  const { engine } = context;
  // Whoever knows the issuer knows these keys, and nobody has met ours yet.
  const isNow = issuer === engine.settings.issuer && await hasNoClients(engine);
  const rows: ImportRow[] = [];
  for (const alg of new Set(keys.map((key) => key.alg))) {
    const [first, ...others] = keys.filter((key) => key.alg === alg);
    if (first === undefined) continue;
    const wasFirst = await isCurrent(first, engine);
    for (const key of others.toReversed()) rows.push(await bring(key, isNow, context));
    const isDisplaced = wasFirst && !context.isDry && !await isCurrent(first, engine);
    if (isDisplaced) await brought(first, true, context);
    rows.push(await bring(first, isNow, context));
  }
  return rows;
}

async function bring(
  key: PlannedKey,
  isNow: boolean,
  context: ImportContext,
): Promise<ImportRow> {
  const { kid, use, alg, text } = key;
  const { engine, isDry } = context;
  const row = { kind: 'key', id: kid } as const;
  const published = JSON.parse(await engine.keys.jwksText()) as { keys: readonly PublicKey[] };
  const here = engine.keys.describe().find((each) => each.kid === kid);
  if (here !== undefined) {
    const same = published.keys.find((each) => each.kid === kid);
    const isSame = here.use === use && here.alg === alg &&
      (same === undefined || thumbprintOf(same) === thumbprintOf(publicHalf(text)));
    return isSame
      ? { ...row, state: 'same' }
      : { ...row, state: 'conflict', why: 'another key has this name' };
  }
  if (isDry) return { ...row, state: 'added' };
  const outcome = await brought(key, isNow, context);
  return outcome.kind === 'done'
    ? { ...row, state: 'added' }
    : { ...row, state: 'conflict', why: outcome.problem };
}

/** The server makes keys by itself meanwhile, which may come in between. */
async function brought(
  { text, use, alg }: PlannedKey,
  isNow: boolean,
  { engine, by }: ImportContext,
): Promise<Outcome<unknown>> {
  let outcome = await importKey(text, { use, alg, isNow }, by, engine);
  for (let attempt = 1; outcome.kind === 'refused' && attempt < MAX_ATTEMPTS; attempt += 1) {
    outcome = await importKey(text, { use, alg, isNow }, by, engine);
  }
  return outcome;
}

async function isCurrent({ kid }: PlannedKey, { keys }: Engine): Promise<boolean> {
  await keys.jwksText();
  return keys.describe().some((key) => key.kid === kid && key.superseded_at === undefined);
}

async function hasNoClients({ settings, store }: Engine): Promise<boolean> {
  if (settings.clients.size > 0) return false;
  for await (const _ of clients.list(store, [settings.issuer], { limit: 1 })) return false;
  return true;
}

type PublicKey = { readonly [member: string]: unknown };

/** The JWK stands first, on a line of its own. */
function publicHalf(text: string): PublicKey {
  return JSON.parse(text.split('\n')[0] ?? '') as PublicKey;
}
