/** RFC 8693 with client libraries: an application, and a service that exchanges its tokens. */
import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { assertEquals, assertRejects } from '../support/assert.ts';
import {
  assertionOf,
  JWT_BEARER_GRANT,
  ROBOT,
  TRUSTED,
  TRUSTED_JWKS,
} from '../support/assertion_grant.ts';
import {
  API,
  EXCHANGE_GRANT,
  exchangeConfig,
  introspected,
  POLICY,
  subjectTokens,
  typeOf,
} from '../support/exchange.ts';
import { createHolder } from '../support/holder.ts';
import { CLIENT_SECRET, type Form, formBody } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { discoverServer, INSECURE } from './with_oauth4webapi.ts';

const holder = createHolder();
let op: RunningOp;

describe('RFC 8693 with client libraries', () => {
  before(() =>
    holder.open(async (hold) => {
      op = await hold(startOp(exchangeConfig({
        clients: [ROBOT],
        config: {
          trusted_issuers: { ci: { issuer: TRUSTED, jwks: TRUSTED_JWKS, subject_is: 'username' } },
          token_exchange_policies: {
            gateway: { ...POLICY, requested_token_types: ['access_token', 'id_token'] },
            robot: { assertion_issuers: ['ci'] },
          },
        },
      })));
    })
  );
  after(() => holder.close());

  it('openid-client: genericGrantRequest', async () => {
    const { access_token } = await tokens();
    const config = await discover();
    const made = await oidc.genericGrantRequest(config, EXCHANGE_GRANT, {
      subject_token: access_token,
      subject_token_type: typeOf('access_token'),
      resource: API,
      scope: 'read',
    });
    assertEquals(
      [made.token_type, made['issued_token_type'], made.scope, made.expires_in],
      ['bearer', typeOf('access_token'), 'read', 600],
    );
    const told = await oidc.tokenIntrospection(config, made.access_token);
    assertEquals([told.active, told['act']], [true, { sub: 'gateway', client_id: 'gateway' }]);
  });

  it('oauth4webapi: an ID token is no access token, and says so', async () => {
    const made = await exchanged(
      { requested_token_type: typeOf('id_token') },
      { recognizedTokenTypes: { n_a: () => {} } },
    );
    assertEquals([made.token_type, made['issued_token_type']], ['n_a', typeOf('id_token')]);
  });

  it('openid-client: bound to a DPoP key', async () => {
    const { access_token } = await tokens();
    const config = await discover();
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const asked = { subject_token: access_token, subject_token_type: typeOf('access_token') };
    const made = await oidc.genericGrantRequest(config, EXCHANGE_GRANT, asked, { DPoP });
    assertEquals(made.token_type, 'dpop');
  });

  it('openid-client: a refusal is one of RFC 8693 §2.2.2', async () => {
    const config = await discover();
    const asked = { subject_token: 'ost_at_nothing', subject_token_type: typeOf('access_token') };
    const error = await assertRejects(
      () => oidc.genericGrantRequest(config, EXCHANGE_GRANT, asked),
      oidc.ResponseBodyError,
    );
    assertEquals([error.error, error.status], ['invalid_request', 400]);
  });

  it('RFC 7523 §2.1, openid-client: an assertion of a trusted issuer', async () => {
    const config = await discover('robot');
    const clock = { now: Date.now() / 1000 };
    const assertion = await assertionOf({ clock }, { claims: { aud: op.issuer } });
    const made = await oidc.genericGrantRequest(config, JWT_BEARER_GRANT, {
      assertion,
      scope: 'read',
      resource: API,
    });
    assertEquals([made.token_type, made.scope, made.id_token], ['bearer', 'read', undefined]);
    const told = await oidc.tokenIntrospection(config, made.access_token);
    assertEquals([told.active, told.username], [true, 'alice']);
    const error = await assertRejects(
      () => oidc.genericGrantRequest(config, JWT_BEARER_GRANT, { assertion }),
      oidc.ResponseBodyError,
    );
    assertEquals([error.error, error.status], ['invalid_grant', 400]);
  });

  it('oauth4webapi: genericTokenEndpointRequest', async () => {
    const made = await exchanged();
    assertEquals((await introspected({ post }, made.access_token))['active'], true);
  });
});

/** What the gateway gets for the application's access token, by oauth4webapi. */
async function exchanged(
  changes: Readonly<Record<string, string>> = {},
  options?: oauth.ProcessTokenResponseOptions,
): Promise<oauth.TokenEndpointResponse> {
  const { access_token } = await tokens();
  const as = await discoverServer(op);
  const client = { client_id: 'gateway' };
  const response = await oauth.genericTokenEndpointRequest(
    as,
    client,
    oauth.ClientSecretBasic(CLIENT_SECRET),
    EXCHANGE_GRANT,
    { subject_token: access_token, subject_token_type: typeOf('access_token'), ...changes },
    INSECURE,
  );
  return await oauth.processGenericTokenEndpointResponse(as, client, response, options);
}

function tokens() {
  return subjectTokens({ post, browser: op.browser });
}

function post(path: string, form: Form, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(op.issuer + path, { method: 'POST', headers, body: formBody(form) });
}

function discover(client_id = 'gateway'): Promise<oidc.Configuration> {
  return oidc.discovery(
    new URL(op.issuer),
    client_id,
    undefined,
    oidc.ClientSecretBasic(CLIENT_SECRET),
    { execute: [oidc.allowInsecureRequests] },
  );
}
