import { sha256 } from '../keys/digest.ts';
import type { Client } from '../spec/client.ts';
import type { ClientMetadata } from '../spec/client_metadata.ts';
import type { ClientProblem } from '../spec/client_problems.ts';
import {
  CIBA_GRANT,
  type DeliveryMode,
  DEVICE_CODE_GRANT,
  type GrantType,
  JWT_BEARER_GRANT,
  TOKEN_EXCHANGE_GRANT,
} from '../spec/identifiers.ts';
import { ownerHostOf } from '../spec/redirect_uri.ts';
import type { Engine } from './engine.ts';

export type Sectored = Pick<Client, 'client_id' | 'subject_type' | 'redirect_uris'> & {
  readonly sector_identifier_uri?: string | undefined;
} & Backchannel;

/** What names a client that has no redirect URI. */
interface Backchannel {
  readonly backchannel_token_delivery_mode?: DeliveryMode | undefined;
  readonly backchannel_client_notification_endpoint?: string | undefined;
  readonly jwks_uri?: string | undefined;
}

/** The sector that all clients with public subject identifiers share. Core §8. */
const PUBLIC_SECTOR = 'public';

/** Clients of one sector know a person by the same name. Core §8.1. */
export function sectorOf(client: Sectored): string {
  if (client.subject_type !== 'pairwise') return PUBLIC_SECTOR;
  const { sector_identifier_uri } = client;
  const first = client.redirect_uris[0] ?? backchannelUriOf(client);
  const host = sector_identifier_uri !== undefined
    ? new URL(sector_identifier_uri).hostname
    : first === undefined
    ? ''
    : ownerHostOf(first);
  // No host has a colon outside brackets: what a client is called cannot bring it into another's sector.
  if (host === '') return `client:${client.client_id}`;
  return host === PUBLIC_SECTOR ? `host:${host}` : host;
}

/** CIBA §4: what shows whose a client is, by its mode. */
function backchannelUriOf(client: Backchannel): string | undefined {
  switch (client.backchannel_token_delivery_mode) {
    case 'ping':
    case 'push':
      return client.backchannel_client_notification_endpoint;
    case 'poll':
      return client.jwks_uri;
    case undefined:
      return undefined;
  }
}

/**
 * The `sid` claim: what clients of a sector call a session. By one name for all, clients of several sectors could tell
 * that they know the same person. Front-Channel Logout §3, Back-Channel Logout §2.1
 */
export function sectorSid(sid: string, client: Sectored): string {
  return sha256(`${sid} ${sectorOf(client)}`).slice(0, 22);
}

/** Bytes of the list at a sector_identifier_uri. */
const MAX_LIST_BYTES = 64 * 1024;

/**
 * Whether the list at the client's sector_identifier_uri holds every one of its redirect URIs, as they are written. With
 * `before`, it is asked again only if either has changed. Registration §5.
 */
export async function sectorProblem(
  client: ClientMetadata,
  { outbound, log }: Pick<Engine, 'outbound' | 'log'>,
  before?: ClientMetadata,
): Promise<ClientProblem | undefined> {
  const { sector_identifier_uri } = client;
  const own = urisOf(client);
  if (sector_identifier_uri === undefined) return undefined;
  const isKnown = before?.sector_identifier_uri === sector_identifier_uri &&
    own.every((uri) => urisOf(before).includes(uri));
  if (isKnown) return undefined;
  const result = await outbound.fetchJson(sector_identifier_uri, {
    accept: ['application/json'],
    maxBytes: MAX_LIST_BYTES,
  });
  if (!result.ok) {
    // What lies at an address is none of a stranger's business: the reason is for the log.
    log('warn', 'sector.not_fetched', { sector_identifier_uri, problem: result.problem });
    return ofUri('cannot be fetched as application/json');
  }
  const { body } = result;
  if (!Array.isArray(body) || !body.every((each) => typeof each === 'string')) {
    return ofUri('must lead to a JSON array of strings');
  }
  const listed = new Set<string>(body);
  const missing = own.find((uri) => !listed.has(uri));
  return missing === undefined ? undefined : ofUri(
    `leads to a list that lacks ${
      client.redirect_uris.includes(missing) ? 'a redirect URI' : 'a URI'
    } of the client: ${missing}`,
  );
}

/** What the list has to hold: CIBA §4 adds to the redirect URIs. */
function urisOf(client: ClientMetadata): readonly string[] {
  const more = backchannelUriOf(client);
  return more === undefined ? client.redirect_uris : [...client.redirect_uris, more];
}

/** Another sector gives everybody another sub, and the client loses its accounts. Core §8.1. */
export function sectorChangeProblem(before: Sectored, after: Sectored): ClientProblem | undefined {
  const [old, next] = [sectorOf(before), sectorOf(after)];
  return old === next ? undefined : {
    field: isSameType(before, after) ? 'sector_identifier_uri' : 'subject_type',
    problem: `must keep the client in sector ${old}, as everybody would get another sub in ${next}`,
  };
}

/** Grants that tell a client of people and send nobody anywhere. */
const WITHOUT_REDIRECT: readonly GrantType[] = [
  DEVICE_CODE_GRANT,
  CIBA_GRANT,
  TOKEN_EXCHANGE_GRANT,
  JWT_BEARER_GRANT,
];

/**
 * A redirect URI tells whose the client is only as long as everything goes there. Whoever may register anything could
 * name a host of others, and learn the subs of its sector by a grant that needs no redirect.
 */
export function claimedSectorProblem(client: ClientMetadata): ClientProblem | undefined {
  const grant = client.grant_types.find((each) => WITHOUT_REDIRECT.includes(each));
  if (client.subject_type !== 'pairwise' || grant === undefined) return undefined;
  const isOwn = client.sector_identifier_uri === undefined &&
    urisOf(client).every((uri) => ownerHostOf(uri) === '');
  return isOwn ? undefined : {
    field: 'subject_type',
    problem:
      `must be public with ${grant}, unless nothing but the client_id names the sector: no host of redirect_uris or other URIs, no sector_identifier_uri`,
  };
}

function ofUri(problem: string): ClientProblem {
  return { field: 'sector_identifier_uri', problem };
}

function isSameType(before: Sectored, after: Sectored): boolean {
  return before.subject_type === after.subject_type;
}
