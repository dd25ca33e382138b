import type { Client } from '../../spec/client.ts';
import { subjects } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';

/** The sector that all clients with public subject identifiers share. Core §8. */
export const PUBLIC_SECTOR = 'public';

/** The person's subject identifier in the client's sector: random, made at first need, then for ever. Core §8. */
export async function subjectOf(user: string, client: Client, engine: Engine): Promise<string> {
  const existing = await findSubject(user, client, engine);
  if (existing !== undefined) return existing;
  const key = [engine.settings.issuer, sectorOf(client), user] as const;
  const sub = crypto.randomUUID();
  const outcome = await engine.store.commit({
    check: [subjects.absent(...key)],
    put: [subjects.put(key, { sub })],
  });
  if (outcome === 'committed') return sub;
  const first = await subjects.get(engine.store, ...key);
  if (first === undefined) {
    throw new TypeError(`Cannot name user ${user} as its subject was removed meanwhile`);
  }
  return first.value.sub;
}

/** The same, where it has been needed before. */
export async function findSubject(
  user: string,
  client: Client,
  engine: Engine,
): Promise<string | undefined> {
  const { issuer } = engine.settings;
  return (await subjects.get(engine.store, issuer, sectorOf(client), user))?.value.sub;
}

/** Clients of one sector know a person by the same name. Core §8.1. */
export function sectorOf(client: Client): string {
  if (client.subject_type !== 'pairwise') return PUBLIC_SECTOR;
  const uri = client.sector_identifier_uri ?? client.redirect_uris[0];
  const host = uri === undefined ? '' : hostOf(uri);
  // No host has a colon outside brackets: what a client is called cannot bring it into another's sector.
  if (host === '') return `client:${client.client_id}`;
  return host === PUBLIC_SECTOR ? `host:${host}` : host;
}

/** Empty for a scheme of an app's own, under which anybody may use any host. RFC 8252 §7.1 */
function hostOf(uri: string): string {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'https:' || protocol === 'http:' ? hostname : '';
}
