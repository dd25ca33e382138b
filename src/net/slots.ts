/** A place among the requests under way; released once. */
export interface Slot {
  /** Whether somebody else's end was waited for. */
  readonly waited: boolean;
  release(): void;
}

export interface Slots {
  /** Waits for a place; undefined when too many wait already, or when the signal ends the wait. */
  take(host: string, signal: AbortSignal): Promise<Slot | undefined>;
}

const MAX_WAITING = 100;

interface Waiting {
  readonly host: string;
  readonly start: (slot: Slot) => void;
}

/** Bounds what is under way at once: in all, and to one host. */
export function createSlots(maxConcurrent: number, maxPerHost: number): Slots {
  const perHost = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let running = 0;
  return {
    take(host, signal) {
      if (isFree(host)) return Promise.resolve(occupy(host, false));
      if (waiting.size >= MAX_WAITING) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const giveUp = (): void => {
          waiting.delete(turn);
          resolve(undefined);
        };
        const turn: Waiting = {
          host,
          start(slot) {
            signal.removeEventListener('abort', giveUp);
            resolve(slot);
          },
        };
        waiting.add(turn);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };

  function isFree(host: string): boolean {
    return running < maxConcurrent && (perHost.get(host) ?? 0) < maxPerHost;
  }

  function occupy(host: string, waited: boolean): Slot {
    running += 1;
    perHost.set(host, (perHost.get(host) ?? 0) + 1);
    return { waited, release: () => release(host) };
  }

  function release(host: string): void {
    running -= 1;
    const left = (perHost.get(host) ?? 1) - 1;
    if (left === 0) perHost.delete(host);
    else perHost.set(host, left);
    for (const turn of waiting) {
      if (!isFree(turn.host)) continue;
      waiting.delete(turn);
      turn.start(occupy(turn.host, true));
      return;
    }
  }
}
