import type { Client } from '../../spec/client.ts';
import { clients, clientSlots } from '../../store/collections.ts';
import type { StoredClient } from '../../store/records.ts';
import { originChange } from '../client_origins.ts';
import type { Engine } from '../engine.ts';
import { slotName } from './slots.ts';

const MAX_ATTEMPTS = 8;

/** A client that is used stays. Once that is written it costs nothing any more. T081 */
export async function keepUsed({ client_id, unused_until }: Client, engine: Engine): Promise<void> {
  for (let attempt = 0; unused_until !== undefined && attempt < MAX_ATTEMPTS; attempt += 1) {
    const { issuer } = engine.settings;
    const entry = await clients.get(engine.store, issuer, client_id);
    if (entry?.value.unused_until === undefined) return;
    const { unused_until: _, ...rest } = entry.value;
    const record: StoredClient = rest;
    const slot = record.registration?.slot;
    const committed = await engine.store.commit({
      check: [clients.check(entry)],
      put: [
        clients.put([issuer, client_id], record),
        ...originChange(client_id, undefined, record, engine).put,
        ...slot === undefined ? [] : [clientSlots.put([issuer, slotName(slot)], { client_id })],
      ],
    });
    if (committed === 'committed') return;
  }
}
