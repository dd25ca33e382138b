import type { Client } from '../../spec/client.ts';
import type { Engine } from '../engine.ts';
import { sectorProblem } from '../sector.ts';
import { askEach } from './fetching.ts';
import { clientName, type Patient, type Remark, shown } from './finding.ts';

const PLACE = { field: 'sector_identifier_uri', event: 'client.sector_not_confirmed' } as const;

/** Do the lists vouch for the clients of the file? Others were asked about before they came in. */
export async function fileSectors({ engine }: Patient): Promise<readonly Remark[]> {
  const all = [...engine.settings.clients.values()]
    .filter(({ sector_identifier_uri }) => sector_identifier_uri !== undefined);
  return await askEach(all, PLACE, (client) => remarkOn(client, engine), engine);
}

async function remarkOn(client: Client, engine: Engine): Promise<Remark | undefined> {
  const { client_id, sector_identifier_uri = '' } = client;
  const problem = await sectorProblem(client, engine);
  return problem && {
    severity: 'error',
    about: clientName(client),
    found: `its sector is not confirmed: ${problem.field} ${shown(problem.problem)}`,
    change: `have ${
      shown(sector_identifier_uri)
    } answer with a JSON array of every redirect URI of client ${client_id}, or correct it in the configuration file`,
  };
}
