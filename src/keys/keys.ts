import type { JWTPayload } from 'jose';
import { createHash, type KeyObject } from 'node:crypto';
import { SIGNING_ALGS, type SigningAlg } from '../spec/identifiers.ts';
import type { Store } from '../store/store.ts';
import { ALGORITHMS } from './algorithms.ts';
import { constantTimeEquals, deriveKey, hmac, randomToken } from './digest.ts';
import {
  type KeyMaterial,
  loadKeys,
  missingAlgs,
  rotateSealingKey,
  SEALING_KID_LENGTH,
  type SealingKey,
  type SigningKey,
} from './key_set.ts';
import { createRecent } from './recent.ts';
import { open, seal } from './seal.ts';
import { createSigner } from './sign.ts';

/** What a value was sealed or authenticated for; nothing of one purpose passes in another's place. */
export type SealPurpose = 'access token' | 'authorization request';
export type MacPurpose = 'refresh token' | 'csrf';

/** One issuer's keys, and all that is done with them. */
export interface Keys {
  /** The public keys as the JWKS endpoint shows them, RFC 7517 §5: made once, the same bytes until a key changes. */
  jwksText(): Promise<string>;
  /** A JWT with `kid` and `typ` in its header. */
  sign(alg: SigningAlg, typ: string, payload: JWTPayload): Promise<string>;
  /** The payload of a JWT that this issuer signed as `typ`, whether or not it has expired; undefined otherwise. */
  verifyOwn(jwt: string, typ: string): Promise<JWTPayload | undefined>;
  /** Base64url of the left half of the alg's hash: at_hash and its kin, Core §3.1.3.6. */
  halfHash(alg: SigningAlg, text: string): string;
  seal(purpose: SealPurpose, text: string, context?: string): string;
  open(purpose: SealPurpose, sealed: string, context?: string): string | undefined;
  mac(purpose: MacPurpose, text: string): string;
  isMac(purpose: MacPurpose, text: string, mac: string): boolean;
  /** A salted digest, keyed with the storage key, of a credential with 128 bits or more of entropy. */
  digestSecret(secret: string): string;
  matchesSecret(secret: string, digest: string): boolean;
  /** A new sealing key takes over at once; what was sealed before opens for another `keepSeconds`. */
  rotateSealing(keepSeconds: number): Promise<void>;
  /** What there is, for the operator: no secrets. */
  describe(): readonly KeyDescription[];
}

export interface KeyDescription {
  readonly kid: string;
  readonly use: 'sig' | 'seal';
  readonly alg?: string;
  readonly created_at: number;
  readonly superseded_at?: number;
}

export interface KeysOptions {
  readonly store: Store;
  readonly issuer: string;
  readonly storageKey: Uint8Array;
  readonly now: () => number;
}

/** Quick to make; an RSA key takes longer than all the rest of a first start, and is made while that goes on. */
const QUICK_ALGS = SIGNING_ALGS.filter((alg) => ALGORITHMS[alg].kty !== 'RSA');

/** Loads or makes the issuer's keys. On a first start, what needs the RSA key waits for it. */
export async function openKeys(options: KeysOptions): Promise<Keys> {
  let material = await loadKeys(options, QUICK_ALGS);
  let derived = deriveAll(material);
  let jwksText: string | undefined;
  let completing: Promise<void> | undefined;
  const signJwt = createSigner();
  const opened = createRecent<string>(REMEMBERED_TOKENS);
  const verified = createRecent<JWTPayload>(REMEMBERED_TOKENS);
  const pepper = deriveKey(options.storageKey, 'client secrets');

  // Whoever needs the keys learns of a failure then, and tries again.
  complete().catch(() => {});

  return {
    async jwksText() {
      await complete();
      return jwksText ??= JSON.stringify({ keys: material.signing.map((key) => key.publicJwk) });
    },

    async sign(alg, typ, payload) {
      if (missingAlgs(material, [alg]).length > 0) await complete();
      return await signJwt(newestFor(material, alg), typ, payload);
    },

    async verifyOwn(jwt, typ) {
      if (jwt.length > MAX_JWT_LENGTH || !JWS_FORM.test(jwt)) return undefined;
      const known = verified.get(`${typ} ${jwt}`);
      if (known !== undefined) return known;
      await complete();
      const payload = await verify(jwt, typ);
      // RFC 7519 §4.1.6 has no rule; FAPI 2.0 SP §5.3.2.1 has: clocks may differ, but not by a minute.
      if ((payload?.iat ?? 0) > options.now() + MAX_CLOCK_SKEW_SECONDS) return undefined;
      if (payload !== undefined) verified.set(`${typ} ${jwt}`, payload);
      return payload;
    },

    halfHash(alg, text) {
      const digest = createHash(ALGORITHMS[alg].hash).update(text).digest();
      return digest.subarray(0, digest.length / 2).toString('base64url');
    },

    seal(purpose, text, context = '') {
      const current = derived.current;
      const sealed = current.kid + seal(keyFor(current, purpose), text, context);
      if (isRemembered(purpose, context)) opened.set(sealed, text);
      return sealed;
    },

    open(purpose, sealed, context = '') {
      const known = isRemembered(purpose, context) ? opened.get(sealed) : undefined;
      if (known !== undefined) return known;
      const key = derived.byKid.get(sealed.slice(0, SEALING_KID_LENGTH));
      const text = key && open(keyFor(key, purpose), sealed.slice(SEALING_KID_LENGTH), context);
      if (text !== undefined && isRemembered(purpose, context)) opened.set(sealed, text);
      return text;
    },

    mac(purpose, text) {
      const current = derived.current;
      return current.kid + hmac(keyFor(current, purpose), text);
    },

    isMac(purpose, text, mac) {
      const key = derived.byKid.get(mac.slice(0, SEALING_KID_LENGTH));
      if (key === undefined) return false;
      return constantTimeEquals(hmac(keyFor(key, purpose), text), mac.slice(SEALING_KID_LENGTH));
    },

    digestSecret(secret) {
      const salt = randomToken(16);
      return `${SECRET_DIGEST_PREFIX}${salt}$${hmac(pepper, `${salt}${secret}`)}`;
    },

    matchesSecret(secret, digest) {
      if (!digest.startsWith(SECRET_DIGEST_PREFIX)) return false;
      const [salt, expected] = digest.slice(SECRET_DIGEST_PREFIX.length).split('$');
      if (salt === undefined || expected === undefined) return false;
      return constantTimeEquals(hmac(pepper, `${salt}${secret}`), expected);
    },

    async rotateSealing(keepSeconds) {
      material = await rotateSealingKey(options, keepSeconds);
      derived = deriveAll(material);
      opened.clear();
    },

    describe: () => [
      ...material.signing.map(({ kid, alg, created_at }) => ({
        kid,
        use: 'sig' as const,
        alg,
        created_at,
      })),
      ...material.sealing.map(({ secret: _, ...rest }) => ({ ...rest, use: 'seal' as const })),
    ],
  };

  async function verify(jwt: string, typ: string): Promise<JWTPayload | undefined> {
    const { jwtVerify } = await import('jose');
    try {
      const { payload } = await jwtVerify(
        jwt,
        ({ kid, alg }) => ownKey(material, kid, alg).publicJwk,
        {
          algorithms: Object.keys(ALGORITHMS),
          issuer: options.issuer,
          typ,
          // Whether expiry matters is the caller's question.
          currentDate: new Date(0),
        },
      );
      return payload;
    } catch {
      return undefined;
    }
  }

  /** All signing keys, once made. */
  async function complete(): Promise<void> {
    if (missingAlgs(material, SIGNING_ALGS).length === 0) return;
    completing ??= loadKeys(options, SIGNING_ALGS).then((all) => {
      material = all;
    }).finally(() => completing = undefined);
    await completing;
  }
}

/** Minted secrets are kept in this form: prefix, salt, HMAC. */
export const SECRET_DIGEST_PREFIX = '$ostiary$';

/** Characters; longer JWTs are not even parsed. */
const MAX_JWT_LENGTH = 16 * 1024;

const MAX_CLOCK_SKEW_SECONDS = 60;

const JWS_FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Tokens whose content is kept at hand, some megabytes: most are read again soon after they were issued or read, and
 * the cryptography is half of what reading costs. What they are worth is looked up each time.
 */
const REMEMBERED_TOKENS = 4096;

function isRemembered(purpose: SealPurpose, context: string): boolean {
  return purpose === 'access token' && context === '';
}

interface DerivedKeys {
  readonly kid: string;
  readonly purposes: ReadonlyMap<SealPurpose | MacPurpose, KeyObject>;
}

const PURPOSES = ['access token', 'authorization request', 'refresh token', 'csrf'] as const;

function deriveAll(
  material: KeyMaterial,
): { current: DerivedKeys; byKid: ReadonlyMap<string, DerivedKeys> } {
  const all = material.sealing.map((key) => derivePurposes(key));
  const current = all[0];
  if (current === undefined) {
    throw new TypeError('Cannot seal as there must be a sealing key: got none');
  }
  return { current, byKid: new Map(all.map((keys) => [keys.kid, keys])) };
}

function derivePurposes(key: SealingKey): DerivedKeys {
  return {
    kid: key.kid,
    purposes: new Map(PURPOSES.map((purpose) => [purpose, deriveKey(key.secret, purpose)])),
  };
}

function keyFor(keys: DerivedKeys, purpose: SealPurpose | MacPurpose): KeyObject {
  const key = keys.purposes.get(purpose);
  if (key === undefined) {
    throw new TypeError(`Cannot seal as "purpose" must be known: got "${purpose}"`);
  }
  return key;
}

function newestFor(material: KeyMaterial, alg: SigningAlg): SigningKey {
  let newest: SigningKey | undefined;
  for (const key of material.signing) {
    if (key.alg === alg && (newest === undefined || key.created_at > newest.created_at)) {
      newest = key;
    }
  }
  if (newest === undefined) {
    throw new TypeError(`Cannot sign as there must be a key for ${alg}: got none`);
  }
  return newest;
}

function ownKey(material: KeyMaterial, kid: string | undefined, alg: string): SigningKey {
  const key = material.signing.find((candidate) => candidate.kid === kid && candidate.alg === alg);
  if (key === undefined) throw new TypeError('Cannot verify as the kid is not ours');
  return key;
}
