import type { Client } from '../spec/client.ts';
import { originClients } from '../store/collections.ts';
import type { Change } from '../store/store.ts';
import type { Engine } from './engine.ts';

/** Tells whether an origin is that of some client's redirect URI, in the file or in the store. */
export function clientOrigins(engine: Engine): (origin: string) => Promise<boolean> {
  const ofFile = new Set([...engine.settings.clients.values()].flatMap(originsOf));
  return async (origin) => {
    if (ofFile.has(origin)) return true;
    if (origin.length > 255) return false;
    for await (
      const _ of originClients.list(engine.store, [engine.settings.issuer, origin], { limit: 1 })
    ) return true;
    return false;
  };
}

/** The index records of a stored client, before and after a change; undefined: it does not exist then. */
export function originChange(
  client_id: string,
  before: Client | undefined,
  after: Client | undefined,
  engine: Engine,
): Required<Pick<Change, 'put' | 'remove'>> {
  const [old, next] = [before, after].map((client) =>
    client === undefined ? [] : originsOf(client)
  );
  const added = next?.filter((origin) => !old?.includes(origin)) ?? [];
  const gone = old?.filter((origin) => !next?.includes(origin)) ?? [];
  const { issuer } = engine.settings;
  return {
    put: added.map((origin) =>
      originClients.put([issuer, origin, client_id], true, after?.unused_until)
    ),
    remove: gone.map((origin) => originClients.key(issuer, origin, client_id)),
  };
}

/** The web origins of a client's redirect URIs. */
function originsOf(client: Client): readonly string[] {
  return [
    ...new Set(
      client.redirect_uris.filter((uri) => /^https?:/.test(uri)).map((uri) => new URL(uri).origin),
    ),
  ];
}
