import type { Client } from '../../spec/client.ts';
import type { AuthMethod } from '../../spec/identifiers.ts';
import type { Sighting, SightingKind } from '../../store/records.ts';
import type { AuthEndpoint } from '../client_auth/client_auth.ts';
import { authMethodAt, CLIENT_AUTH, METHOD_FIELDS } from '../client_auth/table.ts';
import { isPkceRequired } from '../pkce.ts';
import {
  clientName,
  howOften,
  type Patient,
  type Remark,
  setOption,
  shown,
  sightingsOf,
} from './finding.ts';

interface OfClient {
  readonly client: Client;
  readonly sighting: Sighting;
}

/** Of clients that there still are: what their predecessors of the same id did is not theirs. */
export function sightingsOfClients(
  { clients, seen }: Patient,
  kind: SightingKind,
): readonly OfClient[] {
  return [...seen].flatMap(([client_id, { sightings }]) => {
    const client = clients.get(client_id);
    if (client === undefined) return [];
    return sightings
      .filter((each) => each.kind === kind && each.at >= (client.created_at ?? 0))
      .map((sighting) => ({ client, sighting }));
  });
}

/** Credentials came in another way than is registered, and still is. */
export function authMethods(patient: Patient): readonly Remark[] {
  const all = sightingsOfClients(patient, 'auth_method');
  return all.flatMap(({ client, sighting }) => {
    const { value } = sighting;
    const endpoint = (sighting.endpoint ?? 'token') as AuthEndpoint;
    const registered = authMethodAt(client, endpoint);
    const used = value.split(' ');
    if (used.includes(registered)) return [];
    const [first = ''] = used;
    const own = METHOD_FIELDS[endpoint];
    const isEverywhere = client[own] === undefined &&
      all.some((each) =>
        each.client === client && each.sighting.endpoint === 'token' &&
        each.sighting.value === value
      );
    // Some libraries try one method after the other.
    const isOver = endpoint === 'token' && hasGotTokensSince(patient, client, sighting);
    return [{
      severity: isOver ? 'note' : 'warning',
      about: clientName(client),
      found: `authenticated at the ${endpoint} endpoint with ${shown(used.join(' and '))} ${
        howOften(sighting)
      }; registered is ${registered}${isOver ? '; it has got tokens since' : ''}`,
      change: isPossibleAt(first, endpoint)
        ? `have the application use ${registered}, or ${
          setOption(client, isEverywhere ? METHOD_FIELDS.token : own, first)
        }`
        : `have the application use ${registered}: it sends no credentials at all`,
    }];
  });
}

/** Many libraries send no secret where a device begins, and prove who they are when they fetch the tokens. */
function isPossibleAt(method: string, endpoint: AuthEndpoint): boolean {
  return CLIENT_AUTH.has(method as AuthMethod) &&
    (method !== 'none' || endpoint === 'device_authorization');
}

/** Credentials came as is registered, and were wrong. */
export function proofs(patient: Patient): readonly Remark[] {
  return sightingsOfClients(patient, 'proof').map(({ client, sighting }) => {
    const isOver = hasGotTokensSince(patient, client, sighting);
    return {
      severity: isOver ? 'note' : 'warning',
      about: clientName(client),
      found: `was refused at the ${sighting.endpoint ?? 'token'} endpoint ${howOften(sighting)}: ${
        shown(sighting.value)
      }${isOver ? '; it has got tokens since' : ''}`,
      change: sighting.value.includes('secret')
        ? `compare the secret that the application has, or make a new one: ostiary client secret ${client.client_id}`
        : `compare with the client’s keys, the time and the addresses that the application uses: ostiary client show ${client.client_id}`,
    };
  });
}

function hasGotTokensSince(
  { seen }: Patient,
  { client_id }: Client,
  { at }: Sighting,
): boolean {
  const use = seen.get(client_id)?.use;
  return use !== undefined && use.at > at;
}

export function missingPkce(patient: Patient): readonly Remark[] {
  return sightingsOfClients(patient, 'pkce')
    .filter(({ client }) => isPkceRequired(client, patient.engine.settings))
    .map(({ client, sighting }) => ({
      severity: 'warning',
      about: clientName(client),
      found: `asked for a code without code_challenge ${
        howOften(sighting)
      }; PKCE is required of it`,
      change: client.token_endpoint_auth_method === 'none'
        ? 'have the application use PKCE with S256: it has no secret, so nothing else protects its codes'
        : `have the application use PKCE with S256, or ${setOption(client, 'require_pkce', false)}`,
    }));
}

export function foreignScopes(patient: Patient): readonly Remark[] {
  return sightingsOfClients(patient, 'scope')
    .filter(({ client, sighting }) => !client.scope.split(' ').includes(sighting.value))
    .map(({ client, sighting }) => ({
      severity: 'warning',
      about: clientName(client),
      found: `asked for the scope ${shown(sighting.value)} ${howOften(sighting)}; registered: ${
        shown(client.scope)
      }`,
      change: `have the application leave it out, or ${
        setOption(client, 'scope', `${client.scope} ${sighting.value}`.trim())
      }`,
    }));
}

/** RFC 7662 §2.2: a resource server is told of tokens that are meant for it, of others that they are not active. */
export function foreignIntrospections(patient: Patient): readonly Remark[] {
  const { resources, issuer } = patient.engine.settings;
  return sightingsOfClients(patient, 'introspection').flatMap(({ client, sighting }) => {
    const { client_id } = client;
    const known = sighting.value.split(' ').flatMap((name) => resources.get(name) ?? []);
    if (known.some((each) => each.introspection_clients.includes(client_id))) return [];
    const [first] = known;
    return [{
      severity: 'warning',
      about: clientName(client),
      found:
        `introspected access tokens of other clients ${howOften(sighting)}, and was told that ` +
        `they are not active; they are for ${shown(sighting.value)}`,
      change: first === undefined
        ? `give ${client_id} a resource under resources, with introspection_clients: [ ${client_id} ], ` +
          `and have applications ask for tokens with that resource; those for ${issuer} are for UserInfo`
        : `if it is the server of that resource, add ${client_id} to the introspection_clients of ` +
          `${shown(first.resource)} under resources`,
    }];
  });
}

export function unknownClients(patient: Patient): readonly Remark[] {
  const { clients, engine: { settings } } = patient;
  return sightingsOf(patient, 'unknown_client').filter(({ value }) => !clients.has(value))
    .map((sighting) => ({
      severity: 'note',
      about: settings.issuer,
      found: `the client_id ${shown(sighting.value)} came to the ${
        sighting.endpoint ?? 'token'
      } endpoint ${howOften(sighting)}, and there is no such client`,
      change:
        'compare with ostiary client list; register it with ostiary client add, or correct it in the application',
    }));
}
