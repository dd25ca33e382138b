import { adminResource, isAdminScope } from '../../spec/administration.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { parseScope } from '../../spec/scopes.ts';
import type { TokenExchangePolicy } from '../../spec/token_exchange.ts';
import { narrowAuthorizationDetails } from '../authorization_details.ts';
import type { Engine } from '../engine.ts';
import { isResourceOf, namedIn } from '../resources.ts';
import type { Presented } from './presented.ts';

/** What an exchanged token may be good for, and where, at most. */
export interface Bounds {
  readonly scope: readonly string[];
  /** Resources and the issuer, which stands for UserInfo. */
  readonly audience: readonly string[];
}

/** Within the subject token, within what the client may have, within the policy: none of them adds anything. T074 */
export function boundsOf(
  subject: Pick<Presented, 'scope' | 'audience'>,
  client: Client,
  policy: Pick<TokenExchangePolicy, 'scope' | 'audience'>,
  engine: Pick<Engine, 'settings'>,
): Bounds {
  const { issuer } = engine.settings;
  const registered = client.scope.split(' ');
  const own = adminResource(issuer);
  return {
    scope: subject.scope.filter((name) =>
      registered.includes(name) && (policy.scope?.includes(name) ?? true) && mayPass(name)
    ),
    audience: subject.audience.filter((name) =>
      name !== own && (policy.audience?.includes(name) ?? true) &&
      (name === issuer || isResourceOf(client, name, engine))
    ),
  };
}

export interface Narrowed {
  readonly scope: readonly string[];
  readonly resource: readonly string[];
}

/** What is asked for, or all there is. RFC 8693 §2.1, RFC 8707 §2.2. @throws {OAuthError} `invalid_scope`, `invalid_target`, `invalid_authorization_details` */
export function narrowed(params: Params, bounds: Bounds, issuer: string): Narrowed {
  checkNoDetails(params);
  const asked = namedIn(params);
  const target = asked.find((name) => !bounds.audience.includes(name));
  if (target !== undefined) {
    const hint = `resource or audience exceeds what may be exchanged: ${target}`;
    throw new OAuthError('invalid_target', hint, { debug: possible(bounds.audience) });
  }
  const names = asked.length === 0 ? bounds.audience : asked;
  if (names.length === 0) {
    throw new OAuthError(
      'invalid_target',
      'subject_token is meant for nobody whom it may be exchanged for',
    );
  }
  const resource = names.filter((name) => name !== issuer);
  const scope = params.get('scope');
  // openid makes a token good for UserInfo.
  const isDefault = (name: string): boolean => name !== 'openid' || names.includes(issuer);
  return {
    scope: scope === undefined
      ? bounds.scope.filter(isDefault)
      : scopeWithin(scope, bounds, issuer),
    resource,
  };
}

/** RFC 9396 §6: nobody gets any by these grants, and nobody is to think so. @throws {OAuthError} `invalid_authorization_details` */
export function checkNoDetails(params: Params): void {
  narrowAuthorizationDetails(params.get('authorization_details'), undefined);
}

/** What is asked for, all of it. @throws {OAuthError} `invalid_scope` */
export function scopeWithin(asked: string, bounds: Bounds, issuer: string): readonly string[] {
  const scope = parseScope(asked);
  if (scope === undefined) {
    throw new OAuthError('invalid_scope', 'scope breaks the grammar or is too long');
  }
  const excess = scope.find((name) => !bounds.scope.includes(name));
  if (excess !== undefined) {
    const hint = `scope exceeds what the client may have by this: ${excess}`;
    throw new OAuthError('invalid_scope', hint, { debug: possible(bounds.scope) });
  }
  if (scope.includes('openid') && !bounds.audience.includes(issuer)) {
    throw new OAuthError('invalid_scope', 'scope openid needs what is meant for UserInfo');
  }
  return scope;
}

/** What is left of the token, the client and the policy together. */
function possible(names: readonly string[]): string {
  return names.length === 0 ? 'nothing is possible' : `possible are ${names.join(' ')}`;
}

/** What outlives a session is not handed on, and administrators are not acted for. */
function mayPass(scope: string): boolean {
  return scope !== 'offline_access' && !isAdminScope(scope);
}
