import { adminResource } from '../../spec/administration.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import type { Authorization } from '../../store/records.ts';
import { isTypeOf, narrowAuthorizationDetails } from '../authorization_details.ts';
import type { Engine } from '../engine.ts';
import { isResourceOf, narrowResources } from '../resources.ts';
import type { Issue } from '../tokens/issue.ts';

type Granted = Pick<Authorization, 'scope' | 'resource' | 'authorization_details'>;

/** Of what a person has granted, that which tokens are asked for now: RFC 8707 §2.2, RFC 9396 §6. @throws {OAuthError} `invalid_target`, `invalid_authorization_details` */
export function narrowGranted(
  params: Params,
  granted: Granted,
  client: Client,
  engine: Engine,
): Pick<Issue, 'scope' | 'resource' | 'authorization_details'> {
  const still = stillGranted(granted, client, engine);
  // Meant for nobody in particular, a token would be good for UserInfo.
  if (still.resource.length === 0 && granted.resource.length > 0) {
    throw new OAuthError(
      'invalid_target',
      'the client may have tokens for no resource that was granted',
    );
  }
  const authorization_details = narrowAuthorizationDetails(
    params.get('authorization_details'),
    still.authorization_details,
  );
  return {
    scope: still.scope,
    resource: narrowResources(params, still.resource),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
}

/** Of what was granted, that which the client may still ask for: an administrator may have taken some of it away. */
export function stillGranted(
  { scope, resource, authorization_details: details }: Granted,
  client: Client,
  engine: Engine,
): Granted {
  const registered = client.scope.split(' ');
  const own = adminResource(engine.settings.issuer);
  const left = details?.filter(({ type }) => isTypeOf(client, type, engine)) ?? [];
  return {
    scope: scope.filter((name) => registered.includes(name)),
    resource: resource.filter((name) => name === own || isResourceOf(client, name, engine)),
    ...(left.length === 0 ? {} : { authorization_details: left }),
  };
}
