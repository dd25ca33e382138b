import type { JWK } from 'jose';
import type { Log } from '../spec/log.ts';
import { chainMembers, isChainValid } from './certificate_chain.ts';
import { stateOf } from './key_state.ts';
import type { EncryptionKey, KeyMaterial, SigningKey } from './key_set.ts';

/** The public halves of an issuer's keys. */
export interface Publisher {
  /** RFC 7517 §5: the same bytes until a key changes, or a certificate begins or ends to be valid. */
  textOf(material: KeyMaterial): string;
  /** What verifies our own signatures. */
  ownKeys(material: KeyMaterial): readonly JWK[];
}

interface Published {
  readonly material: KeyMaterial;
  readonly text: string;
  /** Unix seconds: what it is good for. */
  readonly from: number;
  readonly until: number;
}

export function createPublisher(now: () => number, log: Log): Publisher {
  let published: Published | undefined;
  let own: { readonly material: KeyMaterial; readonly keys: readonly JWK[] } | undefined;
  const warned = new Set<string>();
  return {
    textOf(material) {
      const nowSeconds = now();
      const isCurrent = published?.material === material && published.from <= nowSeconds &&
        nowSeconds < published.until;
      if (published === undefined || !isCurrent) published = publish(material);
      return published.text;
    },
    ownKeys(material) {
      if (own?.material !== material) {
        own = { material, keys: material.signing.map(({ publicJwk }) => publicJwk) };
      }
      return own.keys;
    },
  };

  function publish(material: KeyMaterial): Published {
    const nowSeconds = now();
    // To others nobody is to encrypt yet, or any more.
    const current = material.encryption.filter((key) => stateOf(key, nowSeconds) === 'active');
    const all = [...material.signing, ...current];
    const keys = all.map((key) => publishedForm(key, nowSeconds));
    const turns = [
      ...all.flatMap(({ chain }) =>
        chain === undefined ? [] : [chain.not_before, chain.not_after + 1]
      ),
      ...material.encryption.flatMap(({ active_at, superseded_at = Infinity }) => [
        active_at,
        superseded_at,
      ]),
    ];
    const until = Math.min(...turns.filter((turn) => turn > nowSeconds));
    return { material, text: JSON.stringify({ keys }), from: nowSeconds, until };
  }

  /** A certificate out of its time would have relying parties refuse a key that they would take without. */
  function publishedForm(
    { kid, publicJwk, chain }: SigningKey | EncryptionKey,
    nowSeconds: number,
  ) {
    if (chain === undefined) return publicJwk;
    if (isChainValid(chain, nowSeconds)) return { ...publicJwk, ...chainMembers(chain) };
    const event = nowSeconds > chain.not_after ? 'key.chain_expired' : 'key.chain_not_yet_valid';
    if (!warned.has(`${event} ${kid}`)) log('warn', event, { kid, ...datesOf(chain) });
    warned.add(`${event} ${kid}`);
    return publicJwk;
  }
}

function datesOf(chain: { readonly not_before: number; readonly not_after: number }) {
  return {
    not_before: new Date(chain.not_before * 1000).toISOString(),
    not_after: new Date(chain.not_after * 1000).toISOString(),
  };
}
