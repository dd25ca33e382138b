import type { Settings } from '../../spec/settings.ts';
import { unref } from '../../spec/unref.ts';
import type { Engine } from '../engine.ts';
import { tendSessions } from './tend_sessions.ts';

/** Ends an issuer's sessions by the clock, for as long as the process runs. */
export interface SessionUpkeep {
  /** The settings have changed. */
  soon(): void;
  /** Once what is being done is done. */
  close(): Promise<void>;
}

/** A session that is over by time is ended so many seconds later, at the most twice. */
const EVERY_SECONDS = 60;

/** From the start, which has other things to do. */
const FIRST_SECONDS = 2;

/** What another process has left undone when it was killed. */
const WHOLE_SECONDS = 86_400;

/** Between two slices. */
const PAUSE_SECONDS = 0.02;

export function startSessionUpkeep(engine: () => Engine): SessionUpkeep {
  const closing = new AbortController();
  const { signal } = closing;
  let running = Promise.resolve();
  let limits: Settings['sessions'] | undefined;
  let wholeAt = -Infinity;
  const soon = (): void => {
    running = running.then(async () => {
      if (signal.aborted) return;
      const current = engine();
      const { settings, log } = current;
      const isLonger = limits !== undefined && isAtLeast(settings.sessions, limits);
      const isWhole = !isLonger || performance.now() - wholeAt > WHOLE_SECONDS * 1000;
      try {
        await tendSessions(current, { isWhole, pause, signal });
        limits = settings.sessions;
        if (isWhole) wholeAt = performance.now();
      } catch (cause) {
        log('error', 'sessions.not_tended', { cause });
      }
    });
  };
  const first = setTimeout(soon, FIRST_SECONDS * 1000);
  const timer = setInterval(soon, EVERY_SECONDS * 1000);
  unref(first);
  unref(timer);
  return {
    soon,
    async close() {
      closing.abort();
      clearTimeout(first);
      clearInterval(timer);
      await running;
    },
  };
}

/** Whether nothing ends earlier than before. */
function isAtLeast(now: Settings['sessions'], before: Settings['sessions']): boolean {
  return now.idle >= before.idle && now.absolute >= before.absolute &&
    now.remember >= before.remember;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_SECONDS * 1000));
}
