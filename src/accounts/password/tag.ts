import { Buffer } from 'node:buffer';
import * as crypto from 'node:crypto';
import { unreachable } from '../../spec/unreachable.ts';
import { BCRYPT_PASSWORD_BYTES, type SlowDigest } from '../password_digest.ts';
import { shaCrypt } from './sha_crypt.ts';

/**
 * What a password leads to under a digest's salt and parameters. Blocks its thread for as long as that takes; without
 * `native`, argon2 is computed in WebAssembly, which only then is loaded.
 */
export async function tagOf(
  digest: SlowDigest,
  password: Uint8Array,
  native: NativeArgon2 | undefined,
): Promise<Uint8Array> {
  switch (digest.kind) {
    case 'argon2':
      return native === undefined
        ? await argon2ByWebAssembly(digest, password)
        : argon2ByRuntime(digest, password, native);
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
      const { bcrypt } = await import('hash-wasm');
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

/** The runtime's own argon2 (Node from 24.7, Bun from 1.4), some three times as fast as WebAssembly. */
export function nativeArgon2(): NativeArgon2 | undefined {
  return (crypto as { readonly argon2Sync?: NativeArgon2 }).argon2Sync;
}

/** Stated here because not every runtime's types know it. */
export type NativeArgon2 = (
  algorithm: 'argon2id' | 'argon2i' | 'argon2d',
  parameters: {
    readonly message: Uint8Array;
    readonly nonce: Uint8Array;
    readonly memory: number;
    readonly passes: number;
    readonly parallelism: number;
    readonly tagLength: number;
  },
) => Uint8Array;

type Argon2Digest = SlowDigest & { readonly kind: 'argon2' };

function argon2ByRuntime(
  { variant, salt, memoryKiB, passes, parallelism, tag }: Argon2Digest,
  password: Uint8Array,
  native: NativeArgon2,
): Uint8Array {
  return native(variant, {
    message: password,
    nonce: salt,
    memory: memoryKiB,
    passes,
    parallelism,
    tagLength: tag.length,
  });
}

async function argon2ByWebAssembly(
  { variant, salt, memoryKiB, passes, parallelism, tag }: Argon2Digest,
  password: Uint8Array,
): Promise<Uint8Array> {
  const { argon2d, argon2i, argon2id } = await import('hash-wasm');
  return await { argon2d, argon2i, argon2id }[variant]({
    password,
    salt,
    memorySize: memoryKiB,
    iterations: passes,
    parallelism,
    hashLength: tag.length,
    outputType: 'binary',
  });
}
