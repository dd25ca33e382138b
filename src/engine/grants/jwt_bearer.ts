import { afterCut } from '../../accounts/after_cut.ts';
import { randomToken } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { JWT_BEARER_GRANT } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, required } from '../../spec/params.ts';
import type { TokenExchangePolicy } from '../../spec/token_exchange.ts';
import { together } from '../../store/collection.ts';
import type { GrantRecord, UserRecord } from '../../store/records.ts';
import { assertedPerson } from '../assertion_grant/subject.ts';
import { type Assertion, verifyAssertion } from '../assertion_grant/verify.ts';
import { isStillAuthorized, mayActForItself } from '../authorization_policy.ts';
import { subjectOf } from '../claims/subject.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { boundsOf, checkNoDetails, scopeWithin } from '../exchange/bounds.ts';
import { issueAccessTokenOnly } from '../exchange/issue.ts';
import { exchangePolicyOf } from '../exchange/policy.ts';
import { checkUnused, usesChange } from '../one_time.ts';
import { parseResources } from '../resources.ts';
import { grantPuts } from '../revoke.ts';
import { checkOwnScope } from './client_credentials.ts';
import type { Grant, Redemption } from './table.ts';

/** RFC 7523 §2.1, RFC 7521 §4.1: no refresh token, no ID token; and the client proves who it is, too. T074 */
export const jwtBearerGrant: Grant = { grant_type: JWT_BEARER_GRANT, redeem };

async function redeem(params: Params, caller: Caller, engine: Engine): Promise<Redemption> {
  const { client } = caller;
  const policy = exchangePolicyOf(client, engine);
  const text = required(params, 'assertion');
  if ((policy.assertion_issuers ?? []).length === 0) {
    throw new OAuthError(
      'unauthorized_client',
      'the policy of the client names no issuer of assertions',
    );
  }
  const assertion = await verifyAssertion(text, policy, caller, engine);
  await checkUnused([assertion.use], engine);
  const user = await assertedPerson(assertion, client, engine);
  if (user === undefined && !mayActForItself(client, engine)) {
    throw new OAuthError('invalid_grant', 'the policy denies this client');
  }
  const granted = grantedTo(user, params, client, policy, engine);
  const latest = Math.floor(engine.now()) + policy.lifetime;
  const grant = user && await grantFor(user, granted, client, latest, engine);
  return {
    issue: {
      client,
      grant_type: 'jwt_bearer',
      ...granted,
      cnf: assertion.cnf,
      latest,
      ...user !== undefined && grant !== undefined && { person: { grant, user } },
    },
    respond: (issue) => issueAccessTokenOnly(issue, engine),
    change: together(
      usesChange([assertion.use], engine),
      grant === undefined ? {} : { put: grantPuts(grant, engine) },
    ),
    ...grant !== undefined && { isNewGrant: true },
    noted: notedOf(assertion, user, client),
  };
}

/** What the client asks for, within what it is registered for and its policy. @throws {OAuthError} `invalid_scope`, `invalid_target`, `invalid_authorization_details` */
function grantedTo(
  user: UserRecord | undefined,
  params: Params,
  client: Client,
  policy: TokenExchangePolicy,
  engine: Engine,
): Pick<GrantRecord, 'scope' | 'resource'> {
  checkNoDetails(params);
  const { issuer } = engine.settings;
  const registered = client.scope.split(' ');
  const resource = parseResources(params, [], client, engine).filter((name) => name !== issuer);
  const all = { scope: registered, audience: [...resource, issuer] };
  const bounds = boundsOf(all, client, policy, engine);
  const asked = params.get('scope');
  const own = user === undefined ? checkOwnScope(asked, client) : [];
  const scope = asked === undefined ? own : scopeWithin(asked, bounds, issuer);
  const audience = resource.length === 0 ? [issuer] : resource;
  if (audience.every((name) => bounds.audience.includes(name))) return { scope, resource };
  throw new OAuthError('invalid_target', 'resource or audience exceeds what the policy allows');
}

/** What the person has not given, and the policy lets the client have: it stands without any session. @throws {OAuthError} `invalid_grant` */
async function grantFor(
  user: UserRecord,
  { scope, resource }: Pick<GrantRecord, 'scope' | 'resource'>,
  client: Client,
  latest: number,
  engine: Engine,
): Promise<GrantRecord> {
  const nowSeconds = engine.now();
  // Nobody has signed in, so that nothing which asks for that is met.
  const authentication = { sid: '', auth_time: 0, amr: [], acr: '' };
  if (!isStillAuthorized({ authentication, scope }, client, user, engine)) {
    throw new OAuthError('invalid_grant', 'the policy of this client does not let the person in');
  }
  const { access_token } = lifespansOf(client, engine, 'jwt_bearer');
  return {
    id: randomToken(16),
    client_id: client.client_id,
    user: user.id,
    granted_at: nowSeconds,
    sub: await subjectOf(user.id, client, engine),
    scope,
    resource,
    claims: { userinfo: [], id_token: [] },
    authentication,
    grant_type: 'jwt_bearer',
    created_at: afterCut(user, nowSeconds),
    expires_at: Math.min(Math.floor(nowSeconds) + access_token, latest),
  };
}

function notedOf(
  { name, payload }: Assertion,
  user: UserRecord | undefined,
  client: Client,
): NonNullable<Redemption['noted']> {
  return {
    event: 'assertion.accepted',
    fields: {
      client_id: client.client_id,
      issuer: name,
      subject: payload.sub,
      ...user !== undefined && { user: user.id },
    },
  };
}
