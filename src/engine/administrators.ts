import {
  ADMIN_SCOPES,
  ADMINISTRATORS,
  adminResource,
  type AdminScope,
  isAdminScope,
} from '../spec/administration.ts';
import type { PolicyLevel } from '../spec/authorization_policy.ts';
import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Actor, UserRecord } from '../store/records.ts';
import { findClient } from './clients.ts';
import type { Engine } from './engine.ts';
import { acceptToken, type ShownToken } from './tokens/accept.ts';

/** Who may do what at the administration API. */
export interface Administrator {
  readonly by: Actor;
  readonly scope: readonly AdminScope[];
}

/** What scopes of administration ask beyond the client's own policy: an administrator, at two factors. */
export function levelWithScopes(
  level: PolicyLevel,
  scope: readonly string[],
  client: Client,
  { groups }: Pick<UserRecord, 'groups'>,
): PolicyLevel {
  if (!scope.some(isAdminScope) || level === 'deny') return level;
  return groups.includes(ADMINISTRATORS) && mayAdminister(client) ? 'two_factor' : 'deny';
}

/** Whoever registered itself was named by no administrator, whatever its metadata says. */
export function mayAdminister({ provenance }: Pick<Client, 'provenance'>): boolean {
  return provenance !== 'dcr';
}

/**
 * Whom a token with these scopes is for: with one of administration nobody but the API itself, so that no other resource
 * server can use it there. @throws {OAuthError} `invalid_target`
 */
export function audienceForScopes(
  scope: readonly string[],
  asked: readonly string[],
  { settings: { issuer } }: Engine,
): readonly string[] | undefined {
  const own = adminResource(issuer);
  if (scope.some(isAdminScope)) {
    if (asked.every((name) => name === own)) return [own];
    throw new OAuthError('invalid_target', 'scopes of administration go with no other resource');
  }
  if (!asked.includes(own)) return undefined;
  throw new OAuthError(
    'invalid_target',
    `the resource needs one of the scopes ${ADMIN_SCOPES.join(', ')}`,
  );
}

/** Who shows a token of administration, as things stand now. @throws {OAuthError} `invalid_token`, `insufficient_scope` */
export async function findAdministrator(
  shown: ShownToken,
  engine: Engine,
): Promise<Administrator> {
  const own = adminResource(engine.settings.issuer);
  const ours = [own, engine.settings.issuer];
  const { token, person } = await acceptToken(
    shown,
    (aud) => aud.includes(own) && aud.every((name) => ours.includes(name)),
    engine,
  );
  const { client_id } = token;
  const client = person?.client ?? await findClient(client_id, engine);
  const registered = client !== undefined && mayAdminister(client) ? client.scope.split(' ') : [];
  const scope = token.scope.split(' ').filter(isAdminScope)
    .filter((each) => registered.includes(each));
  if (scope.length === 0) {
    throw new OAuthError(
      'insufficient_scope',
      `one of the scopes ${ADMIN_SCOPES.join(', ')} is required`,
    );
  }
  return {
    by: { kind: 'api', client_id, ...person !== undefined && { user: person.user.id } },
    scope,
  };
}
