import { freshBytes } from '../../keys/digest.ts';
import { clientSlots } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';

const PROBES = 8;

/** Places that are looked at one after the other when those chosen at random are all taken. */
const WINDOW = 500;

/** Under which a place is kept, so that they list in their order. */
export function slotName(slot: number): string {
  return String(slot).padStart(6, '0');
}

/**
 * A place for a client that nobody vouches for, free as far as can be seen: the commit has to check it. Each place holds
 * one client, and expires with it, so that their number keeps its bound without being counted, whoever writes to the
 * store. Undefined: all are taken, or of many thousands all but a few. T081
 */
export async function findSlot(engine: Engine): Promise<number | undefined> {
  const { settings: { issuer, registration: { max_clients } }, store } = engine;
  for (let probe = 0; max_clients > 0 && probe < PROBES; probe += 1) {
    const slot = below(max_clients);
    if (await clientSlots.get(store, issuer, slotName(slot)) === undefined) return slot;
  }
  const from = below(max_clients - WINDOW);
  const to = Math.min(from + WINDOW, max_clients);
  const taken = new Set<string>();
  const after = from === 0 ? {} : { after: clientSlots.key(issuer, slotName(from - 1)) };
  for await (const { key } of clientSlots.list(store, [issuer], { limit: WINDOW, ...after })) {
    taken.add(key.at(-1) ?? '');
  }
  const free = Array.from({ length: to - from }, (_, index) => from + index)
    .filter((slot) => !taken.has(slotName(slot)));
  return free[below(free.length)];
}

/** A random number, or 0 where there is no choice. */
function below(count: number): number {
  return count <= 1 ? 0 : freshBytes(4).readUInt32BE() % count;
}
