import { levelFor, looksAtNetworks, namesClients, policyOf } from '../policy/decide.ts';
import { satisfiesAcr } from '../spec/acr.ts';
import type { PolicyLevel } from '../spec/authorization_policy.ts';
import type { Client } from '../spec/client.ts';
import type { Authorization, UserRecord } from '../store/records.ts';
import { levelWithScopes } from './administrators.ts';
import type { Engine } from './engine.ts';

/** What somebody asks a person for, and where the person is. */
export interface Asked {
  readonly scope: readonly string[];
  /** Absent: in no network. */
  readonly address?: string | undefined;
}

/** What the client's policy, and what is asked for, ask of this person. */
export function requiredLevel(
  client: Client,
  user: UserRecord,
  { scope, address }: Asked,
  engine: Engine,
): PolicyLevel {
  const { username, groups } = user;
  const level = levelFor(policyOf(client, engine.settings), { username, groups, address });
  return levelWithScopes(level, scope, client, user);
}

/** Whether the person gets in from nowhere, whatever they prove: known before they are asked. */
export function isDeniedEverywhere(
  client: Client,
  user: UserRecord,
  scope: readonly string[],
  engine: Engine,
): boolean {
  return !looksAtNetworks(policyOf(client, engine.settings)) &&
    requiredLevel(client, user, { scope }, engine) === 'deny';
}

/** Where the person was, for an authorization to keep: nothing unless the client's policy looks at it. */
export function keptAddress(
  address: string | undefined,
  client: Client,
  { settings }: Engine,
): Pick<Authorization, 'address'> {
  const isNeeded = address !== undefined && looksAtNetworks(policyOf(client, settings));
  return isNeeded ? { address } : {};
}

/** Whether what a person allowed would be allowed now as well, by somebody at the same place who had proven as much. */
export function isStillAuthorized(
  { authentication, address, scope }: Pick<Authorization, 'authentication' | 'address' | 'scope'>,
  client: Client,
  user: UserRecord,
  engine: Engine,
): boolean {
  switch (requiredLevel(client, user, { scope, address }, engine)) {
    case 'one_factor':
      return true;
    case 'two_factor':
      return satisfiesAcr(authentication.acr, 'two_factor');
    case 'deny':
      return false;
  }
}

/** Whether a client may act for itself: asked only of policies that name such clients. */
export function mayActForItself(client: Client, engine: Engine): boolean {
  const policy = policyOf(client, engine.settings);
  return !namesClients(policy) || levelFor(policy, { client_id: client.client_id }) !== 'deny';
}
