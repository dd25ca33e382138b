/** Clients of a security profile that register themselves: RFC 7591, RFC 7592. */
import { describe, it } from 'node:test';
import { assertEquals, assertStringIncludes } from '../support/assert.ts';
import { CIBA_GRANT } from '../support/ciba.ts';
import { fapiClient, newSigningKey } from '../support/fapi.ts';
import { CLI } from '../support/op.ts';
import {
  METADATA,
  plantToken,
  refusalOf,
  register,
  registered,
  send,
  withRegistrar,
} from '../support/registration.ts';

const KEY = await newSigningKey();
const JWKS = { keys: [KEY.jwk] };
const LEAST = { redirect_uris: ['https://rp.example/callback'], jwks: JWKS } as const;

describe('profiles and dynamic registration', () => {
  const REGISTRATION = {
    mode: 'open',
    policies: {
      fapi: { defaults: { profile: 'fapi2_security' } },
      choosing: { metadata: ['profile'] },
    },
  };

  it('a profile is the administrator’s alone, unless a policy gives it away', () =>
    withRegistrar(async (op) => {
      const body = { ...METADATA, jwks: JWKS, profile: 'fapi2_security' };
      const stranger = await registered(op, body);
      assertEquals([stranger['profile'], stranger['token_endpoint_auth_method']], [
        'default',
        'client_secret_basic',
      ]);
      const token = await plantToken(op, { policy: 'choosing' });
      assertEquals(
        (await registered(op, body, token))['token_endpoint_auth_method'],
        'private_key_jwt',
      );
    }, REGISTRATION));

  it('a policy can hold all that register by it to a profile', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op, { policy: 'fapi' });
      const body = { ...METADATA, jwks: JWKS };
      const client = await registered(op, body, token);
      assertEquals(
        [
          client['token_endpoint_auth_method'],
          client['require_pushed_authorization_requests'],
          client['dpop_bound_access_tokens'],
          client['id_token_signed_response_alg'],
          client['client_secret'],
        ],
        ['private_key_jwt', true, true, 'ES256', undefined],
      );
      const { error, error_description } = await refusalOf(
        await register(
          op,
          { ...body, token_endpoint_auth_method: 'client_secret_basic' },
          await plantToken(op, { policy: 'fapi' }),
        ),
      );
      assertEquals(error, 'invalid_client_metadata');
      assertStringIncludes(error_description, 'FAPI 2.0 SP');
    }, REGISTRATION));
});

describe('dynamic registration at an issuer with a profile', () => {
  const body = { redirect_uris: LEAST.redirect_uris, jwks: JWKS };

  it('RFC 7591 §3.2.1: what is not sent is registered as the profile wants, and told so', () =>
    withRegistrar(
      async (op) => {
        const client = await registered(op, body);
        assertEquals(client['token_endpoint_auth_method'], 'private_key_jwt');
        assertEquals(client['require_pushed_authorization_requests'], true);
        assertEquals(client['client_secret'], undefined);
        const party = await fapiClient(op, { client_id: client.client_id, key: KEY });
        const response = await party.push({
          redirect_uri: LEAST.redirect_uris[0],
          scope: 'openid',
        });
        assertEquals(response.status, 201, await response.text());
      },
      { mode: 'open' },
      { profile: 'fapi2_security', clients: [] },
    ));

  it('FAPI-CIBA-ID1: a client of the back channel has no redirect URIs and no response types', () =>
    withRegistrar(
      async (op) => {
        const key = await newSigningKey('PS256');
        const fields = {
          client_name: 'fapi-ciba',
          grant_types: [CIBA_GRANT],
          response_types: [],
          jwks: { keys: [{ ...key.jwk, kid: 'k' }] },
          backchannel_user_code_parameter: false,
          backchannel_token_delivery_mode: 'ping',
          backchannel_client_notification_endpoint: 'https://rp.example/told',
          backchannel_authentication_request_signing_alg: 'PS256',
          id_token_signed_response_alg: 'PS256',
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'PS256',
          tls_client_certificate_bound_access_tokens: true,
        };
        const client = await registered(op, fields, await plantToken(op));
        for (const [name, value] of Object.entries(fields)) {
          assertEquals(client[name], value as never, name);
        }
        const answering = { ...fields, ...LEAST, grant_types: ['authorization_code'] };
        const refusal = await refusalOf(await register(op, answering, await plantToken(op)));
        assertEquals(refusal.error, 'invalid_client_metadata');
        assertStringIncludes(refusal.error_description, 'response_types');
      },
      { mode: 'closed', grant_types: ['authorization_code', CIBA_GRANT] },
      { profile: 'fapi1_advanced', clients: [] },
    ));

  it('RFC 7591 §3.2.2: what contradicts it is refused, at registration and at an update', () =>
    withRegistrar(
      async (op) => {
        const wrong = { ...body, token_endpoint_auth_method: 'none', application_type: 'native' };
        const { error, error_description } = await refusalOf(await register(op, wrong));
        assertEquals(error, 'invalid_client_metadata');
        assertStringIncludes(error_description, 'FAPI 2.0 SP section 5.3.2.1-6');
        const client = await registered(op, body);
        const update = { ...body, client_id: client.client_id, response_types: ['none'] };
        const path = new URL(client.registration_client_uri).pathname;
        const refused = await send(op, 'PUT', path, update, client.registration_access_token);
        assertEquals((await refusalOf(refused)).error, 'invalid_client_metadata');
      },
      { mode: 'open' },
      { profile: 'fapi2_security', clients: [] },
    ));

  it('a client from before the profile can update itself into it', () =>
    withRegistrar(
      async (op) => {
        const client = await registered(op, {
          ...body,
          token_endpoint_auth_method: 'private_key_jwt',
        });
        const { configuration } = op.instance.engine();
        await configuration.change([{ path: 'profile', value: 'fapi2_security' }], CLI);
        const update = { ...body, client_id: client.client_id };
        const path = new URL(client.registration_client_uri).pathname;
        const response = await send(op, 'PUT', path, update, client.registration_access_token);
        const updated = await response.json() as Record<string, unknown>;
        assertEquals(response.status, 200, JSON.stringify(updated));
        assertEquals(
          [updated['dpop_bound_access_tokens'], updated['id_token_signed_response_alg']],
          [true, 'ES256'],
        );
      },
      { mode: 'open' },
      { clients: [] },
    ));
});
