import { Buffer } from 'node:buffer';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createQueue } from './password/queue.ts';
import { createWorkerPool } from './password/worker_pool.ts';
import {
  BCRYPT_PASSWORD_BYTES,
  formatArgon2,
  parseDigest,
  type PasswordDigest,
  type SlowDigest,
} from './password_digest.ts';
import {
  isHashable,
  MAX_PASSWORD_CHARACTERS,
  passwordCandidates,
  preparePassword,
} from './password_policy.ts';

/** Slow hashes, on threads of their own, and never more at once than stated: what comes too much is refused as busy. */
export interface PasswordHasher {
  /**
   * An argon2id digest as a PHC string; undefined when busy (503, Retry-After).
   * @throws {RangeError} if the password is empty, too long or no well-formed Unicode
   */
  hash(password: string): Promise<string | undefined>;
  /**
   * Whether the password leads to the digest; `busy` likewise. An unreadable digest is never matched, and takes the time
   * of a readable one. bcrypt sees only the first 72 bytes of a password, in digests that others made; we make none.
   * @throws {Error} if the computation fails or takes too long
   */
  verify(password: string, digest: string): Promise<boolean | 'busy'>;
  /**
   * Whether a digest that this password just matched should be replaced by a new one. Anything but our own form and
   * cost should, so that all accounts come to take the same time; bcrypt with a password longer than it can see should
   * not, because what is beyond has not been checked.
   */
  needsRehash(digest: string, password?: string): boolean;
  /** A digest of our form that no password leads to: what to verify against when there is no such person. */
  readonly dummy: string;
  /** Ends the threads; what is still being computed or waiting fails. */
  close(): Promise<void>;
}

export interface PasswordHasherOptions {
  /** Hashes computed at once, each on a thread; by default half of the cores, four at most. */
  readonly concurrency?: number;
  /** Hashes waiting beyond these; by default 128, some seconds' work. */
  readonly maxQueue?: number;
  /** Seconds until a computation is given up; by default 30. */
  readonly timeoutSeconds?: number;
}

/** Argon2id, 19 MiB, two passes: the OWASP minimum; some 25 ms of one core, 75 ms in WebAssembly. */
const COST = { variant: 'argon2id', memoryKiB: 19 * 1024, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const workers = createWorkerPool({ timeoutSeconds: options.timeoutSeconds ?? 30 });
  const queue = createQueue({
    concurrency: options.concurrency ?? defaultConcurrency(),
    maxQueue: options.maxQueue ?? 128,
  });
  const dummy = newDigest(randomBytes(TAG_BYTES));

  return {
    async hash(password) {
      if (!isHashable(password)) {
        throw new RangeError(
          `Cannot hash a password as it must have 1 to ${MAX_PASSWORD_CHARACTERS} characters: got ${password.length}`,
        );
      }
      const digest = newDigest(new Uint8Array(TAG_BYTES));
      const tag = await queue.run(() => compute(digest, preparePassword(password)));
      return tag && formatArgon2({ ...digest, tag });
    },

    async verify(password, text) {
      // The same for everybody, so this early answer tells nothing about the account.
      if (!isHashable(password)) return false;
      const digest = parseDigest(text);
      if (digest?.kind === 'plaintext') return equals(digest.tag, Buffer.from(password));
      const matched = await queue.run(() => matches(digest ?? dummy, password));
      return matched === undefined ? 'busy' : matched && digest !== undefined;
    },

    needsRehash(text, password = '') {
      const digest = parseDigest(text);
      if (digest?.kind === 'bcrypt') return Buffer.byteLength(password) <= BCRYPT_PASSWORD_BYTES;
      return digest?.kind !== 'argon2' || !isCurrent(digest);
    },

    dummy: formatArgon2(dummy),
    close: () => workers.close(),
  };

  async function matches(digest: SlowDigest, password: string): Promise<boolean> {
    for (const candidate of passwordCandidates(password)) {
      if (equals(digest.tag, await compute(digest, candidate))) return true;
    }
    return false;
  }

  function compute(digest: SlowDigest, password: string): Promise<Uint8Array> {
    return workers.tagOf(digest, new TextEncoder().encode(password));
  }
}

type Argon2Digest = PasswordDigest & { readonly kind: 'argon2' };

function newDigest(tag: Uint8Array): Argon2Digest {
  return { kind: 'argon2', ...COST, salt: randomBytes(SALT_BYTES), tag };
}

function isCurrent(digest: Argon2Digest): boolean {
  return digest.variant === COST.variant && digest.memoryKiB === COST.memoryKiB &&
    digest.passes === COST.passes && digest.parallelism === COST.parallelism &&
    digest.salt.length >= SALT_BYTES && digest.tag.length >= TAG_BYTES;
}

function defaultConcurrency(): number {
  return Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));
}

function equals(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
