import { PASSKEY_ALGORITHMS } from '../../accounts/passkey/public_key.ts';
import { parseAssertion, parseRegistration } from '../../accounts/passkey/response.ts';
import {
  type Assertion,
  type Expected,
  type NewPasskey,
  verifyAssertion,
  verifyRegistration,
} from '../../accounts/passkey/verify.ts';
import { bytesText, textBytes } from '../../accounts/passkey/bytes.ts';
import { sha256 } from '../../keys/digest.ts';
import { factors, jtis, passkeys } from '../../store/collections.ts';
import type { FactorRecord, PasskeyRecord, UserRecord } from '../../store/records.ts';
import type { Change, Entry, JsonValue } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { addFactor, hasRoom, listFactors, newFactor } from './factors.ts';
import { isUsableHere, rpIdOf } from './rp_id.ts';

/** Seconds for which a challenge is good, and that a browser is told to wait. */
const CHALLENGE_SECONDS = 300;

/** How often a record that changes under us is read again. */
const MAX_ATTEMPTS = 4;

type Ceremony = 'create' | 'get';

/** What a challenge is for: the ceremony, and what its caller binds it to. */
interface Purpose {
  readonly ceremony: Ceremony;
  readonly binding: string;
}

/** PublicKeyCredentialCreationOptionsJSON, WebAuthn §5.1.10. */
export async function registrationOptions(
  user: UserRecord,
  binding: string,
  engine: Engine,
): Promise<JsonValue> {
  const { name } = user.claims;
  return {
    rp: { id: rpIdOf(engine), name: rpIdOf(engine) },
    user: {
      id: userHandleOf(user.id),
      name: user.username,
      displayName: typeof name === 'string' ? name : user.username,
    },
    challenge: newChallenge({ ceremony: 'create', binding }, engine),
    pubKeyCredParams: PASSKEY_ALGORITHMS.map(({ alg }) => ({ type: 'public-key', alg })),
    timeout: CHALLENGE_SECONDS * 1000,
    excludeCredentials: await descriptorsOf(user.id, engine),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    attestation: 'none',
  };
}

/** Takes a passkey in. WebAuthn §7.1, T101 */
export async function enrolPasskey(
  user: UserRecord,
  { response, name }: { readonly response: unknown; readonly name: string },
  binding: string,
  engine: Engine,
): Promise<'enrolled' | 'refused' | 'known' | 'full'> {
  if (!await hasRoom(user.id, 'passkey', engine)) return 'full';
  const parsed = parseRegistration(response);
  if (parsed === undefined) return refusedAs('the answer has another shape', user.id, engine);
  let passkey: NewPasskey;
  try {
    const purpose = { ceremony: 'create', binding } as const;
    passkey = await verifyRegistration(parsed, expected(purpose, false, engine));
  } catch (error) {
    return refusedAs(reasonOf(error), user.id, engine);
  }
  const { challenge, ...credential } = passkey;
  const record: PasskeyRecord = {
    ...newFactor(name, engine),
    kind: 'passkey',
    rp_id: rpIdOf(engine),
    ...credential,
  };
  const { credential_id, id } = record;
  const use = useOf(challenge, engine);
  const owner = passkeys.put([credential_id], { user: user.id, factor: id });
  const alongside = {
    check: [...use.check, passkeys.absent(credential_id)],
    put: [...use.put, owner],
  };
  const outcome = await addFactor(user.id, record, alongside, engine);
  if (outcome === 'added') return 'enrolled';
  if (outcome === 'full') return 'full';
  const isKnown = await passkeys.get(engine.store, credential_id) !== undefined;
  return isKnown ? 'known' : refusedAs('the challenge was used before', user.id, engine);
}

/** PublicKeyCredentialRequestOptionsJSON, WebAuthn §5.1.10; without a person, for whoever has a passkey here. */
export async function assertionOptions(
  { user, binding }: { readonly user?: UserRecord; readonly binding: string },
  engine: Engine,
): Promise<JsonValue> {
  return {
    challenge: newChallenge({ ceremony: 'get', binding }, engine),
    timeout: CHALLENGE_SECONDS * 1000,
    rpId: rpIdOf(engine),
    allowCredentials: user === undefined ? [] : await descriptorsOf(user.id, engine),
    userVerification: user === undefined ? 'required' : 'preferred',
  };
}

export interface AssertionAttempt {
  readonly response: unknown;
  /** Whose passkey it must be; absent: whoever's it is signs in by it. */
  readonly user?: UserRecord;
  readonly binding: string;
  readonly requireUserVerification: boolean;
}

export type AssertionResult =
  | {
    readonly kind: 'ok';
    readonly user: UserRecord;
    /** RFC 8176. */
    readonly amr: readonly string[];
    readonly isUserVerified: boolean;
  }
  | { readonly kind: 'refused' };

/** WebAuthn §7.2, T101 */
export async function checkAssertion(
  attempt: AssertionAttempt,
  engine: Engine,
): Promise<AssertionResult> {
  const response = parseAssertion(attempt.response);
  if (response === undefined) return refusal('the answer has another shape', attempt, engine);
  for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
    const found = await findPasskey(response.id, engine);
    if (found === undefined) return refusal('nobody has this passkey', attempt, engine);
    const { user, entry } = found;
    const isOthers = attempt.user !== undefined && attempt.user.id !== user.id;
    if (isOthers || user.disabled) return refusal('it is somebody else’s', attempt, engine);
    if (!isUsableHere(entry.value, engine)) {
      return refusal('it belongs to another host', attempt, engine);
    }
    const { userHandle } = response;
    // Whoever is not known yet is named by the authenticator, and must be the owner of the credential.
    const isNamed = userHandle === undefined
      ? attempt.user !== undefined
      : userHandle === userHandleOf(user.id);
    if (!isNamed) return refusal('the authenticator names somebody else', attempt, engine);
    let assertion: Assertion;
    try {
      const purpose = { ceremony: 'get', binding: attempt.binding } as const;
      assertion = await verifyAssertion(
        response,
        entry.value,
        expected(purpose, attempt.requireUserVerification, engine),
      );
    } catch (error) {
      return refusal(reasonOf(error), attempt, engine);
    }
    if (assertion.hasCounterGoneBack) {
      const ids = { user: user.id, factor: entry.value.id };
      engine.log('warn', 'passkey.counter_went_back', ids);
      return { kind: 'refused' };
    }
    if (await noteUse(entry, user.id, assertion, engine)) {
      const { isUserVerified } = assertion;
      return { kind: 'ok', user, amr: amrOf(entry.value, assertion), isUserVerified };
    }
    if (await isUsed(assertion.challenge, engine)) {
      return refusal('the challenge was used before', attempt, engine);
    }
  }
  return refusal('the passkey is used too often at once', attempt, engine);
}

async function findPasskey(
  credential_id: string,
  engine: Engine,
): Promise<{ readonly user: UserRecord; readonly entry: Entry<PasskeyRecord> } | undefined> {
  const owner = (await passkeys.get(engine.store, credential_id))?.value;
  if (owner === undefined) return undefined;
  const user = await engine.directory.findById(owner.user);
  const entry = await factors.get(engine.store, owner.user, owner.factor);
  return user === undefined || entry === undefined || !isPasskey(entry)
    ? undefined
    : { user, entry };
}

async function noteUse(
  entry: Entry<PasskeyRecord>,
  user: string,
  { challenge, sign_count, backed_up }: Assertion,
  engine: Engine,
): Promise<boolean> {
  const use = useOf(challenge, engine);
  const used: PasskeyRecord = {
    ...entry.value,
    // The authenticator has just answered to it.
    rp_id: rpIdOf(engine),
    sign_count,
    backed_up,
    last_used_at: engine.now(),
  };
  const outcome = await engine.store.commit({
    check: [...use.check, factors.check(entry)],
    put: [...use.put, factors.put([user, used.id], used)],
  });
  return outcome === 'committed';
}

/**
 * RFC 8176: a key was shown (pop), one that cannot leave its device (hwk) or is synced (swk), by somebody there (user).
 * Whether a PIN or a finger verified them, authenticators do not tell: that they did makes it several factors (mfa).
 */
function amrOf(
  { backup_eligible }: PasskeyRecord,
  { isUserPresent, isUserVerified }: Assertion,
): readonly string[] {
  return [
    'pop',
    backup_eligible ? 'swk' : 'hwk',
    ...(isUserPresent ? ['user'] : []),
    ...(isUserVerified ? ['mfa'] : []),
  ];
}

function expected(purpose: Purpose, requireUserVerification: boolean, engine: Engine): Expected {
  return {
    origin: new URL(engine.settings.issuer).origin,
    rpId: rpIdOf(engine),
    isChallenge: (challenge) => isChallenge(challenge, purpose, engine),
    requireUserVerification,
  };
}

/** Kept by nobody until it is used: sealed by us, so that only what we asked for can be answered. */
function newChallenge(purpose: Purpose, engine: Engine): string {
  const sealed = engine.keys.seal('passkey challenge', String(engine.now()), contextOf(purpose));
  return bytesText(sealed);
}

function isChallenge(challenge: string, purpose: Purpose, engine: Engine): boolean {
  const sealed = textBytes(challenge);
  const at = sealed && engine.keys.open('passkey challenge', sealed, contextOf(purpose));
  return at !== undefined && Number(at) + CHALLENGE_SECONDS > engine.now();
}

function contextOf({ ceremony, binding }: Purpose): string {
  return JSON.stringify([ceremony, binding]);
}

function useOf(challenge: string, engine: Engine): Required<Pick<Change, 'check' | 'put'>> {
  const parts = [engine.settings.issuer, 'passkey', sha256(challenge)] as const;
  const expiresAt = Math.ceil(engine.now()) + CHALLENGE_SECONDS;
  return { check: [jtis.absent(...parts)], put: [jtis.put(parts, true, expiresAt)] };
}

async function isUsed(challenge: string, engine: Engine): Promise<boolean> {
  const { store, settings: { issuer } } = engine;
  return await jtis.get(store, issuer, 'passkey', sha256(challenge)) !== undefined;
}

async function descriptorsOf(user: string, engine: Engine): Promise<JsonValue> {
  const all = await listFactors(user, engine);
  return all.flatMap((factor) =>
    factor.kind === 'passkey' && isUsableHere(factor, engine)
      ? [{ type: 'public-key', id: factor.credential_id, transports: factor.transports }]
      : []
  );
}

/** WebAuthn §14.6.1: nothing that tells who it is; from the id, so that every passkey of a person has the same. */
function userHandleOf(user: string): string {
  return sha256(`passkey user handle ${user}`);
}

function isPasskey(entry: Entry<FactorRecord>): entry is Entry<PasskeyRecord> {
  return entry.value.kind === 'passkey';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}

function refusal(reason: string, { user }: AssertionAttempt, engine: Engine): AssertionResult {
  engine.log('info', 'passkey.refused', { reason, user: user?.id });
  return { kind: 'refused' };
}

function refusedAs(reason: string, user: string, engine: Engine): 'refused' {
  engine.log('info', 'passkey.not_added', { reason, user });
  return 'refused';
}
