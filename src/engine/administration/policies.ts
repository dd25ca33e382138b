import {
  explainPolicy,
  namesClients,
  type PolicyExplanation,
  policyOf,
} from '../../policy/decide.ts';
import { parseAddress } from '../../spec/networks.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** Somebody who wants to use a client. */
export interface AccessQuestion {
  readonly client_id: string;
  /** Absent: the client acts for itself. */
  readonly username?: string;
  readonly address?: string;
}

export interface AccessExplanation extends PolicyExplanation {
  readonly client_id: string;
  readonly authorization_policy: string;
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly address?: string;
  /** What keeps the answer from being the whole truth. */
  readonly note?: string;
}

/** What a client's policy says of a person or of the client itself, rule by rule, found by what decides requests. */
export async function explainAccess(
  { client_id, username, address }: AccessQuestion,
  engine: Engine,
): Promise<Outcome<AccessExplanation>> {
  const client = await findClient(client_id, engine);
  if (client === undefined) {
    return refused(`there is no client ${JSON.stringify(client_id)}`, 'missing');
  }
  if (address !== undefined && parseAddress(address) === undefined) {
    return refused(`the address is no IP address: ${JSON.stringify(address)}`);
  }
  const policy = policyOf(client, engine.settings);
  const { authorization_policy } = client;
  if (username === undefined) {
    if (address !== undefined) return refused('a client that acts for itself has no address here');
    const explanation = explainPolicy(policy, { client_id });
    return done({
      client_id,
      authorization_policy,
      ...explanation,
      ...!namesClients(policy) &&
        {
          note: 'The policy names no client, so that it does not count where one acts for itself.',
        },
    });
  }
  const user = await engine.directory.findByUsername(username);
  if (user === undefined) return refused(`there is no user ${JSON.stringify(username)}`, 'missing');
  const { groups } = user;
  return done({
    client_id,
    authorization_policy,
    username: user.username,
    groups,
    ...address !== undefined && { address },
    ...explainPolicy(policy, { username: user.username, groups, address }),
    ...user.disabled && { note: 'The person is disabled, and cannot sign in whatever this says.' },
  });
}
