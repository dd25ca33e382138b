import type { FactorRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';

/**
 * WebAuthn §4, "RP ID": the issuer's host alone, so that a passkey stays when the port or the path changes; or what the
 * configuration says, so that several issuers share their passkeys.
 */
export function rpIdOf({ settings: { issuer, passkey_rp_id } }: Engine): string {
  return passkey_rp_id ?? new URL(issuer).hostname;
}

/**
 * Whether it can be shown here: people and their factors are shared by all issuers, but a passkey answers to its own RP ID
 * alone. One from before that was kept may be of any issuer, until its first use tells.
 */
export function isUsableHere(factor: FactorRecord, engine: Engine): boolean {
  return factor.kind !== 'passkey' || factor.rp_id === undefined || factor.rp_id === rpIdOf(engine);
}
