import type { Settings } from '../../spec/settings.ts';
import type { Engine } from '../engine.ts';
import { type Repeated, repeated } from '../repeated.ts';
import { tendSessions } from './tend_sessions.ts';

/** A session that is over by time is ended so many seconds later, at the most twice. */
const EVERY_SECONDS = 60;

const FIRST_SECONDS = 2;

/** What another process has left undone when it was killed. */
const WHOLE_SECONDS = 86_400;

/** Ends an issuer's sessions by the clock; whoever calls `soon` may have changed the settings. */
export function startSessionUpkeep(engine: () => Engine): Repeated {
  let limits: Settings['sessions'] | undefined;
  let wholeAt = -Infinity;
  return repeated(async (pace) => {
    const current = engine();
    const { settings, log } = current;
    const isLonger = limits !== undefined && isAtLeast(settings.sessions, limits);
    const isWhole = !isLonger || performance.now() - wholeAt > WHOLE_SECONDS * 1000;
    try {
      await tendSessions(current, { isWhole, ...pace });
      limits = settings.sessions;
      if (isWhole) wholeAt = performance.now();
    } catch (cause) {
      log('error', 'sessions.not_tended', { cause });
    }
  }, { firstSeconds: FIRST_SECONDS, everySeconds: EVERY_SECONDS });
}

/** Whether nothing ends earlier than before. */
function isAtLeast(now: Settings['sessions'], before: Settings['sessions']): boolean {
  return now.idle >= before.idle && now.absolute >= before.absolute &&
    now.remember >= before.remember;
}
