import type { JWTPayload } from 'jose';
import { hash } from 'node:crypto';
import {
  type AsymmetricEncryptionAlg,
  type ClientSigningAlg,
  SIGNING_ALGS,
  type SigningAlg,
} from '../spec/identifiers.ts';
import type { Log } from '../spec/log.ts';
import type { KeyRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { ALGORITHMS, hashOf } from './algorithms.ts';
import { type SecretsAtRest, secretsAtRest } from './at_rest.ts';
import { decryptJwe, type DecryptOptions } from './decrypt.ts';
import { constantTimeEquals, hmac } from './digest.ts';
import { type BroughtAs, readBroughtKey } from './import.ts';
import { addKey, loadKeys, makeFirstKey, rotateKey } from './key_changes.ts';
import { type ExportedKey, exportedKeys } from './export.ts';
import { describeKey, type KeyDescription } from './key_description.ts';
import { noteUse, raiseLongest, removeGone, removeKey } from './key_ends.ts';
import { type ChangeOptions, type ChangeOutcome, MAX_ATTEMPTS } from './key_group.ts';
import {
  type Custody,
  type KeyAlg,
  type KeyGroup,
  SEALING_KID_LENGTH,
  sealingKidOf,
} from './key_records.ts';
import { allKeys, hasKey, type KeyMaterial, readKeys, type SigningKey } from './key_set.ts';
import { activeOf, type KeyUse, stateOf, usedUntil } from './key_state.ts';
import { keyFor, type MacPurpose, sealingOf, type SealPurpose } from './purposes.ts';
import { createPublisher } from './publish.ts';
import { createRecent } from './recent.ts';
import { open, seal } from './seal.ts';
import { createSigner } from './sign.ts';
import type { Vault } from './vault.ts';
import { MAX_CLOCK_SKEW_SECONDS, MAX_JWT_LENGTH, verifyJwtNow } from './verify.ts';

/** One issuer's keys, and all that is done with them. */
export interface Keys extends SecretsAtRest {
  /** The public keys as the JWKS endpoint shows them, RFC 7517 §5: made once, the same bytes until a key changes. */
  jwksText(): Promise<string>;
  /** Makes and publishes the algorithms' keys that are not there yet, and uses them at once. */
  ensure(use: 'sig', algs: readonly SigningAlg[]): Promise<void>;
  ensure(use: 'enc', algs: readonly AsymmetricEncryptionAlg[]): Promise<void>;
  /**
   * A JWT with `kid`, and `typ` where it has one, in its header, by the algorithm's key that is in use, or the one that is named.
   * @throws {TypeError} when no key of the algorithm has the name
   */
  sign(
    alg: SigningAlg,
    typ: string | undefined,
    payload: JWTPayload,
    kid?: string,
  ): Promise<string>;
  /** The payload of a JWT that this issuer signed as `typ`, whether or not it has expired; undefined otherwise. */
  verifyOwn(jwt: string, typ: string): Promise<JWTPayload | undefined>;
  /** Base64url of the left half of the alg's hash: at_hash and its kin, Core §3.1.3.6. */
  halfHash(alg: ClientSigningAlg, text: string): string;
  /** The text of a JWE to one of our keys, or to a secret; undefined, whatever is wrong with it. */
  decrypt(jwe: string, options: DecryptOptions): Promise<string | undefined>;
  seal(purpose: SealPurpose, text: string, context?: string): string;
  open(purpose: SealPurpose, sealed: string, context?: string): string | undefined;
  mac(purpose: MacPurpose, text: string): string;
  isMac(purpose: MacPurpose, text: string, mac: string): boolean;
  /** Takes in a key of somebody else's making; it is published at once, and signs once everybody can know it. */
  importKey(text: string, as: BroughtAs, options?: ChangeOptions): Promise<KeyOutcome>;
  /** Has another key take over in a group, once everybody can know it; see `key_state.ts`. */
  rotate(group: KeyGroup, options?: RotateOptions): Promise<KeyOutcome>;
  /** Whether there is a key of that name, whatever it is for. */
  has(kid: string): boolean;
  /** Takes a key away at once, whatever was made with it: the key's last description. */
  remove(kid: string, options?: ChangeOptions): Promise<KeyOutcome>;
  /** Removes keys that nothing valid was made with, save those that are needed all the same. @returns their kids */
  removeGone(
    isNeeded: (kid: string) => Promise<boolean>,
    options?: ChangeOptions,
  ): Promise<readonly string[]>;
  /** How many seconds what is made with keys of each use lives at the most, from now on. */
  keepFor(longest: Readonly<Record<KeyUse, number>>): Promise<void>;
  /** Takes over what other processes have changed. */
  refresh(): Promise<void>;
  /** What there is, newest first, for the operator: no secrets. */
  describe(): readonly KeyDescription[];
  /** The private keys themselves, for whoever moves. */
  exportPrivate(): readonly ExportedKey[];
}

export interface RotateOptions extends ChangeOptions {
  /** Seconds that the newest key must have been in use for, and it must be one that we made. */
  readonly every?: number;
}

export type KeyOutcome =
  | { readonly kind: 'done'; readonly key: KeyDescription }
  | { readonly kind: 'refused'; readonly problem: string };

export interface KeysOptions {
  readonly store: Store;
  readonly issuer: string;
  readonly vault: Vault;
  readonly now: () => number;
  readonly log?: Log;
}

/** Made on a first start; the others when they are asked for. */
const FIRST_ALGS = ['RS256', 'ES256', 'EdDSA'] as const satisfies readonly SigningAlg[];

/** Quick to make; an RSA key takes longer than all the rest of a first start, and is made while that goes on. */
const QUICK_ALGS = FIRST_ALGS.filter((alg) => ALGORITHMS[alg].kty !== 'RSA');

/** Loads or makes the issuer's keys. On a first start, what needs the RSA key waits for it. */
export async function openKeys(options: KeysOptions): Promise<Keys> {
  let longest: Readonly<Record<KeyUse, number>> = { sig: 0, enc: 0, seal: 0 };
  const custody: Custody = { ...options, longest: (use) => longest[use] };
  let material = await loadKeys(custody, QUICK_ALGS);
  let sealing = sealingOf(material.sealing);
  let signing = signingByAlg(material);
  const making = new Map<KeyAlg, Promise<void>>();
  const noting = new Map<string, Promise<void>>();
  let reading = Promise.resolve();
  const publisher = createPublisher(options.now, options.log ?? (() => {}));
  const signJwt = createSigner();
  const opened = createRecent<string>(REMEMBERED_TOKENS, REMEMBERED_LENGTH);
  const verified = createRecent<JWTPayload>(REMEMBERED_TOKENS, REMEMBERED_LENGTH);

  // Whoever needs the keys learns of a failure then, and tries again.
  ensureAll(FIRST_ALGS).catch(() => {});

  return {
    ...secretsAtRest(options.vault, options.issuer),

    async jwksText() {
      await ensureAll(FIRST_ALGS);
      // What is being made is about to be used.
      await Promise.allSettled(making.values());
      return publisher.textOf(material);
    },

    ensure: (_use, algs: readonly KeyAlg[]) => ensureAll(algs),

    async sign(alg, typ, payload, kid) {
      if (!signing.has(alg)) await ensureAll([alg]);
      const key = kid === undefined
        ? activeOf(signing.get(alg) ?? [], options.now())
        : await namedKey(alg, kid);
      if (key === undefined) {
        throw new TypeError(`Cannot sign as there must be a key for ${alg}: got none`);
      }
      return await signJwt(key, typ, payload);
    },

    async verifyOwn(jwt, typ) {
      if (jwt.length > MAX_JWT_LENGTH) return undefined;
      const name = `${typ} ${jwt}`;
      let payload = verified.get(name);
      if (payload === undefined) {
        await ensureAll(FIRST_ALGS);
        payload = verify(jwt, typ);
        if (payload !== undefined) verified.set(name, payload);
      }
      const isOfFuture = (payload?.iat ?? 0) > options.now() + MAX_CLOCK_SKEW_SECONDS;
      return isOfFuture ? undefined : payload;
    },

    halfHash(alg, text) {
      const digest = hash(hashOf(alg), text, 'buffer');
      return digest.subarray(0, digest.length / 2).toString('base64url');
    },

    decrypt: (jwe, decryptOptions) => decryptJwe(jwe, decryptOptions, material.encryption),

    seal(purpose, text, context = '') {
      const current = sealing.current(options.now());
      const sealed = current.kid + seal(keyFor(current, purpose), text, context);
      if (isRemembered(purpose)) opened.set(nameOf(sealed, context), text);
      return sealed;
    },

    open(purpose, sealed, context = '') {
      const known = isRemembered(purpose) ? opened.get(nameOf(sealed, context)) : undefined;
      if (known !== undefined) return known;
      const key = sealing.byKid.get(sealingKidOf(sealed));
      const text = key && open(keyFor(key, purpose), sealed.slice(SEALING_KID_LENGTH), context);
      if (text !== undefined && isRemembered(purpose)) opened.set(nameOf(sealed, context), text);
      return text;
    },

    mac(purpose, text) {
      const current = sealing.current(options.now());
      return current.kid + hmac(keyFor(current, purpose), text);
    },

    isMac(purpose, text, mac) {
      const key = sealing.byKid.get(sealingKidOf(mac));
      if (key === undefined) return false;
      return constantTimeEquals(hmac(keyFor(key, purpose), text), mac.slice(SEALING_KID_LENGTH));
    },

    async importKey(text, as, changeOptions = {}) {
      const brought = readBroughtKey(text, as);
      if (!brought.ok) return { kind: 'refused', problem: brought.problem };
      return await outcomeOf(await addKey(custody, brought.key, changeOptions));
    },

    async rotate(group, { every, ...changeOptions } = {}) {
      const isDue = every === undefined
        ? undefined
        : ({ imported, active_at }: KeyRecord) =>
          imported !== true && active_at + every <= options.now();
      const rotation = { ...changeOptions, ...isDue !== undefined && { isDue } };
      return await outcomeOf(await rotateKey(custody, group, rotation));
    },

    async remove(kid, changeOptions = {}) {
      const before = describe().find((key) => key.kid === kid);
      const outcome = await removeKey(custody, kid, changeOptions);
      await reload();
      return outcome.kind === 'done' && before !== undefined
        ? { kind: 'done', key: before }
        : await outcomeOf(outcome);
    },

    async removeGone(isNeeded, changeOptions = {}) {
      const gone = await removeGone(custody, isNeeded, changeOptions);
      if (gone.length > 0) await reload();
      return gone;
    },

    async keepFor(next) {
      longest = next;
      const isLonger = (): boolean =>
        allKeys(material).some((key) =>
          key.longest < next[key.use] && stateOf(key, options.now()) !== 'retiring'
        );
      // Others may be changing the keys.
      for (let attempt = 0; isLonger() && attempt < MAX_ATTEMPTS; attempt += 1) {
        await raiseLongest(custody);
        await reload();
      }
    },

    refresh: reload,

    has: (kid) => sealing.byKid.has(kid) || material.signing.some((key) => key.kid === kid),

    describe,

    exportPrivate: () => exportedKeys(material, options.now()),
  };

  function verify(jwt: string, typ: string): JWTPayload | undefined {
    const read = verifyJwtNow(jwt, { keys: publisher.ownKeys(material) }, SIGNING_ALGS);
    // Ours all have a kid: without one it is somebody's try.
    return read?.header.kid !== undefined && read.header.typ === typ &&
        read.payload.iss === options.issuer
      ? read.payload
      : undefined;
  }

  function describe(): readonly KeyDescription[] {
    return allKeys(material).map((key) => describeKey(key, options.now()));
  }

  async function outcomeOf(outcome: ChangeOutcome): Promise<KeyOutcome> {
    if (outcome.kind !== 'done') return outcome;
    await reload();
    const key = describe().find(({ kid }) => kid === outcome.kid);
    return key === undefined
      ? { kind: 'refused', problem: 'the key was just removed' }
      : { kind: 'done', key };
  }

  /** One that was superseded stays for as long as a client has it used. */
  async function namedKey(alg: SigningAlg, kid: string): Promise<SigningKey> {
    const key = material.signing.find((each) => each.kid === kid && each.alg === alg);
    if (key === undefined) {
      throw new TypeError(`Cannot sign as "kid" must be of one of our ${alg} keys: got "${kid}"`);
    }
    const noted = usedUntil(key);
    if (noted !== undefined && (noted <= options.now() || key.longest < longest.sig)) {
      await noteOnce(kid);
    }
    return key;
  }

  /** Before it signs; all who have it sign at the same time wait for one note. */
  function noteOnce(kid: string): Promise<void> {
    const running = noting.get(kid) ??
      noteUse(custody, kid).then(reload).finally(() => noting.delete(kid));
    noting.set(kid, running);
    return running;
  }

  async function ensureAll(algs: readonly KeyAlg[]): Promise<void> {
    const missing = algs.filter((alg) => !hasKey(material, alg));
    if (missing.length > 0) await Promise.all(missing.map(ensureOne));
  }

  function ensureOne(alg: KeyAlg): Promise<void> {
    const running = making.get(alg) ??
      makeFirstKey(custody, alg).then(reload).finally(() => making.delete(alg));
    making.set(alg, running);
    return running;
  }

  /** One reading after the other, so that the latest counts. */
  function reload(): Promise<void> {
    reading = reading.catch(() => {}).then(async () => {
      const read = await readKeys(custody, material);
      if (read === material) return;
      material = read;
      sealing = sealingOf(material.sealing);
      signing = signingByAlg(material);
      // Made with keys that may be gone.
      opened.clear();
      verified.clear();
    });
    return reading;
  }
}

/**
 * Tokens and cookies whose content is kept at hand, some megabytes: most are read again soon after they were issued or read, and
 * the cryptography is half of what reading costs. What they are worth is looked up each time.
 */
const REMEMBERED_TOKENS = 4096;

/** Characters; most have some hundreds. */
const REMEMBERED_LENGTH = 4096;

function isRemembered(purpose: SealPurpose): boolean {
  return purpose === 'access token' || purpose === 'forward auth session';
}

/** What is sealed has no spaces, and no context is sealed for two purposes that are remembered. */
function nameOf(sealed: string, context: string): string {
  return context === '' ? sealed : `${sealed} ${context}`;
}

/** Newest first. */
function signingByAlg({ signing }: KeyMaterial): ReadonlyMap<SigningAlg, readonly SigningKey[]> {
  const byAlg = new Map<SigningAlg, SigningKey[]>();
  for (const key of signing) {
    const ofAlg = byAlg.get(key.alg);
    if (ofAlg === undefined) byAlg.set(key.alg, [key]);
    else ofAlg.push(key);
  }
  return byAlg;
}
