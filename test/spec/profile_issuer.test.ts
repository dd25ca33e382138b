/** A profile that an issuer holds all its clients to: discovery, clients of the store from before, doctor. */
import { describe, it } from 'node:test';
import { examine } from '../../src/engine/doctor/examine.ts';
import { findClient } from '../../src/engine/clients.ts';
import { METADATA_DEFAULTS } from '../../src/spec/client_metadata.ts';
import { clients } from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { textOf } from '../support/browser.ts';
import { CIBA_GRANT } from '../support/ciba.ts';
import { FAPI_CLIENTS, fapiClient, openFapi } from '../support/fapi.ts';
import {
  answerOf,
  assertRefused,
  authorizationUrl,
  CHALLENGE,
  headerOf,
  REDIRECT_URI,
  type Tokens,
  tokensOf,
} from '../support/flow.ts';
import { basic, CLI, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const [FAPI] = FAPI_CLIENTS;
const { profile: _, ...PLAIN } = FAPI;

const open = (profile: string): Promise<Op> => openFapi({ profile, clients: [FAPI] });

/** As it was registered when the issuer had no profile. */
async function storeClient(op: Op, client_id: string, changes: object): Promise<void> {
  const record = {
    ...METADATA_DEFAULTS,
    ...PLAIN,
    redirect_uris: [REDIRECT_URI, 'http://localhost/cb'],
    client_id,
    client_id_issued_at: 1,
    provenance: 'cli',
    created_at: 1,
    updated_at: 1,
    ...changes,
  };
  await op.store.commit({ put: [clients.put([ISSUER, client_id], record as never)] });
}

describe('an issuer with a profile: discovery', () => {
  for (
    const [profile, types, modes, methods, algs] of [
      ['fapi2_security', ['code'], 7, ['private_key_jwt', 'self_signed_tls_client_auth'], [
        'PS256',
        'ES256',
        'EdDSA',
      ]],
      ['fapi2_message_signing', ['code'], 4, ['private_key_jwt', 'self_signed_tls_client_auth'], [
        'PS256',
        'ES256',
        'EdDSA',
      ]],
      ['fapi1_advanced', ['code', 'code id_token'], 6, [
        'private_key_jwt',
        'self_signed_tls_client_auth',
      ], ['PS256', 'ES256']],
    ] as const
  ) {
    it(`tells of nothing but what ${profile} allows`, async () => {
      const op = await openFapi({ profile, clients: [] });
      for (const place of ['openid-configuration', 'oauth-authorization-server']) {
        const metadata = await (await op.fetch(`/.well-known/${place}`)).json() as Record<
          string,
          readonly string[]
        >;
        assertEquals(metadata['response_types_supported'], types);
        assertEquals(metadata['response_modes_supported']?.length, modes);
        assertEquals(metadata['token_endpoint_auth_methods_supported'], methods);
        assertEquals(metadata['code_challenge_methods_supported'], ['S256']);
        assertEquals(metadata['backchannel_token_delivery_modes_supported'], ['poll', 'ping']);
        assertEquals(
          metadata['grant_types_supported']?.includes('implicit'),
          profile === 'fapi1_advanced',
        );
        for (const [member, values] of Object.entries(metadata)) {
          if (member.endsWith('signing_alg_values_supported')) {
            assertEquals([...values].sort(), [...algs].sort(), member);
          }
        }
        assertEquals(
          metadata['require_pushed_authorization_requests'],
          (profile !== 'fapi1_advanced') as never,
        );
        assertEquals(
          metadata['require_signed_request_object'],
          (profile === 'fapi2_security' ? undefined : true) as never,
        );
      }
    });
  }

  it('without a profile it is what it was', async () => {
    const response = await (await openFapi()).fetch('/.well-known/openid-configuration');
    const metadata = await response.json() as Record<string, readonly string[]>;
    assert(metadata['response_types_supported']?.includes('id_token token'));
    assertEquals('require_signed_request_object' in metadata, false);
  });

  it('the challenge for proofs names what may sign them', async () => {
    const response = await (await open('fapi2_security')).fetch('/userinfo');
    assertStringIncludes(
      response.headers.get('www-authenticate') ?? '',
      'algs="PS256 ES256 EdDSA"',
    );
  });
});

describe('an issuer with a profile: clients of the store from before', () => {
  it('one that proves who it is by a key is held to all of it', async () => {
    const op = await open('fapi2_security');
    await storeClient(op, 'old', { token_endpoint_auth_method: 'private_key_jwt' });
    const client = await fapiClient(op, { client_id: 'old' });
    const tokens = await client.tokens();
    assertEquals([tokens.token_type, headerOf(tokens.id_token)['alg']], ['DPoP', 'ES256']);
    const again = await (await client.refresh(tokens.refresh_token)).json() as typeof tokens;
    assertEquals(again.refresh_token, tokens.refresh_token);
    const unpushed = authorizationUrl({
      client_id: 'old',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    assertEquals(answerOf(await client.visit(unpushed))['error'], 'invalid_request');
    await assertRefused(
      await client.push({}, { assertion: { aud: `${ISSUER}/par` } }),
      'invalid_client',
      401,
    );
    await assertRefused(
      await client.push({ redirect_uri: 'http://localhost/cb' }),
      'invalid_request',
    );
    await assertRefused(
      await client.push({ response_type: 'code id_token' }),
      'unsupported_response_type',
    );
  });

  it('one with a secret, or with nothing, gets nothing at all', async () => {
    const op = await open('fapi2_security');
    const secret = CLIENT.client_secret;
    await storeClient(op, 'web', { client_secret: secret });
    await storeClient(op, 'spa', { token_endpoint_auth_method: 'none' });
    const form = { grant_type: 'client_credentials' };
    await assertRefused(await op.post('/token', form, basic('web')), 'invalid_client', 401);
    const push = { client_id: 'spa', response_type: 'code', redirect_uri: REDIRECT_URI };
    await assertRefused(await op.post('/par', push), 'invalid_client', 401);
    assert(op.log.some((line) => line.includes('profile fapi2_security has no none')));
  });

  it('what is signed for it with a key of its choice is signed with another', async () => {
    const op = await open('fapi2_security');
    await storeClient(op, 'old', {
      token_endpoint_auth_method: 'private_key_jwt',
      id_token_signed_response_alg: 'RS256',
      id_token_signed_response_key_id: 'a key of RS256',
      access_token_format: 'jwt',
      access_token_signed_response_alg: 'RS256',
    });
    const tokens = await (await fapiClient(op, { client_id: 'old' })).tokens();
    assertEquals(headerOf(tokens.id_token)['alg'], 'ES256');
    assertEquals(headerOf(tokens.access_token)['alg'], 'ES256');
  });

  it('its tokens are bound to what it shows anyway', async () => {
    const op = await open('fapi2_security');
    for (
      const [token_endpoint_auth_method, binding] of [
        ['private_key_jwt', [true, false]],
        ['self_signed_tls_client_auth', [false, true]],
      ] as const
    ) {
      await storeClient(op, 'old', { token_endpoint_auth_method });
      const client = await findClient('old', op.instance.engine());
      assertEquals(
        [client?.dpop_bound_access_tokens, client?.tls_client_certificate_bound_access_tokens],
        [...binding],
      );
    }
  });

  it('loses a grant whose tokens nothing could bind', async () => {
    const op = await open('fapi2_security');
    await storeClient(op, 'old', {
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: [CIBA_GRANT, 'client_credentials'],
      backchannel_token_delivery_mode: 'push',
      backchannel_client_notification_endpoint: 'https://app.example/told',
    });
    const client = await findClient('old', op.instance.engine());
    assertEquals(client?.grant_types, ['client_credentials']);
  });

  it('loses its redirect URIs without TLS', async () => {
    const op = await open('oauth21');
    await storeClient(op, 'old', { redirect_uris: ['http://localhost/cb'] });
    const url = authorizationUrl({ client_id: 'old', redirect_uri: 'http://localhost/cb' });
    assertStringIncludes(textOf(await op.browser().get(url), 'error'), 'invalid_request');
  });

  it('ostiary doctor names it, and what is wrong', async () => {
    const op = await open('fapi2_security');
    await storeClient(op, 'old', { token_endpoint_auth_method: 'none' });
    const all = await examine(op.instance.engine(), {
      hasRecords: true,
      network: false,
      isServing: true,
      hasNotifier: false,
      trustedProxies: [],
    });
    const found = all.filter(({ check }) => check === 'profile');
    assertEquals(found.map(({ about }) => about), ['client old']);
    const told = found[0]?.found ?? '';
    assertStringIncludes(told, 'fapi2_security');
    // All that must change at once, however much that is.
    for (const clause of ['1-4', '1-6', '1-8', '2-3', '2-5']) {
      assertStringIncludes(told, `FAPI 2.0 SP §5.3.2.${clause}`);
    }
  });
});

describe('a profile that is set while the server runs', () => {
  it('is refused while a client of the file contradicts it', async () => {
    const op = await openOp();
    const { configuration } = op.instance.engine();
    const outcome = await configuration.change([{ path: 'profile', value: 'fapi2_security' }], CLI);
    assert(outcome.kind === 'refused');
    assertEquals(outcome.mistakes[0]?.path, ['clients', 0, 'jwks']);
    await op.close();
  });

  it('counts from the next request on: for discovery, clients of the store, and tokens that they have', async () => {
    const op = await openFapi({ clients: [] });
    await storeClient(op, 'old', { token_endpoint_auth_method: 'private_key_jwt' });
    const client = await fapiClient(op, { client_id: 'old' });
    const form = { grant_type: 'client_credentials' };
    const unbound = { proof: null };
    const forItself = async (): Promise<Tokens> =>
      await tokensOf(await client.token(form, unbound));
    const own = await forItself();
    assertEquals(own.token_type, 'Bearer');
    const code = await client.code({}, unbound);
    const tokens = await tokensOf(await client.redeem(code, {}, unbound));
    const areActive = async (): Promise<readonly boolean[]> =>
      await Promise.all([tokens, own].map(({ access_token }) => client.isActive(access_token)));
    assertEquals(await areActive(), [true, true]);
    const set = (value: string | null): Promise<unknown> =>
      op.instance.engine().configuration.change([{ path: 'profile', value }], CLI);
    await set('fapi2_security');
    await assertRefused(await client.token(form, { proof: null }), 'invalid_request');
    const metadata = await (await op.fetch('/.well-known/openid-configuration')).json() as {
      readonly response_types_supported: readonly string[];
    };
    assertEquals(metadata.response_types_supported, ['code']);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    await assertRefused(await op.fetch('/userinfo', { headers }), 'invalid_token', 401);
    assertEquals(await areActive(), [false, false]);
    const bound = await tokensOf(await client.refresh(tokens.refresh_token));
    assertEquals(bound.token_type, 'DPoP');
    assert(await client.isActive(bound.access_token));
    await set(null);
    assertEquals((await op.fetch('/userinfo', { headers })).status, 200);
    assertEquals(await areActive(), [true, true]);
    assertEquals((await forItself()).token_type, 'Bearer');
    await op.close();
  });
});

describe('a profile on the hot paths', () => {
  it('what it makes of a record is worked out once, of the file and of the store', async () => {
    const op = await open('fapi2_security');
    await storeClient(op, 'old', {});
    const engine = op.instance.engine();
    for (const client_id of ['fapi', 'old']) {
      const first = await findClient(client_id, engine);
      assertEquals(first?.profile, 'fapi2_security');
      assert(first === await findClient(client_id, engine), client_id);
    }
  });

  it('reads the store no oftener than without, and a refresh writes less', async () => {
    const counts = await Promise.all(['default', 'fapi2_security'].map(async (profile) => {
      const store = openMemoryStore({ now: () => 1_800_000_000 });
      const count = { gets: 0, puts: 0 };
      const counting: Store = {
        get: (key) => {
          count.gets += 1;
          return store.get(key);
        },
        list: (prefix, options) => store.list(prefix, options),
        commit: (change) => {
          count.puts += change.put?.length ?? 0;
          return store.commit(change);
        },
        close: () => store.close(),
      };
      const client = { ...PLAIN, token_endpoint_auth_method: 'private_key_jwt' };
      const op = await openOp({
        store: counting,
        config: { clients: [profile === 'default' ? client : FAPI] },
      });
      const party = await fapiClient(op);
      const measured = async <T>(work: () => Promise<T>): Promise<readonly [T, number, number]> => {
        const before = { ...count };
        const result = await work();
        return [result, count.gets - before.gets, count.puts - before.puts];
      };
      const code = await party.code();
      const [tokens, ...redeemed] = await measured(async () =>
        await tokensOf(await party.redeem(code))
      );
      const [, ...refreshed] = await measured(() => party.refresh(tokens.refresh_token));
      const [, ...asked] = await measured(() => party.userinfo(tokens.access_token));
      await op.close();
      return { redeemed, refreshed, asked };
    }));
    const [plain, profiled] = counts;
    assertEquals(profiled?.redeemed, plain?.redeemed);
    assertEquals(profiled?.asked, plain?.asked);
    assertEquals(profiled?.refreshed[0], plain?.refreshed[0]);
    assertEquals(profiled?.refreshed[1], (plain?.refreshed[1] ?? 0) - 1);
  });
});
