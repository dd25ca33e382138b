import type { Client } from '../../spec/client.ts';
import { isLoopbackHost } from '../../spec/redirect_uri.ts';
import type { Sighting } from '../../store/records.ts';
import { MAX_SEEN_LENGTH } from '../observations.ts';
import {
  clientName,
  howOften,
  isOfFile,
  type Patient,
  type Remark,
  shown,
  shownAll,
} from './finding.ts';
import { sightingsOfClients } from './seen_clients.ts';

/** Redirect URIs that were asked for and are still not registered. */
export function redirectUrisAsked(patient: Patient): readonly Remark[] {
  return sightingsOfClients(patient, 'redirect_uri')
    .filter(({ client, sighting }) => !isRegisteredNow(client, sighting.value))
    .map(({ client, sighting }) => mismatch(client, sighting));
}

/** http would lead codes past everybody on the way, unless it stays on the machine. RFC 9700 §2.6, RFC 8252 §8.3 */
export function plainRedirectUris(client: Client): readonly Remark[] {
  const plain = client.redirect_uris.filter(isPlain);
  return plain.length === 0 ? [] : [{
    severity: 'error',
    about: clientName(client),
    found: `is registered for addresses without encryption, which are refused: ${shownAll(plain)}`,
    change: `serve the application over https, and register its https address with ${
      whereToRegister(client)
    }`,
  }];
}

function isPlain(uri: string): boolean {
  return uri.startsWith('http:') && !isLoopbackHost(URL.parse(uri)?.hostname ?? '');
}

/** What was seen is cut. */
function isRegisteredNow({ redirect_uris }: Client, seen: string): boolean {
  return redirect_uris.some((uri) => uri.slice(0, MAX_SEEN_LENGTH) === seen);
}

function mismatch(client: Client, sighting: Sighting): Remark {
  const { redirect_uris } = client;
  const registered = redirect_uris.length === 0 ? 'none' : shownAll(redirect_uris);
  const difference = nearestDifference(sighting.value, redirect_uris);
  return {
    severity: 'warning',
    about: clientName(client),
    found: `asked for the redirect_uri ${shown(sighting.value)} ${howOften(sighting)}; ` +
      `registered: ${registered}${difference === undefined ? '' : ` (${difference})`}`,
    change:
      'if that address is the application’s, correct it there, or register it exactly so with ' +
      `${whereToRegister(client)}; if not, somebody tried to have codes sent elsewhere`,
  };
}

function whereToRegister(client: Client): string {
  return isOfFile(client)
    ? `redirect_uris of client ${client.client_id} in the configuration file`
    : `ostiary client update ${client.client_id} --redirect-uri URI, once for each of its addresses`;
}

/** In what alone it differs from one that is registered. */
function nearestDifference(asked: string, registered: readonly string[]): string | undefined {
  for (const uri of registered) {
    for (const [part, without] of PARTS) {
      if (without(asked) === without(uri)) return `it differs from ${shown(uri)} in ${part} alone`;
    }
  }
  return undefined;
}

const PARTS: readonly (readonly [part: string, without: (uri: string) => string])[] = [
  ['a slash at the end', (uri) => uri.replace(/\/$/, '')],
  ['upper and lower case', (uri) => uri.toLowerCase()],
  ['http for https', (uri) => uri.replace(/^https?:/, '')],
  ['the port', (uri) => uri.replace(/^([a-z]+:\/\/[^/:]*):\d+/, '$1')],
  ['the query', (uri) => uri.split('?', 1)[0] ?? uri],
  ['the host', (uri) => uri.replace(/^([a-z]+:\/\/)[^/]*/, '$1')],
  ['the path', (uri) => uri.split('/', 3).join('/')],
];
