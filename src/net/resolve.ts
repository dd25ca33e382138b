import { lookup, Resolver } from 'node:dns/promises';
import type { Resolve } from './address.ts';

export interface ResolverOptions {
  /** The system's resolver, which knows the hosts file, too; each call may hold a thread for as long as it takes. */
  readonly lookup: Resolve;
  /** DNS alone, without a thread. */
  readonly query: Resolve;
  /** Calls of the system's resolver under way at once; default 2. */
  readonly maxLookups?: number;
}

const MAX_WAITING = 100;
const QUERY = { timeout: 2000, tries: 2 } as const;

/**
 * Resolves names by the system, as few at once as leave threads for everything else: Node has four, also for files, and
 * a name whose servers never answer holds one for many seconds. While so many are held, names are asked of DNS itself,
 * and wait only where that does not know them. T073, T115
 */
export function createResolve({ lookup, query, maxLookups = 2 }: ResolverOptions): Resolve {
  const running = new Map<string, Promise<readonly string[]>>();
  const waiting: (() => void)[] = [];

  const look = (hostname: string): Promise<readonly string[]> => {
    const known = running.get(hostname);
    if (known !== undefined) return known;
    const result = lookup(hostname).finally(() => {
      running.delete(hostname);
      waiting.shift()?.();
    });
    running.set(hostname, result);
    return result;
  };

  return async (hostname) => {
    const isFree = (): boolean => running.size < maxLookups || running.has(hostname);
    if (isFree()) return await look(hostname);
    const found = await query(hostname).catch(() => []);
    if (found.length > 0) return found;
    while (!isFree()) {
      if (waiting.length >= MAX_WAITING) throw new Error('too many names wait to be resolved');
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    return await look(hostname);
  };
}

export const resolveName: Resolve = createResolve({
  lookup: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
  query: queryName,
});

/** Both families, one of which is enough. */
async function queryName(hostname: string): Promise<readonly string[]> {
  const resolver = new Resolver(QUERY);
  const both = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  return both.flatMap((each) => each.status === 'fulfilled' ? each.value : []);
}
