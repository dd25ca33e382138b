import type { Params } from '../../spec/params.ts';
import type { Authorization } from '../../store/records.ts';
import { narrowAuthorizationDetails } from '../authorization_details.ts';
import { narrowResources } from '../resources.ts';
import type { Issue } from '../tokens/issue.ts';

/** Of what a person has granted, that which tokens are asked for now: RFC 8707 §2.2, RFC 9396 §6. @throws {OAuthError} `invalid_target`, `invalid_authorization_details` */
export function narrowGranted(
  params: Params,
  granted: Pick<Authorization, 'resource' | 'authorization_details'>,
): Pick<Issue, 'resource' | 'authorization_details'> {
  const authorization_details = narrowAuthorizationDetails(
    params.get('authorization_details'),
    granted.authorization_details,
  );
  return {
    resource: narrowResources(params, granted.resource),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
}
