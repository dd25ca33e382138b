import type { KeyObject } from 'node:crypto';
import { deriveKey } from './digest.ts';
import type { SealingKey } from './key_set.ts';

/** What a value was sealed or authenticated for; nothing of one purpose passes in another's place. */
const SEAL_PURPOSES = [
  'access token',
  'authorization request',
  'password reset',
  'passkey challenge',
  'factor',
] as const;
const MAC_PURPOSES = ['refresh token', 'csrf', 'dpop nonce'] as const;

export type SealPurpose = (typeof SEAL_PURPOSES)[number];
export type MacPurpose = (typeof MAC_PURPOSES)[number];

/** A sealing key's own key for each purpose. */
export interface DerivedKeys {
  readonly kid: string;
  readonly purposes: ReadonlyMap<SealPurpose | MacPurpose, KeyObject>;
}

/** Of keys newest first: the first seals, all open. @throws {TypeError} when there is none */
export function deriveAll(
  sealing: readonly SealingKey[],
): { readonly current: DerivedKeys; readonly byKid: ReadonlyMap<string, DerivedKeys> } {
  const all = sealing.map(derivePurposes);
  const current = all[0];
  if (current === undefined) {
    throw new TypeError('Cannot seal as there must be a sealing key: got none');
  }
  return { current, byKid: new Map(all.map((keys) => [keys.kid, keys])) };
}

export function keyFor(keys: DerivedKeys, purpose: SealPurpose | MacPurpose): KeyObject {
  const key = keys.purposes.get(purpose);
  if (key === undefined) {
    throw new TypeError(`Cannot seal as "purpose" must be known: got "${purpose}"`);
  }
  return key;
}

function derivePurposes({ kid, secret }: SealingKey): DerivedKeys {
  const purposes = [...SEAL_PURPOSES, ...MAC_PURPOSES];
  return { kid, purposes: new Map(purposes.map((each) => [each, deriveKey(secret, each)])) };
}
