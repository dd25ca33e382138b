import { exportJWK, generateKeyPair } from 'jose';
import { after, before, describe, it } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { answerAsAlice, BANK } from '../support/ciba.ts';
import { createHolder } from '../support/holder.ts';
import { CLIENT_SECRET } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { TEST_TLS } from '../support/tls.ts';
import { startTlsServer } from '../support/tls_server.ts';
import { discoverServer, INSECURE } from './with_oauth4webapi.ts';

const TOKEN = 'notification-token-0123456789';
const ASKED = { scope: 'openid profile offline_access', login_hint: 'alice' };
/** What the library signs by a name that we know. */
const pair = await generateKeyPair('ES256');
const ASSERTING = {
  ...BANK,
  client_id: 'asserting',
  client_secret: undefined,
  token_endpoint_auth_method: 'private_key_jwt',
  backchannel_authentication_request_signing_alg: 'ES256',
  jwks: { keys: [{ ...await exportJWK(pair.publicKey), kid: 'k', use: 'sig' }] },
};

/** A client's own server, which takes down what it is told. */
interface Told {
  readonly authorization: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

const holder = createHolder();
let op: RunningOp;
let told: Told[] = [];
let wake: () => void = () => {};

describe('CIBA Core 1.0 with client libraries', () => {
  before(() =>
    holder.open(async (hold) => {
      const { origin } = await hold(startTlsServer(async (request, response) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of request) chunks.push(chunk as Uint8Array);
        const { authorization } = request.headers;
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Told['body'];
        response.writeHead(204).end();
        told.push({ authorization, body });
        wake();
      }));
      const endpoint = { backchannel_client_notification_endpoint: `${origin}/cb` };
      op = await hold(startOp({
        clients: [
          BANK,
          JSON.parse(JSON.stringify(ASSERTING)),
          { ...BANK, ...endpoint, client_id: 'ping', backchannel_token_delivery_mode: 'ping' },
          { ...BANK, ...endpoint, client_id: 'push', backchannel_token_delivery_mode: 'push' },
          { ...BANK, client_id: 'bound', dpop_bound_access_tokens: true },
        ],
        outbound: { allow_networks: ['127.0.0.0/8'], ca_file: TEST_TLS.cert },
      }));
    })
  );
  after(() => holder.close());

  it('openid-client: poll', async () => {
    const config = await discover('bank');
    const response = await oidc.initiateBackchannelAuthentication(config, {
      ...ASKED,
      binding_message: 'W4SCT',
    });
    assertEquals([response.expires_in, response.interval], [300, 5]);
    await answerAsAlice(op);
    const tokens = await polled(config, response);
    const sub = tokens.claims()?.sub ?? '';
    const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, sub);
    assertEquals(userinfo.name, 'Alice Example');
    const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    assertEquals(fresh.claims()?.sub, sub);
  });

  it('openid-client: is told that the person declined, and of a hint that names nobody', async () => {
    const config = await discover('bank');
    const response = await oidc.initiateBackchannelAuthentication(config, ASKED);
    await answerAsAlice(op, 'deny');
    const denied = await assertRejects(() => polled(config, response), oidc.ResponseBodyError);
    assertEquals([denied.error, denied.status], ['access_denied', 400]);
    const unknown = await assertRejects(
      () => oidc.initiateBackchannelAuthentication(config, { ...ASKED, login_hint: 'nobody' }),
      oidc.ResponseBodyError,
    );
    assertEquals([unknown.error, unknown.status], ['unknown_user_id', 400]);
  });

  it('openid-client: ping', async () => {
    told = [];
    const config = await discover('ping');
    const response = await oidc.initiateBackchannelAuthentication(config, {
      ...ASKED,
      client_notification_token: TOKEN,
    });
    await answerAsAlice(op);
    const { authorization, body } = await nextTold();
    assertEquals([authorization, body], [`Bearer ${TOKEN}`, {
      auth_req_id: response.auth_req_id,
    }]);
    const tokens = await polled(config, response);
    assertEquals(tokens.claims()?.aud, 'ping');
  });

  it('push', async () => {
    told = [];
    const config = await discover('push');
    const response = await oidc.initiateBackchannelAuthentication(config, {
      ...ASKED,
      client_notification_token: TOKEN,
    });
    await answerAsAlice(op);
    const { authorization, body } = await nextTold();
    assertEquals(authorization, `Bearer ${TOKEN}`);
    assertEquals(body['auth_req_id'], response.auth_req_id);
    const userinfo = await oidc.fetchUserInfo(
      config,
      String(body['access_token']),
      oidc.skipSubjectCheck,
    );
    assertEquals(userinfo.name, 'Alice Example');
    const fresh = await oidc.refreshTokenGrant(config, String(body['refresh_token']));
    assertEquals(fresh.claims()?.sub, userinfo.sub);
  });

  it('openid-client: with DPoP, which the client must use', async () => {
    const config = await discover('bound');
    const response = await oidc.initiateBackchannelAuthentication(config, ASKED);
    await answerAsAlice(op);
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const tokens = await polled(config, response, DPoP);
    assertEquals(tokens.token_type, 'dpop');
    const sub = tokens.claims()?.sub ?? '';
    await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
  });

  it('oauth4webapi: private_key_jwt and a signed request; authorization_pending, slow_down, tokens', async () => {
    const as = await discoverServer(op);
    const client = { client_id: 'asserting' };
    const key = { key: pair.privateKey, kid: 'k' };
    const authentication = oauth.PrivateKeyJwt(key);
    const request = await oauth.issueRequestObject(
      as,
      client,
      { ...ASKED, binding_message: 'W4SCT' },
      key,
    );
    const response = await oauth.processBackchannelAuthenticationResponse(
      as,
      client,
      await oauth.backchannelAuthenticationRequest(
        as,
        client,
        authentication,
        { request },
        INSECURE,
      ),
    );
    const poll = async () =>
      await oauth.processBackchannelAuthenticationGrantResponse(
        as,
        client,
        await oauth.backchannelAuthenticationGrantRequest(
          as,
          client,
          authentication,
          response.auth_req_id,
          INSECURE,
        ),
      );
    for (const code of ['authorization_pending', 'slow_down']) {
      const error = await assertRejects(poll, oauth.ResponseBodyError);
      assertEquals([error.error, error.status], [code, 400]);
    }
    await answerAsAlice(op);
    const tokens = await poll();
    assert(tokens.refresh_token !== undefined);
    assertEquals(oauth.getValidatedIdTokenClaims(tokens)?.aud, 'asserting');
  });
});

function polled(
  config: oidc.Configuration,
  response: oauth.BackchannelAuthenticationResponse,
  DPoP?: oidc.DPoPHandle,
) {
  // The library waits for the interval before its first poll.
  return oidc.pollBackchannelAuthenticationGrant(
    config,
    { ...response, interval: 0 },
    undefined,
    DPoP === undefined ? {} : { DPoP },
  );
}

async function nextTold(): Promise<Told> {
  while (told.length === 0) await new Promise<void>((resolve) => wake = resolve);
  return told[0] as Told;
}

async function discover(client_id: string): Promise<oidc.Configuration> {
  return await oidc.discovery(
    new URL(op.issuer),
    client_id,
    undefined,
    oidc.ClientSecretBasic(CLIENT_SECRET),
    { execute: [oidc.allowInsecureRequests] },
  );
}
