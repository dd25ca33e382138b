import { newTotpSecret, totpStep, totpUri } from '../../accounts/totp.ts';
import { sha256 } from '../../keys/digest.ts';
import { isMap } from '../../spec/is_map.ts';
import { factors, jtis } from '../../store/collections.ts';
import type { FactorRecord, TotpRecord, UserRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { addFactor, hasRoom, newFactor } from './factors.ts';

/** A secret that an app may be given; nothing is kept of it until a code proves that one has it. T100 */
export interface NewTotp {
  /** Travels in the form. */
  readonly sealed: string;
  /** Base32, for typing. */
  readonly secret: string;
  /** `otpauth:`, for a QR code. */
  readonly uri: string;
}

/** Seconds in which a new secret must be confirmed. */
const ENROLMENT_SECONDS = 900;

export function newTotp(user: UserRecord, engine: Engine): NewTotp {
  const secret = newTotpSecret();
  const sealed = engine.keys.seal(
    'factor',
    JSON.stringify({ secret, at: engine.now() }),
    user.id,
  );
  return { sealed, secret, uri: uriOf(secret, user, engine) };
}

/** The secret that a form brought back, to be shown once more; undefined when it is too old, or not this person's. */
export function reopenTotp(
  sealed: string,
  user: UserRecord,
  engine: Engine,
): NewTotp | undefined {
  const secret = openNew(sealed, user.id, engine);
  return secret === undefined ? undefined : { sealed, secret, uri: uriOf(secret, user, engine) };
}

/**
 * Takes the factor in, once a code shows that an app has the secret; that code is used up, and so is the form: a secret in
 * two factors would make two uses of each code. T099, T100
 */
export async function enrolTotp(
  user: UserRecord,
  { sealed, code, name }: {
    readonly sealed: string;
    readonly code: string;
    readonly name: string;
  },
  engine: Engine,
): Promise<'enrolled' | 'wrong' | 'expired' | 'full'> {
  const secret = openNew(sealed, user.id, engine);
  if (secret === undefined) return 'expired';
  if (!await hasRoom(user.id, 'totp', engine)) return 'full';
  const step = totpStep(secret, code, engine.now());
  if (step === undefined) return 'wrong';
  const record: TotpRecord = {
    ...newFactor(name, engine),
    kind: 'totp',
    sealed: engine.keys.sealFactor(secret, user.id),
    last_step: step,
  };
  const use = [engine.settings.issuer, 'totp', sha256(sealed)] as const;
  const end = Math.ceil(engine.now()) + ENROLMENT_SECONDS;
  const once = { check: [jtis.absent(...use)], put: [jtis.put(use, true, end)] };
  switch (await addFactor(user.id, record, once, engine)) {
    case 'added':
      return 'enrolled';
    case 'full':
      return 'full';
    case 'conflict':
      return 'expired';
  }
}

/** Whether it is a code of one of the person's apps, of this step or one beside it, that was not used before. T099 */
export async function checkTotp(user: UserRecord, code: string, engine: Engine): Promise<boolean> {
  for await (const entry of factors.list(engine.store, [user.id])) {
    if (isTotp(entry) && await accept(entry, user.id, code, engine)) return true;
  }
  return false;
}

/** Of two who bring one code at once, one finds the record changed. RFC 6238 §5.2 */
async function accept(
  entry: Entry<TotpRecord>,
  user: string,
  code: string,
  engine: Engine,
): Promise<boolean> {
  const { value } = entry;
  const secret = engine.keys.openFactor(value.sealed, user);
  const step = secret === undefined ? undefined : totpStep(secret, code, engine.now());
  if (step === undefined || step <= value.last_step) return false;
  const used: TotpRecord = { ...value, last_step: step, last_used_at: engine.now() };
  const outcome = await engine.store.commit({
    check: [factors.check(entry)],
    put: [factors.put([user, value.id], used)],
  });
  return outcome === 'committed';
}

function isTotp(entry: Entry<FactorRecord>): entry is Entry<TotpRecord> {
  return entry.value.kind === 'totp';
}

function uriOf(secret: string, { username }: UserRecord, engine: Engine): string {
  return totpUri(secret, { issuer: new URL(engine.settings.issuer).host, username });
}

function openNew(sealed: string, user: string, engine: Engine): string | undefined {
  const text = engine.keys.open('factor', sealed, user);
  const parsed: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isMap(parsed)) return undefined;
  const { secret, at } = parsed;
  if (typeof secret !== 'string' || typeof at !== 'number') return undefined;
  return at + ENROLMENT_SECONDS > engine.now() ? secret : undefined;
}
