/** FAPI 2.0 SP §5.3.2.1 beyond the authorization endpoint: every grant of a profile's client is held to the same. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { addClient } from '../../src/engine/administration/clients.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { answerAsAlice, CIBA_GRANT } from '../support/ciba.ts';
import { approve, DEVICE_CODE_GRANT, type DeviceCodes } from '../support/device.ts';
import {
  ASSERTION_TYPE,
  FAPI_CLIENTS,
  type FapiClient,
  fapiClient,
  openFapi,
} from '../support/fapi.ts';
import { assertRefused, headerOf, tokensOf } from '../support/flow.ts';
import { CLI, ISSUER } from '../support/op.ts';

const [FAPI, , , SIGNED] = FAPI_CLIENTS;
const API = 'https://api.example/';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

type Fields = Readonly<Record<string, unknown>>;

async function open(fields: Fields, config: Fields = {}): Promise<FapiClient> {
  const client = { ...FAPI, ...fields };
  return await fapiClient(await openFapi({ clients: [client], ...config }));
}

async function credentials(client: FapiClient): Promise<Record<string, string>> {
  return {
    client_id: client.client_id,
    client_assertion: await client.assertion(),
    client_assertion_type: ASSERTION_TYPE,
  };
}

describe('FAPI 2.0 SP §5.3.2.1-4: tokens of every grant are bound', () => {
  it('client_credentials', async () => {
    const client = await open({});
    const form = { grant_type: 'client_credentials' };
    assertEquals((await tokensOf(await client.token(form))).token_type, 'DPoP');
    await assertRefused(await client.token(form, { proof: null }), 'invalid_request');
  });

  it('RFC 8628: device_code', async () => {
    const client = await open({ grant_types: [DEVICE_CODE_GRANT, 'refresh_token'] });
    const asked = { ...await credentials(client), scope: 'openid' };
    const response = await client.op.post('/device_authorization', asked);
    const { device_code, user_code } = await response.json() as DeviceCodes;
    await approve(client.op, user_code);
    const form = { grant_type: DEVICE_CODE_GRANT, device_code };
    await assertRefused(await client.token(form, { proof: null }), 'invalid_request');
    client.op.clock.now += 10;
    const tokens = await tokensOf(await client.token(form));
    assertEquals(tokens.token_type, 'DPoP');
    const again = await tokensOf(await client.refresh(tokens.refresh_token));
    assertEquals(again.refresh_token, tokens.refresh_token);
  });

  it('RFC 8693: token exchange', async () => {
    const client = await open({
      grant_types: ['client_credentials', EXCHANGE],
      scope: 'read',
      token_exchange_policy: 'own',
    }, {
      resources: [{ resource: API, scope: 'read' }],
      token_exchange_policies: { own: { allow: ['impersonation'], subject_clients: ['fapi'] } },
    });
    const own = { grant_type: 'client_credentials', scope: 'read', resource: API };
    const { access_token } = await tokensOf(await client.token(own));
    const form = {
      grant_type: EXCHANGE,
      subject_token: access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'read',
      resource: API,
    };
    await assertRefused(await client.token(form, { proof: null }), 'invalid_request');
    assertEquals((await tokensOf(await client.token(form))).token_type, 'DPoP');
  });
});

describe('FAPI 2.0 SP §5.4.1-1: JWTs of every grant are signed as the profile wants', () => {
  it('RFC 7523 §2.1: assertions of trusted issuers', async () => {
    const algs = ['RS256', 'ES256'];
    const pairs = await Promise.all(algs.map((alg) => generateKeyPair(alg, { extractable: true })));
    const keys = await Promise.all(pairs.map(({ publicKey }) => exportJWK(publicKey)));
    const config = (profile: string): Promise<FapiClient> =>
      open({
        profile,
        dpop_bound_access_tokens: true,
        token_endpoint_auth_method: 'private_key_jwt',
        grant_types: [JWT_BEARER],
        token_exchange_policy: 'own',
      }, {
        trusted_issuers: {
          ci: { issuer: 'https://ci.example', jwks: { keys }, subject_is: 'username' },
        },
        token_exchange_policies: { own: { assertion_issuers: ['ci'] } },
      });
    const statuses = async (client: FapiClient): Promise<readonly number[]> =>
      await Promise.all(algs.map(async (alg, index) => {
        const claims = {
          iss: 'https://ci.example',
          sub: 'alice',
          aud: ISSUER,
          exp: client.op.clock.now + 60,
          jti: randomUUID(),
        };
        const key = pairs[index]?.privateKey;
        assert(key !== undefined);
        const assertion = await new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
        return (await client.token({ grant_type: JWT_BEARER, assertion })).status;
      }));
    assertEquals(await statuses(await config('fapi2_security')), [400, 200]);
    assertEquals(await statuses(await config('default')), [200, 200]);
  });

  it('RFC 9068: what a resource wants its tokens signed with gives way', async () => {
    const resources = [{
      resource: API,
      scope: 'read',
      access_token_format: 'jwt',
      access_token_signed_response_alg: 'RS256',
    }];
    const form = { grant_type: 'client_credentials', scope: 'read', resource: API };
    const client = await open({ scope: 'read' }, { resources });
    const { access_token } = await tokensOf(await client.token(form));
    assertEquals(headerOf(access_token)['alg'], 'ES256');
  });

  it('RFC 7591 §2.3: software statements, where the issuer has a profile', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const statement = await new SignJWT({ iss: 'https://software.example', client_name: 'Signed' })
      .setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    const register = async (profile: string): Promise<number> => {
      const op = await openFapi({
        profile,
        clients: [],
        registration: {
          mode: 'open',
          software_statement_issuers: [{
            issuer: 'https://software.example',
            jwks: { keys: [await exportJWK(publicKey)] },
          }],
        },
      });
      const { redirect_uris, jwks } = FAPI;
      const body = JSON.stringify({ redirect_uris, jwks, software_statement: statement });
      const headers = { 'content-type': 'application/json' };
      return (await op.fetch('/register', { method: 'POST', headers, body })).status;
    };
    assertEquals([await register('default'), await register('fapi2_security')], [201, 400]);
  });
});

describe('FAPI and CIBA', () => {
  const CIBA = {
    grant_types: [CIBA_GRANT, 'refresh_token'],
    backchannel_token_delivery_mode: 'poll',
  };

  it('tokens that are polled for are bound', async () => {
    const client = await open(CIBA);
    const asked = {
      ...await credentials(client),
      scope: 'openid',
      login_hint: 'alice',
      binding_message: '1234',
    };
    const response = await client.op.post('/backchannel_authentication', asked);
    const { auth_req_id } = await response.json() as { auth_req_id: string };
    await answerAsAlice(client.op);
    client.op.clock.now += 10;
    const form = { grant_type: CIBA_GRANT, auth_req_id };
    await assertRefused(await client.token(form, { proof: null }), 'invalid_request');
    client.op.clock.now += 10;
    assertEquals((await tokensOf(await client.token(form))).token_type, 'DPoP');
  });

  it('Message Signing: an unsigned request is refused', async () => {
    const client = await fapiClient(await openFapi({ clients: [{ ...SIGNED, ...CIBA }] }), {
      client_id: 'signed',
    });
    const asked = { ...await credentials(client), scope: 'openid', login_hint: 'alice' };
    await assertRefused(
      await client.op.post('/backchannel_authentication', asked),
      'invalid_request',
    );
  });

  it('tokens that cannot be bound are not pushed', async () => {
    const op = await openFapi();
    const fields = {
      ...FAPI,
      ...CIBA,
      client_id: undefined,
      backchannel_token_delivery_mode: 'push',
      backchannel_client_notification_endpoint: 'https://app.example/told',
    };
    const { client_id: _, ...metadata } = fields;
    const outcome = await addClient('new', metadata, { kind: 'mint' }, CLI, op.instance.engine());
    assert(outcome.kind === 'refused');
    assertEquals(outcome.problems?.map(({ field }) => field), ['backchannel_token_delivery_mode']);
  });
});
