import type { Client } from '../../spec/client.ts';
import type { Engine } from '../engine.ts';
import type { Remark } from './finding.ts';

/** Addresses that are asked: so many at once, as each may take until its deadline, and so many in all. */
const AT_ONCE = 10;
const MAX_ASKED = 200;

/** What is wrong at an address that each of these clients names in `field`; the log tells of those that were not asked. */
export async function askEach(
  clients: readonly Client[],
  { field, event }: { readonly field: string; readonly event: string },
  remarkOn: (client: Client) => Promise<Remark | undefined>,
  engine: Engine,
): Promise<readonly Remark[]> {
  const remarks: Remark[] = [];
  for (let start = 0; start < Math.min(clients.length, MAX_ASKED); start += AT_ONCE) {
    const some = clients.slice(start, start + AT_ONCE);
    const found = await Promise.all(some.map(remarkOn));
    remarks.push(...found.flatMap((each) => each ?? []));
  }
  return clients.length <= MAX_ASKED ? remarks : [...remarks, {
    severity: 'note',
    about: engine.settings.issuer,
    found: `the ${field} of ${clients.length - MAX_ASKED} more clients was not fetched`,
    change: `the log tells of those that cannot be had, at ${event}`,
  }];
}
