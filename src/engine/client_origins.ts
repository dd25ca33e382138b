import type { Client } from '../spec/client.ts';
import { originClients } from '../store/collections.ts';
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

/** The web origins of a client's redirect URIs: what a stored client is indexed by. */
export function originsOf(client: Client): readonly string[] {
  return [
    ...new Set(
      client.redirect_uris.filter((uri) => /^https?:/.test(uri)).map((uri) => new URL(uri).origin),
    ),
  ];
}
