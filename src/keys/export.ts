import type { JWK } from 'jose';
import type { KeyMaterial } from './key_set.ts';
import { stateOf } from './key_state.ts';

/** A private key as it travels. */
export interface ExportedKey {
  /** With kid, use and alg. */
  readonly jwk: JWK;
  /** PEM, the key's own first. */
  readonly certificates?: string;
}

/** Keys that sign or decrypt, or are about to: of an algorithm the one in use first. */
export function exportedKeys(
  { signing, encryption }: KeyMaterial,
  nowSeconds: number,
): readonly ExportedKey[] {
  const inUse = [...signing, ...encryption].filter((key) =>
    stateOf(key, nowSeconds) !== 'retiring'
  );
  const active = inUse.filter((key) => stateOf(key, nowSeconds) === 'active');
  return [...active, ...inUse.filter((key) => !active.includes(key))].map((key) => {
    const { kid, use, alg, chain } = key;
    const secret = key.use === 'sig'
      ? key.privateKey.export({ format: 'jwk' }) as JWK
      : key.privateJwk;
    return {
      jwk: { ...secret, kid, use, alg },
      ...chain !== undefined && { certificates: chain.x5c.map(pemOf).join('') },
    };
  });
}

function pemOf(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
