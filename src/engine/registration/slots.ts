import { freshBytes } from '../../keys/digest.ts';
import { clientSlots } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';

/**
 * Places for clients that nobody vouches for: each holds one, and expires with it. So their number keeps its bound
 * without being counted, whoever writes to the store. T081
 */
export interface ClientSlots {
  /** A place that is free as far as can be seen; the commit has to check it. Undefined: all are taken. */
  find(engine: Engine): Promise<number | undefined>;
}

const PROBES = 8;

/** Seconds for which all are taken once that was seen: looking through all of them is for once in a while. */
const FULL_SECONDS = 30;

export function createClientSlots(): ClientSlots {
  const fullUntil = new Map<string, number>();
  return {
    async find(engine) {
      const { issuer, registration: { max_clients } } = engine.settings;
      for (let probe = 0; max_clients > 0 && probe < PROBES; probe += 1) {
        const slot = below(max_clients);
        const taken = await clientSlots.get(engine.store, issuer, String(slot));
        if (taken === undefined) return slot;
      }
      if ((fullUntil.get(issuer) ?? 0) > engine.now()) return undefined;
      const free = await freeSlots(engine);
      if (free.length > 0) return free[below(free.length)];
      fullUntil.set(issuer, engine.now() + FULL_SECONDS);
      return undefined;
    },
  };
}

async function freeSlots(engine: Engine): Promise<readonly number[]> {
  const { issuer, registration: { max_clients } } = engine.settings;
  const taken = new Set<string>();
  for await (const { key } of clientSlots.list(engine.store, [issuer])) {
    taken.add(key.at(-1) ?? '');
  }
  return Array.from({ length: max_clients }, (_, slot) => slot)
    .filter((slot) => !taken.has(String(slot)));
}

function below(count: number): number {
  return freshBytes(4).readUInt32BE() % count;
}
