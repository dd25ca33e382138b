import type { KeyObject } from 'node:crypto';
import { constantTimeEquals, deriveKey, hmac, randomToken } from './digest.ts';

/** What keyed digests are made with: kept sealed in the store, so that they outlive the storage key. */
export interface Pepper {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** The first of a store, whose digests are looked up and cannot be made anew. */
export const ROOT_PEPPER = 'root';

/** Digests that stay the same for as long as the store lives. */
export const DIGEST_PURPOSES = [
  'initial access tokens',
  'registration access tokens',
  'registration access tokens to come',
  'client secrets to come',
  'users file',
  'configuration file',
] as const;
export type DigestPurpose = (typeof DIGEST_PURPOSES)[number];

export interface Digests {
  /** A salted digest of a credential with 128 bits or more of entropy, with the newest pepper. */
  digestSecret(secret: string): string;
  matchesSecret(secret: string, digest: string): boolean;
  /** Which pepper a digest of a secret was made with; undefined for anything else. */
  pepperOf(digest: string): string | undefined;
  /** Whether there is a newer pepper. */
  isOutdated(digest: string): boolean;
  digest(purpose: DigestPurpose, text: string): string;
}

/** Digests of secrets are kept in this form: prefix, pepper, salt, HMAC. */
export const SECRET_DIGEST_PREFIX = '$ostiary$';

const FORM = /^\$ostiary\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** Of peppers newest first; others may take their place. */
export function createDigests(
  first: readonly Pepper[],
): { readonly digests: Digests; readonly replace: (next: readonly Pepper[]) => void } {
  let known = knownOf(first);
  const pepperOf = (digest: string): string | undefined => FORM.exec(digest)?.[1];
  return {
    replace(next) {
      known = knownOf(next);
    },
    digests: {
      digestSecret(secret) {
        const { id, key } = known.newest;
        const salt = randomToken(16);
        return `${SECRET_DIGEST_PREFIX}${id}$${salt}$${hmac(key, `${salt}${secret}`)}`;
      },
      matchesSecret(secret, digest) {
        const [, id = '', salt, expected] = FORM.exec(digest) ?? [];
        const key = known.secrets.get(id);
        if (key === undefined || salt === undefined || expected === undefined) return false;
        return constantTimeEquals(hmac(key, `${salt}${secret}`), expected);
      },
      pepperOf,
      isOutdated(digest) {
        const id = pepperOf(digest);
        return id !== undefined && id !== known.newest.id;
      },
      digest(purpose, text) {
        const key = known.lasting.get(purpose);
        if (key === undefined) {
          throw new TypeError(`Cannot digest as "purpose" must be known: got "${purpose}"`);
        }
        return hmac(key, text);
      },
    },
  };
}

interface Known {
  readonly newest: { readonly id: string; readonly key: KeyObject };
  readonly secrets: ReadonlyMap<string, KeyObject>;
  readonly lasting: ReadonlyMap<DigestPurpose, KeyObject>;
}

function knownOf(peppers: readonly Pepper[]): Known {
  const all = peppers.map(({ id, secret }) => ({ id, key: deriveKey(secret, 'client secrets') }));
  const root = peppers.find(({ id }) => id === ROOT_PEPPER);
  const [newest] = all;
  if (newest === undefined || root === undefined) {
    throw new TypeError('Cannot make digests as there must be a pepper: got none');
  }
  return {
    newest,
    secrets: new Map(all.map(({ id, key }) => [id, key])),
    lasting: new Map(DIGEST_PURPOSES.map((each) => [each, deriveKey(root.secret, each)])),
  };
}
