import { Buffer } from 'node:buffer';
import * as crypto from 'node:crypto';
import { argon2d, argon2i, argon2id, bcrypt } from 'hash-wasm';
import { unreachable } from '../../spec/unreachable.ts';
import type { PasswordDigest } from '../password_digest.ts';
import { shaCrypt } from './sha_crypt.ts';

export type SlowDigest = Exclude<PasswordDigest, { readonly kind: 'plaintext' }>;

/** Only so much of a password counts in bcrypt; what comes after was never part of the digest. */
export const BCRYPT_PASSWORD_BYTES = 72;

const ARGON2 = { argon2id, argon2i, argon2d } as const;

/** What a password leads to under a digest's salt and parameters. Blocks its thread for as long as that takes. */
export async function tagOf(digest: SlowDigest, password: Uint8Array): Promise<Uint8Array> {
  switch (digest.kind) {
    case 'argon2':
      return await ARGON2[digest.variant]({
        password,
        salt: digest.salt,
        memorySize: digest.memoryKiB,
        iterations: digest.passes,
        parallelism: digest.parallelism,
        hashLength: digest.tag.length,
        outputType: 'binary',
      });
    case 'pbkdf2': {
      const { hash, iterations, salt, tag } = digest;
      return crypto.pbkdf2Sync(password, salt, iterations, tag.length, hash);
    }
    case 'scrypt': {
      const { log2N, r, p, salt, tag } = digest;
      const bytes = 128 * r * (2 ** log2N + p + 2);
      const cost = { N: 2 ** log2N, r, p, maxmem: bytes + 1024 * 1024 };
      return crypto.scryptSync(password, salt, tag.length, cost);
    }
    case 'bcrypt': {
      const tag = await bcrypt({
        password: password.subarray(0, BCRYPT_PASSWORD_BYTES),
        salt: digest.salt,
        costFactor: digest.cost,
        outputType: 'binary',
      });
      // bcrypt writes one byte less than it computes.
      return tag.subarray(0, digest.tag.length);
    }
    case 'sha_crypt':
      return Buffer.from(shaCrypt(digest.hash, password, digest.salt, digest.rounds), 'latin1');
    default:
      return unreachable(digest);
  }
}

export type Argon2Tag = (
  digest: SlowDigest & { readonly kind: 'argon2' },
  password: Uint8Array,
) => Promise<Uint8Array>;

/** The runtime's own argon2, on threads of its own (Node from 24.7, Bun from 1.4); undefined where it has none. */
export function nativeArgon2(): Argon2Tag | undefined {
  const { argon2 } = crypto as { readonly argon2?: NativeArgon2 };
  if (argon2 === undefined) return undefined;
  return (digest, password) =>
    new Promise((resolve, reject) => {
      const parameters = {
        message: password,
        nonce: digest.salt,
        memory: digest.memoryKiB,
        passes: digest.passes,
        parallelism: digest.parallelism,
        tagLength: digest.tag.length,
      };
      argon2(digest.variant, parameters, (error, tag) => {
        if (error) reject(error);
        else resolve(tag);
      });
    });
}

/** Stated here because not every runtime's types know it. */
type NativeArgon2 = (
  algorithm: 'argon2id' | 'argon2i' | 'argon2d',
  parameters: {
    readonly message: Uint8Array;
    readonly nonce: Uint8Array;
    readonly memory: number;
    readonly passes: number;
    readonly parallelism: number;
    readonly tagLength: number;
  },
  callback: (error: Error | null, tag: Uint8Array) => void,
) => void;
