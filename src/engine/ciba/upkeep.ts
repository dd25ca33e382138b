import type { Engine } from '../engine.ts';
import { type Repeated, repeated } from '../repeated.ts';
import { tendBackchannelRequests } from './push.ts';

/** A client is told that nobody has answered so many seconds later, at the most. */
const EVERY_SECONDS = 15;

const FIRST_SECONDS = 2;

/** Tells the clients of an issuer what nobody has answered in time. CIBA §12 */
export function startBackchannelUpkeep(engine: () => Engine): Repeated {
  return repeated(async (pace) => {
    const current = engine();
    try {
      await tendBackchannelRequests(current, pace);
    } catch (cause) {
      current.log('error', 'ciba.not_tended', { cause });
    }
  }, { firstSeconds: FIRST_SECONDS, everySeconds: EVERY_SECONDS });
}
