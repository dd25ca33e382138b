import type { OpenedKey } from './key_set.ts';
import { goneAt, type KeyState, type KeyUse, stateOf } from './key_state.ts';

/** A key as an operator sees it; times are Unix seconds. */
export interface KeyDescription {
  readonly kid: string;
  readonly use: KeyUse;
  readonly alg?: string;
  readonly state: KeyState;
  /** Of somebody else's making: it is not rotated on schedule. */
  readonly imported?: true;
  readonly created_at: number;
  /** From when on it is used. */
  readonly active_at: number;
  /** When another takes its place; it may lie ahead. */
  readonly superseded_at?: number;
  /** When it is removed, unless a client goes on naming it. */
  readonly gone_at?: number;
  /** When the first of its certificates expires. */
  readonly chain_expires_at?: number;
}

export function describeKey(key: OpenedKey, nowSeconds: number): KeyDescription {
  const { kid, use, imported, created_at, active_at, superseded_at } = key;
  const chain = key.use === 'seal' ? undefined : key.chain;
  const gone_at = goneAt(key);
  return {
    kid,
    use,
    ...key.use !== 'seal' && { alg: key.alg },
    state: stateOf(key, nowSeconds),
    ...imported !== undefined && { imported },
    created_at,
    active_at,
    ...superseded_at !== undefined && { superseded_at },
    ...gone_at !== undefined && { gone_at },
    ...chain !== undefined && { chain_expires_at: chain.not_after },
  };
}
