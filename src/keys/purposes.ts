import type { KeyObject } from 'node:crypto';
import { deriveKey } from './digest.ts';
import type { SealingKey } from './key_set.ts';
import { activeOf } from './key_state.ts';

/** What a value was sealed or authenticated for; nothing of one purpose passes in another's place. */
export const SEAL_PURPOSES = [
  'access token',
  'authorization request',
  'logout request',
  'password reset',
  'passkey challenge',
  'factor',
  'forward auth request',
  'forward auth ticket',
  'forward auth session',
] as const;
export const MAC_PURPOSES = ['refresh token', 'csrf', 'dpop nonce'] as const;

export type SealPurpose = (typeof SEAL_PURPOSES)[number];
export type MacPurpose = (typeof MAC_PURPOSES)[number];

/** A sealing key's own key for each purpose. */
export interface DerivedKeys {
  readonly kid: string;
  readonly purposes: ReadonlyMap<SealPurpose | MacPurpose, KeyObject>;
}

/** What seals, by the keys that there are; all of them open. */
export interface Sealing {
  /** The keys of the one that is in use. */
  current(nowSeconds: number): DerivedKeys;
  readonly byKid: ReadonlyMap<string, DerivedKeys>;
}

/** Of keys newest first. @throws {TypeError} when there is none */
export function sealingOf(keys: readonly SealingKey[]): Sealing {
  const byKid = new Map(keys.map((key) => [key.kid, derivePurposes(key)]));
  // When another takes over.
  const turns = keys.flatMap((
    { active_at, superseded_at = Infinity },
  ) => [active_at, superseded_at]);
  let used: { readonly keys: DerivedKeys; readonly from: number; readonly until: number };
  const useAt = (nowSeconds: number): typeof used => {
    const kid = activeOf(keys, nowSeconds)?.kid;
    const derived = kid === undefined ? undefined : byKid.get(kid);
    if (derived === undefined) {
      throw new TypeError('Cannot seal as there must be a sealing key: got none');
    }
    const until = Math.min(...turns.filter((turn) => turn > nowSeconds), Infinity);
    return { keys: derived, from: nowSeconds, until };
  };
  used = useAt(0);
  return {
    current(nowSeconds) {
      if (nowSeconds >= used.until || nowSeconds < used.from) used = useAt(nowSeconds);
      return used.keys;
    },
    byKid,
  };
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
