import type { Engine } from './engine.ts';
import { hasSecondFactor } from './factors/factors.ts';
import type { Session } from './session.ts';

/** Seconds for which a proof is good enough to change what proves. */
const FRESH_SECONDS = 600;

/**
 * What must be proven again before factors, password and the like are changed: whoever has a second factor must have
 * shown it, so that a stolen password, or a browser left open, does not take the account over. T100
 */
export async function missingProof(
  { record }: Session,
  engine: Engine,
): Promise<'password' | 'second_factor' | undefined> {
  const since = engine.now() - FRESH_SECONDS;
  if (await hasSecondFactor(record.user, engine)) {
    return (record.second_factor_at ?? 0) < since ? 'second_factor' : undefined;
  }
  return record.auth_time < since ? 'password' : undefined;
}
