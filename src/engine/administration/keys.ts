import type { BroughtAs } from '../../keys/import.ts';
import type { KeyDescription } from '../../keys/key_description.ts';
import type { KeyGroup } from '../../keys/key_records.ts';
import type { KeyUse } from '../../keys/key_state.ts';
import type { KeyOutcome } from '../../keys/keys.ts';
import type { Actor } from '../../store/records.ts';
import { audit, type AuditedChange } from '../audit.ts';
import type { Engine } from '../engine.ts';
import { namingClient } from '../named_keys.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';

export interface RotateWhat {
  readonly use?: KeyUse | undefined;
  readonly alg?: string | undefined;
  /** Used at once, though relying parties may not know them yet. */
  readonly isNow: boolean;
}

export interface RotatedKeys {
  /** Those that take over. */
  readonly keys: readonly KeyDescription[];
  /**
   * Those that were left alone, as they wait already, or as somebody brought them: naming their algorithm has such a key
   * replaced, too.
   */
  readonly skipped: readonly KeyDescription[];
}

/** Has keys give way to new ones: of one algorithm, of one use, or all that we made. */
export async function rotateKeys(
  { use, alg, isNow }: RotateWhat,
  by: Actor,
  engine: Engine,
): Promise<Outcome<RotatedKeys>> {
  const { keys } = engine;
  // Those of a first start must be there.
  await keys.jwksText();
  const newest = keys.describe().filter((key) =>
    key.superseded_at === undefined && (use === undefined || key.use === use) &&
    (alg === undefined || key.alg === alg)
  );
  if (newest.length === 0) {
    return refused('there is no such key; keys are made when they are needed');
  }
  const isSkipped = ({ imported, state }: KeyDescription): boolean =>
    alg === undefined && (imported === true || (state === 'pending' && !isNow));
  const rotated: KeyDescription[] = [];
  for (const key of newest) {
    if (isSkipped(key)) continue;
    const outcome = await keys.rotate((key.alg ?? key.use) as KeyGroup, {
      isNow,
      note: noteBy(by, engine),
    });
    if (outcome.kind === 'refused') return refused(outcome.problem);
    rotated.push(outcome.key);
  }
  return done({ keys: rotated, skipped: newest.filter(isSkipped) });
}

/** Takes in a key of somebody else's making. */
export async function importKey(
  text: string,
  as: BroughtAs & { readonly isNow: boolean },
  by: Actor,
  engine: Engine,
): Promise<Outcome<KeyDescription>> {
  const { keys, log, now } = engine;
  // Those of a first start must be there, to be superseded.
  await keys.jwksText();
  const outcome = await keys.importKey(text, as, { isNow: as.isNow, note: noteBy(by, engine) });
  if (outcome.kind === 'done' && (outcome.key.chain_expires_at ?? Infinity) < now()) {
    log('warn', 'key.chain_expired', { kid: outcome.key.kid });
  }
  return asOutcome(outcome);
}

export async function showKey(kid: string, { keys }: Engine): Promise<Outcome<KeyDescription>> {
  await keys.jwksText();
  const key = keys.describe().find((each) => each.kid === kid);
  return key === undefined ? noKey(kid) : done(key);
}

/** Takes a key away at once, as after its private half became known: all that was made with it is void. */
export async function removeKey(
  kid: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<KeyDescription>> {
  if ((await showKey(kid, engine)).kind === 'refused') return noKey(kid);
  const client = await namingClient(kid, engine);
  if (client !== undefined) {
    return refused(`client ${client} names this key: change that first`, 'conflict');
  }
  return asOutcome(await engine.keys.remove(kid, { note: noteBy(by, engine) }));
}

function noKey(kid: string): Refusal {
  return refused(`there is no key ${JSON.stringify(kid)}`, 'missing');
}

function noteBy(by: Actor, engine: Engine) {
  return (change: AuditedChange) => audit(change, by, engine);
}

function asOutcome(outcome: KeyOutcome): Outcome<KeyDescription> {
  return outcome.kind === 'done' ? done(outcome.key) : refused(outcome.problem);
}
