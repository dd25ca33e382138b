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
  setOption,
  shown,
  shownAll,
} from './finding.ts';
import { sightingsOfClients } from './seen_clients.ts';

/** Redirect URIs that were asked for and are still not registered. */
export function redirectUrisAsked(patient: Patient): readonly Remark[] {
  return uriMismatches('redirect_uri', patient);
}

/** The same of where people should go after they signed out. */
export function postLogoutUrisAsked(patient: Patient): readonly Remark[] {
  return uriMismatches('post_logout_redirect_uri', patient);
}

/** http would lead codes past everybody on the way, unless it stays on the machine. RFC 9700 §2.6, RFC 8252 §8.3 */
export function plainRedirectUris(client: Client): readonly Remark[] {
  const plain = client.redirect_uris.filter(isPlain);
  return plain.length === 0 ? [] : [{
    severity: 'error',
    about: clientName(client),
    found: `is registered for addresses without encryption, which are refused: ${shownAll(plain)}`,
    change: `serve the application over https, and register its https address with ${
      whereToRegister(client, 'redirect_uri')
    }`,
  }];
}

function isPlain(uri: string): boolean {
  return uri.startsWith('http:') && !isLoopbackHost(URL.parse(uri)?.hostname ?? '');
}

type Field = 'redirect_uri' | 'post_logout_redirect_uri';

/** What somebody may have been after who asked for one that is not the application's. */
const ATTEMPTS: Readonly<Record<Field, string>> = {
  redirect_uri: 'codes',
  post_logout_redirect_uri: 'people who sign out',
};

function uriMismatches(field: Field, patient: Patient): readonly Remark[] {
  return sightingsOfClients(patient, field).flatMap(({ client, sighting }) => {
    const registered = client[`${field}s`] ?? [];
    // What was seen is cut.
    const isRegistered = registered.some((uri) => uri.slice(0, MAX_SEEN_LENGTH) === sighting.value);
    return isRegistered ? [] : [mismatch(field, client, sighting)];
  });
}

function mismatch(field: Field, client: Client, sighting: Sighting): Remark {
  const uris = client[`${field}s`] ?? [];
  const registered = uris.length === 0 ? 'none' : shownAll(uris);
  const difference = nearestDifference(sighting.value, uris);
  return {
    severity: 'warning',
    about: clientName(client),
    found: `asked for the ${field} ${shown(sighting.value)} ${howOften(sighting)}; ` +
      `registered: ${registered}${difference === undefined ? '' : ` (${difference})`}`,
    change:
      'if that address is the application’s, correct it there, or register it exactly so with ' +
      `${whereToRegister(client, field)}; if not, somebody tried to have ${
        ATTEMPTS[field]
      } sent elsewhere`,
  };
}

function whereToRegister(client: Client, field: Field): string {
  const option = `${field}s` as const;
  if (isOfFile(client)) return `${option} of client ${client.client_id} in the configuration file`;
  return field === 'redirect_uri'
    ? `ostiary client update ${client.client_id} --redirect-uri URI, once for each of its addresses`
    : setOption(client, option, [...client[option] ?? [], 'URI']);
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
