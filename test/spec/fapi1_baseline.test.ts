/** FAPI 1.0 Part 1 (Baseline), as Part 2 leaves it. */
import { describe, it } from 'node:test';
import { METADATA_DEFAULTS } from '../../src/spec/client_metadata.ts';
import { clients } from '../../src/store/collections.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { has, textOf } from '../support/browser.ts';
import { FAPI_CLIENTS, fapiClient, openFapi, OTHER_KEY } from '../support/fapi.ts';
import { authorize, openAdvanced, WITHOUT_PKCE } from '../support/fapi1.ts';
import { ALICE, assertRefused, REDIRECT_URI, tokensOf } from '../support/flow.ts';
import { ISSUER } from '../support/op.ts';

describe('FAPI 1.0 Baseline §5.2.2, §6.2.1', () => {
  const HYBRID = { response_type: 'code id_token' };
  const BARE = { code_verifier: undefined };

  it('ensure-registered-redirect-uri (-8, -10)', async () => {
    const client = await openAdvanced();
    const redirect_uri = `${REDIRECT_URI}/more`;
    const request = await client.requestObject({ ...WITHOUT_PKCE, ...HYBRID, redirect_uri });
    const url = `/authorize?${new URLSearchParams({ client_id: 'advanced', request })}`;
    assertEquals(textOf(await client.visit(url), 'error'), 'invalid_request');
  });

  it('§5.2.2-12: the person is asked, whatever a client had registered before', async () => {
    const op = await openFapi({ clients: [], profile: 'fapi1_advanced' });
    const before = {
      ...METADATA_DEFAULTS,
      ...FAPI_CLIENTS[4],
      profile: 'default',
      token_endpoint_auth_method: 'private_key_jwt',
      consent_mode: 'implicit',
      client_id_issued_at: 1,
      provenance: 'cli',
      created_at: 1,
      updated_at: 1,
    };
    await op.store.commit({ put: [clients.put([ISSUER, 'advanced'], before as never)] });
    const client = await fapiClient(op, { client_id: 'advanced', isBoundToCertificate: true });
    const request = await client.requestObject({ ...WITHOUT_PKCE, ...HYBRID });
    const browser = op.browser();
    const login = await browser.get(
      `/authorize?${new URLSearchParams({ client_id: 'advanced', request })}`,
    );
    assertEquals(has(await browser.submit(login, ALICE), 'accept'), true);
  });

  it('attempt-reuse-authorization-code-after-one-second (-13)', async () => {
    const client = await openAdvanced();
    const { code = '' } = await authorize(client, HYBRID);
    const { access_token } = await tokensOf(await client.redeem(code, BARE));
    client.op.clock.now += 1;
    await assertRefused(await client.redeem(code, BARE), 'invalid_grant');
    await assertRefused(await client.userinfo(access_token), 'invalid_token', 401);
  });

  it('-14, -15: the answer names the scope that was granted', async () => {
    const client = await openAdvanced();
    const { code = '' } = await authorize(client, { ...HYBRID, scope: 'openid profile' });
    const { token_type, expires_in, scope } = await tokensOf(await client.redeem(code, BARE));
    assertEquals([token_type, expires_in, scope], ['Bearer', 3600, 'openid profile']);
  });

  it('ensure-client-id-in-token-endpoint (-19): two names are invalid_client', async () => {
    const client = await openAdvanced();
    const { code = '' } = await authorize(client, HYBRID);
    const form = { ...BARE, client_id: 'mallory' };
    await assertRefused(await client.redeem(code, form), 'invalid_client', 401);
  });

  it('ensure-authorization-code-is-bound-to-client', async () => {
    const client = await openAdvanced();
    const bound = { client_id: 'mallory', key: OTHER_KEY, isBoundToCertificate: true };
    const mallory = await fapiClient(client.op, bound);
    const { code = '' } = await authorize(client, HYBRID);
    await assertRefused(await mallory.redeem(code, BARE, { proof: {} }), 'invalid_grant');
    assertEquals((await client.redeem(code, BARE)).status, 200);
  });

  it('§6.2.1-11, -12: x-fapi-interaction-id comes back, or is made, and is in the log', async () => {
    const client = await openAdvanced();
    const { code = '' } = await authorize(client, HYBRID);
    const { access_token } = await tokensOf(await client.redeem(code, BARE));
    const named = 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a';
    const seen: string[] = [];
    for (const sent of [named, 'x\u00e9', '']) {
      const headers = { 'x-fapi-interaction-id': sent };
      const response = await client.userinfo(access_token, { headers });
      assertEquals(response.status, 200);
      seen.push(response.headers.get('x-fapi-interaction-id') ?? '');
    }
    assertEquals(seen[0], named);
    assertEquals(new Set(seen).size, 3);
    for (const id of seen) {
      assert(/^[0-9a-f-]{36}$/.test(id), id);
      assert(client.op.log.some((line) => line.includes(id)), id);
    }
    const other = await fapiClient(client.op);
    const response = await other.userinfo((await other.tokens()).access_token, {
      headers: { 'x-fapi-interaction-id': named },
    });
    assertEquals(response.headers.get('x-fapi-interaction-id'), null);
  });

  it('§6.2.1-13: an address of the customer is no reason to refuse', async () => {
    const client = await openAdvanced();
    const { code = '' } = await authorize(client, HYBRID);
    const { access_token } = await tokensOf(await client.redeem(code, BARE));
    const headers = { 'x-fapi-customer-ip-address': '2001:db8::1893:25c8:1946' };
    assertEquals((await client.userinfo(access_token, { headers })).status, 200);
  });
});
