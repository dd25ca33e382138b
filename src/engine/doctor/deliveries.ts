import { endedDeliveries } from '../../store/collections.ts';
import { clientName, howOften, type Patient, type Remark, shown } from './finding.ts';
import { sightingsOfClients } from './seen_clients.ts';

/** Of the newest messages: who has taken one since is well again. */
const MAX_READ = 1000;

/** Servers of clients that do not take what they are sent. */
export async function failedDeliveries(patient: Patient): Promise<readonly Remark[]> {
  const failures = sightingsOfClients(patient, 'delivery');
  if (failures.length === 0) return [];
  const taken = await lastTaken(patient);
  return failures
    .filter(({ client, sighting }) => sighting.at > (taken.get(client.client_id) ?? 0))
    .map(({ client, sighting }) => ({
      severity: 'warning',
      about: clientName(client),
      found: `its server did not take what it was sent ${howOften(sighting)} (${
        sighting.endpoint ?? ''
      }): ${shown(sighting.value)}`,
      change:
        `see ostiary delivery list --client ${client.client_id}; correct the server or the URL, then ostiary delivery retry ID`,
    }));
}

async function lastTaken({ engine }: Patient): Promise<ReadonlyMap<string, number>> {
  const { store, settings: { issuer } } = engine;
  const taken = new Map<string, number>();
  for await (const { value } of endedDeliveries.list(store, [issuer], { limit: MAX_READ })) {
    if (value.outcome !== 'delivered') continue;
    taken.set(value.client_id, Math.max(taken.get(value.client_id) ?? 0, value.ended_at));
  }
  return taken;
}
