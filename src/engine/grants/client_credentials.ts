import { isAdminScope } from '../../spec/administration.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { parseScope } from '../../spec/scopes.ts';
import { mayAdminister } from '../administrators.ts';
import { parseAuthorizationDetails } from '../authorization_details.ts';
import { mayActForItself } from '../authorization_policy.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import { parseResources } from '../resources.ts';
import type { Grant, Redemption } from './table.ts';

/** RFC 6749 §4.4: the client in its own name. Nothing is stored, and nothing can be refreshed (§4.4.3). */
export const clientCredentialsGrant: Grant = { grant_type: 'client_credentials', redeem };

/** Scopes that speak of a person. */
const PERSONAL_SCOPES = ['openid', 'offline_access'];

function redeem(params: Params, { client }: Caller, engine: Engine): Promise<Redemption> {
  if (!mayActForItself(client, engine)) {
    throw new OAuthError('unauthorized_client', 'the policy denies this client');
  }
  const scope = checkOwnScope(params.get('scope'), client);
  const resource = parseResources(params, scope, client, engine);
  const authorization_details = parseAuthorizationDetails(
    params.get('authorization_details'),
    client,
    engine,
  );
  const details = authorization_details === undefined ? {} : { authorization_details };
  return Promise.resolve({
    issue: { client, grant_type: 'client_credentials', scope, resource, ...details },
  });
}

/** RFC 6749 §3.3, §4.4.2: what was asked for, all of it registered; nothing by default. @throws {OAuthError} `invalid_scope` */
export function checkOwnScope(asked: string | undefined, client: Client): readonly string[] {
  const scope = asked === undefined ? [] : parseScope(asked);
  if (scope === undefined) {
    throw new OAuthError('invalid_scope', 'scope breaks the grammar or is too long');
  }
  const registered = client.scope.split(' ');
  for (const name of scope) {
    if (PERSONAL_SCOPES.includes(name)) {
      throw new OAuthError('invalid_scope', `scope ${name} needs a person`);
    }
    if (!registered.includes(name) || isAdminScope(name) && !mayAdminister(client)) {
      throw new OAuthError('invalid_scope', `client is not registered for scope ${name}`);
    }
  }
  return scope;
}
