import type { Client } from '../../spec/client.ts';
import { jwksProblem } from '../../spec/jwks.ts';
import { fetchKeySet } from '../client_keys.ts';
import { allClients } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { askEach } from './fetching.ts';
import { clientName, isOfFile, type Patient, type Remark, shown } from './finding.ts';

const PLACE = { field: 'jwks_uri', event: 'client_keys.not_fetched' } as const;

/** Can the keys be had that clients publish, and are they good? */
export async function clientKeySets({ engine }: Patient): Promise<readonly Remark[]> {
  const all: Client[] = [];
  for await (const client of allClients(engine)) {
    if (client.jwks_uri !== undefined) all.push(client);
  }
  return await askEach(all, PLACE, (client) => remarkOn(client, engine), engine);
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
