import {
  explainPolicy,
  namesClients,
  type PolicyExplanation,
  policyOf,
} from '../../policy/decide.ts';
import {
  type AccessVerdict,
  decideAccess,
  explainAccessRules,
  type ExplainedAccessRule,
  isForOthers,
} from '../../policy/access.ts';
import type { Who } from '../../policy/match.ts';
import type { AccessLevel } from '../../spec/access_control.ts';
import { parseAddress } from '../../spec/networks.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { parseTarget, partsOfUrl, type Target } from '../forward_auth/target.ts';
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

/** Somebody who wants something behind a proxy. */
export interface CheckedAccess {
  readonly url: string;
  readonly method: string;
  /** Absent, as is the client: nobody is signed in. */
  readonly username?: string;
  /** Acts for itself. */
  readonly client_id?: string;
  readonly address?: string;
}

export interface AccessCheck extends CheckedAccess {
  /** `sign_in`: it depends on who they are. */
  readonly level: AccessLevel | 'sign_in';
  /** `rules[1]` or `default_policy`, or why there is no answer but a refusal. */
  readonly decided_by: string;
  readonly default_policy: AccessLevel;
  readonly rules: readonly ExplainedAccessRule[];
  readonly note?: string;
}

/** What `access_control` says of a request, found by what decides requests. */
export async function checkAccess(
  asked: CheckedAccess,
  engine: Engine,
): Promise<Outcome<AccessCheck>> {
  const { url, method, username, client_id, address } = asked;
  if (address !== undefined && parseAddress(address) === undefined) {
    return refused(`the address is no IP address: ${JSON.stringify(address)}`);
  }
  if (username !== undefined && client_id !== undefined) {
    return refused('somebody is a person, or a client that acts for itself');
  }
  const target = targetOf(url, method);
  if (target instanceof OAuthError) return refused(target.hint);
  const user = username === undefined ? undefined : await engine.directory.findByUsername(username);
  if (username !== undefined && user === undefined) {
    return refused(`there is no user ${JSON.stringify(username)}`, 'missing');
  }
  if (client_id !== undefined && await findClient(client_id, engine) === undefined) {
    return refused(`there is no client ${JSON.stringify(client_id)}`, 'missing');
  }
  const { access_control } = engine.settings;
  const who: Who = { username: user?.username, groups: user?.groups, client_id, address };
  return done({
    ...asked,
    ...judged(decideAccess(access_control, target, who), who),
    default_policy: access_control.default_policy,
    rules: explainAccessRules(access_control, target, who),
  });
}

function targetOf(url: string, method: string): Target | OAuthError {
  try {
    return parseTarget({
      ...partsOfUrl({ name: 'the URL', value: url }),
      method: { name: 'the method', value: method },
    }, true);
  } catch (error) {
    if (error instanceof OAuthError) return error;
    throw error;
  }
}

function judged(
  verdict: AccessVerdict,
  who: Who,
): Pick<AccessCheck, 'level' | 'decided_by' | 'note'> {
  switch (verdict.kind) {
    case 'level': {
      const { level, rule, dependsOnPerson } = verdict;
      const decided_by = rule === undefined ? 'default_policy' : `rules[${rule}]`;
      if (isForOthers(verdict, who)) {
        return { level: 'deny', decided_by, note: 'It names no client that acts for itself.' };
      }
      return { level: dependsOnPerson ? 'sign_in' : level, decided_by };
    }
    case 'ambiguous':
      return { level: 'deny', decided_by: 'the URL, which servers read in several ways' };
    case 'too_long':
      return { level: 'deny', decided_by: 'the URL, which is longer than patterns may match' };
  }
}
