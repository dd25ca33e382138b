import { SOON } from './clients.ts';
import { days, type Patient, type Remark, time } from './finding.ts';

/** Certificates of keys that are in use. RFC 7517 §4.7 */
export function keyChains({ engine, nowSeconds }: Patient): readonly Remark[] {
  return engine.keys.describe().flatMap(({ kid, alg, superseded_at, chain_expires_at: end }) => {
    if (superseded_at !== undefined || end === undefined || end > nowSeconds + SOON) return [];
    const isOver = end <= nowSeconds;
    return [{
      severity: isOver ? 'error' as const : 'warning' as const,
      about: `key ${kid} (${alg})`,
      found: isOver
        ? `a certificate of its chain expired at ${time(end)}: the JWKS shows it without x5c`
        : `a certificate of its chain expires at ${time(end)}, in ${days(end - nowSeconds)}`,
      change: 'have it renewed, and bring the key in with its new chain: ostiary key import FILE',
    }];
  });
}
