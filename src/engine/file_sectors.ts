import type { Client } from '../spec/client.ts';
import type { Engine } from './engine.ts';
import { sectorChangeProblem, sectorProblem } from './sector.ts';

type Clients = ReadonlyMap<string, Client>;

/**
 * Looks after the sectors of the file's clients when a configuration takes over: in the background and into the log, as
 * a provider starts without a network, and its file is the word of whoever runs it.
 */
export function watchFileSectors(engine: Engine, closing: AbortSignal, before?: Clients): void {
  for (const [client_id, client] of engine.settings.clients) {
    const old = before?.get(client_id);
    const change = old && sectorChangeProblem(old, client);
    if (change !== undefined) engine.log('warn', 'client.new_sector', { client_id, ...change });
  }
  void confirmSectors(engine, closing, before);
}

/** One list after the other; those of a client that has not changed were asked for before. */
async function confirmSectors(
  engine: Engine,
  closing: AbortSignal,
  before: Clients | undefined,
): Promise<void> {
  for (const client of engine.settings.clients.values()) {
    if (client.sector_identifier_uri === undefined) continue;
    const { client_id } = client;
    const problem = await sectorProblem(client, engine, before?.get(client_id));
    if (closing.aborted) return;
    if (problem !== undefined) {
      engine.log('error', 'client.sector_not_confirmed', { client_id, ...problem });
    }
  }
}
