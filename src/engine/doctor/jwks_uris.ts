import type { Client } from '../../spec/client.ts';
import { jwksProblem } from '../../spec/jwks.ts';
import { fetchKeySet } from '../client_keys.ts';
import type { Engine } from '../engine.ts';
import { clientName, isOfFile, type Patient, type Remark, shown } from './finding.ts';

/** Sets that are fetched: so many at once, as each may take until its deadline, and so many in all. */
const AT_ONCE = 10;
const MAX_SETS = 200;

/** Can the keys be had that clients publish, and are they good? */
export async function clientKeySets({ clients, engine }: Patient): Promise<readonly Remark[]> {
  const all = [...clients.values()].filter(({ jwks_uri }) => jwks_uri !== undefined);
  const remarks: Remark[] = [];
  for (let start = 0; start < Math.min(all.length, MAX_SETS); start += AT_ONCE) {
    const some = all.slice(start, start + AT_ONCE);
    const found = await Promise.all(some.map((client) => remarkOn(client, engine)));
    remarks.push(...found.flatMap((each) => each ?? []));
  }
  return all.length <= MAX_SETS ? remarks : [...remarks, {
    severity: 'note',
    about: engine.settings.issuer,
    found: `the jwks_uri of ${all.length - MAX_SETS} more clients was not fetched`,
    change: 'the log tells of those that cannot be had, at client_keys.not_fetched',
  }];
}

async function remarkOn(client: Client, engine: Engine): Promise<Remark | undefined> {
  const { jwks_uri = '' } = client;
  const result = await fetchKeySet(jwks_uri, engine);
  const problem = result.ok ? jwksProblem(result.body) : result.problem;
  return problem === undefined ? undefined : remark(client, jwks_uri, problem);
}

function remark(client: Client, jwks_uri: string, problem: string): Remark {
  const whose = isOfFile(client) ? 'in the configuration file' : `with ostiary client update`;
  return {
    severity: 'error',
    about: clientName(client),
    found: `its keys cannot be had from ${shown(jwks_uri)}: ${shown(problem)}`,
    change: /special use/.test(problem)
      ? 'if that address is meant, add its network to outbound.allow_networks'
      : `mend what serves it, or correct jwks_uri of client ${client.client_id} ${whose}`,
  };
}
