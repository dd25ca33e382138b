import type { Keys } from '../keys/keys.ts';
import type { ClientMetadata } from '../spec/client_metadata.ts';
import { PROTECTED_KINDS } from '../spec/identifiers.ts';
import { allClients, findClient } from './clients.ts';
import type { Engine } from './engine.ts';
import { protectionOf } from './protection.ts';

/** The client that was found last for each key: a key that is kept for one is asked about every minute. */
const found = new WeakMap<Keys, Map<string, string>>();

/** A client whose answers are signed with that very key, if there is any. */
export async function namingClient(kid: string, engine: Engine): Promise<string | undefined> {
  const known = found.get(engine.keys) ?? new Map<string, string>();
  found.set(engine.keys, known);
  const last = known.get(kid);
  const client = last === undefined ? undefined : await findClient(last, engine);
  if (client !== undefined && names(client, kid)) return last;
  known.delete(kid);
  for await (const each of allClients(engine)) {
    if (!names(each, kid)) continue;
    known.set(kid, each.client_id);
    return each.client_id;
  }
  return undefined;
}

function names(client: ClientMetadata, kid: string): boolean {
  return PROTECTED_KINDS.some((kind) => protectionOf(client, kind).kid === kid);
}
