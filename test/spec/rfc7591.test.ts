/** OAuth 2.0 Dynamic Client Registration Protocol. */
import { describe, it } from 'node:test';
import { CLIENT_METADATA } from '../../src/spec/client_metadata.ts';
import { audits, clients, clientSlots, initialTokens } from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from '../support/assert.ts';
import { basic, ISSUER, type Op } from '../support/op.ts';
import {
  allOf,
  METADATA,
  type Metadata,
  openRegistrar,
  plantToken,
  refusalOf,
  register,
  registered,
  send,
  withRegistrar,
} from '../support/registration.ts';

async function storedClients(op: Op): Promise<number> {
  let count = 0;
  for await (const _ of clients.list(op.store, [ISSUER])) count += 1;
  return count;
}

describe('RFC 7591 §3.2.1: the client information response', () => {
  it('has everything that is registered, defaults included, and is not kept by caches', () =>
    withRegistrar(async (op) => {
      const response = await register(op, { ...METADATA, client_name: 'An app' });
      assertEquals(response.status, 201);
      assertEquals(response.headers.get('content-type'), 'application/json');
      assertEquals(response.headers.get('cache-control'), 'no-store');
      const client = await response.json() as Record<string, unknown>;
      assertEquals(client['client_id_issued_at'], op.clock.now);
      assertEquals(client['client_secret_expires_at'], 0);
      assertEquals(client['client_name'], 'An app');
      assertEquals(client['redirect_uris'], METADATA.redirect_uris);
      assertEquals(client['grant_types'], ['authorization_code']);
      assertEquals(client['response_types'], ['code']);
      assertEquals(client['token_endpoint_auth_method'], 'client_secret_basic');
      assertEquals(client['application_type'], 'web');
      assertEquals(client['scope'], 'openid profile email phone address offline_access');
      assertEquals(client['registration_client_uri'], `${ISSUER}/register/${client['client_id']}`);
      for (
        const name of ['provenance', 'registration', 'created_at', 'updated_at', 'unused_until']
      ) {
        assertFalse(name in client, name);
      }
    }));

  it('§2: metadata that we do not know is ignored', () =>
    withRegistrar(async (op) => {
      const odd = { wibble: 1, 'wibble#de': 'x', constructor: 'x', toString: [], null: null };
      const client = await registered(op, { ...METADATA, ...odd });
      for (const name of Object.keys(odd)) assertFalse(Object.hasOwn(client, name), name);
    }));

  it('a field that is null counts as left out', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { ...METADATA, client_uri: null, grant_types: null });
      assertFalse('client_uri' in client);
      assertEquals(client['grant_types'], ['authorization_code']);
    }));

  it('a public client gets no secret, and must use PKCE', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, { ...METADATA, token_endpoint_auth_method: 'none' });
      assertFalse('client_secret' in client);
      assertFalse('client_secret_expires_at' in client);
      assertEquals(client['require_pkce'], true);
    }));

  it('§2.2: values in languages come back as they were sent', () =>
    withRegistrar(async (op) => {
      const names = {
        client_name: 'Clock',
        'client_name#de': 'Uhr',
        'client_name#ja-Jpan-JP': '時計',
        'tos_uri#fr': 'https://rp.example/fr/tos',
        'logo_uri#zh-Hant': 'https://rp.example/logo',
      };
      const client = await registered(op, { ...METADATA, ...names });
      for (const [name, value] of Object.entries(names)) assertEquals(client[name], value, name);
    }));

  it('§2.2: one language in two spellings is one value', () =>
    withRegistrar(async (op) => {
      const twice = { 'client_name#de-AT': 'Uhr', 'client_name#DE-at': 'Uhr' };
      const client = await registered(op, { ...METADATA, ...twice });
      assertEquals(client['client_name#de-AT'], 'Uhr');
      assertFalse('client_name#DE-at' in client);
      const differing = { ...twice, 'client_name#de-at': 'Zeit' };
      const refusal = await refusalOf(await register(op, { ...METADATA, ...differing }));
      assertEquals([refusal.status, refusal.error], [400, 'invalid_client_metadata']);
      assertStringIncludes(refusal.error_description, 'client_name#de-at');
    }));

  it('§2.2: what is no language tag, too long or too many is refused', () =>
    withRegistrar(async (op) => {
      const many = Object.fromEntries(
        Array.from({ length: 201 }, (_, index) => [`client_name#de-x-a${index}`, 'Uhr']),
      );
      for (
        const bad of [
          { 'client_name#': 'Uhr' },
          { 'client_name#not a tag': 'Uhr' },
          { 'client_name#de_AT': 'Uhr' },
          { [`client_name#de-${'a'.repeat(80)}`]: 'Uhr' },
          { 'client_name#de': 7 },
          { 'client_name#de': 'x'.repeat(201) },
          { 'logo_uri#de': 'javascript:alert(1)' },
          many,
        ]
      ) {
        const refusal = await refusalOf(await register(op, { ...METADATA, ...bad }));
        assertEquals([refusal.status, refusal.error], [400, 'invalid_client_metadata']);
      }
      assertEquals(await storedClients(op), 0);
    }));

  it('§2.1: who never comes to the authorization endpoint may say so by no response_types', () =>
    withRegistrar(async (op) => {
      const grants = { grant_types: ['client_credentials'], response_types: [] };
      const token = await plantToken(op, { grant_types: ['client_credentials'] });
      assertEquals((await registered(op, grants, token)).response_types, []);
      const none = await refusalOf(await register(op, { ...METADATA, response_types: [] }));
      assertEquals([none.status, none.error], [400, 'invalid_client_metadata']);
      assertStringIncludes(none.error_description, 'response_types must not be empty');
    }));

  it('a secret with an end has it in the answer, and no longer works then', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op, { grant_types: ['client_credentials'] });
      const sent = { grant_types: ['client_credentials'] };
      const client = await registered(op, sent, token);
      assertEquals(client.client_secret_expires_at, op.clock.now + 7 * 86_400);
      const ask = () =>
        op.post(
          '/token',
          { grant_type: 'client_credentials' },
          basic(
            client.client_id,
            client.client_secret,
          ),
        );
      assertEquals((await ask()).status, 200);
      op.clock.now += 7 * 86_400;
      assertEquals((await ask()).status, 401);
    }, { client_secret_lifetime: '7d' }));
});

describe('RFC 7591 §3: who may register', () => {
  it('T081: registration is closed without an initial access token', () =>
    withRegistrar(async (op) => {
      const response = await register(op);
      assertEquals(response.status, 401);
      assertEquals(response.headers.get('www-authenticate'), 'Bearer realm="ostiary"');
      assertEquals((await response.json() as { error: string }).error, 'invalid_token');
      assertEquals(await storedClients(op), 0);
    }, {}));

  it('T081: what is no initial access token opens nothing, in open mode neither', async () => {
    for (const mode of ['closed', 'open']) {
      await withRegistrar(async (op) => {
        const used = await plantToken(op, { uses_left: 0 });
        const ended = await plantToken(op, { expires_at: op.clock.now });
        const { registration_access_token } = await registered(op, METADATA, await plantToken(op));
        for (
          const token of [used, ended, registration_access_token, 'ost_dcrt_', 'x', used + 'x']
        ) {
          const response = await register(op, METADATA, token);
          assertEquals(response.status, 401, token);
          assertStringIncludes(
            response.headers.get('www-authenticate') ?? '',
            'error="invalid_token"',
          );
        }
        assertEquals(await storedClients(op), 1);
      }, { mode });
    }
  });

  it('T079: a token in the URL is refused', () =>
    withRegistrar(async (op) => {
      const path = `/register?access_token=${await plantToken(op)}`;
      const response = await send(op, 'POST', path, METADATA);
      assertEquals((await refusalOf(response)).error, 'invalid_request');
    }));

  it('off: there is no such endpoint, and nobody is told of one', () =>
    withRegistrar(async (op) => {
      assertEquals((await register(op)).status, 404);
      const discovery = await op.fetch('/.well-known/openid-configuration');
      assertFalse('registration_endpoint' in await discovery.json());
    }, { mode: 'off' }));

  it('T081: of many requests at once, as many hold as the token has uses', () =>
    withRegistrar(async (op) => {
      for (const uses_left of [1, 3]) {
        const token = await plantToken(op, { uses_left });
        const before = await storedClients(op);
        const answers = await Promise.all(
          Array.from({ length: 12 }, () => register(op, METADATA, token)),
        );
        const statuses = answers.map(({ status }) => status).sort();
        assertEquals(statuses.filter((status) => status === 201).length, uses_left);
        assertEquals(await storedClients(op), before + uses_left);
        assertEquals((await register(op, METADATA, token)).status, 401);
      }
    }, {}));

  it('T081: by several processes on one store neither more nor less', async () => {
    const store = openMemoryStore({ now: () => 1_800_000_000 });
    const ops = await Promise.all([1, 2, 3].map(() => openRegistrar({}, {}, { store })));
    const [first] = ops;
    assert(first !== undefined);
    for (let round = 0; round < 20; round += 1) {
      const token = await plantToken(first, { uses_left: 1 });
      const answers = await Promise.all(
        ops.flatMap((op) => [op, op, op]).map((op) => register(op, METADATA, token)),
      );
      assertEquals(answers.filter(({ status }) => status === 201).length, 1);
    }
    for (const op of ops) await op.close();
  });

  it('as long as there are uses, nobody loses to others who have the same token', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op, { uses_left: 60 });
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => register(op, METADATA, token)),
      );
      assertEquals(answers.map(({ status }) => status), Array.from({ length: 60 }, () => 201));
      assertEquals((await register(op, METADATA, token)).status, 401);
    }, {}));

  it('a refused request uses nothing up', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op, { uses_left: 1 });
      assertEquals((await register(op, { redirect_uris: 'x' }, token)).status, 400);
      await registered(op, METADATA, token);
    }, {}));

  it('T140: a token is nothing at another issuer', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op);
      const [entry] = await allOf(initialTokens.list(op.store, [ISSUER]));
      assert(entry !== undefined);
      await op.store.commit({
        put: [initialTokens.put(['https://other.example', entry.value.id], entry.value)],
        remove: [initialTokens.key(ISSUER, entry.value.id)],
      });
      assertEquals((await register(op, METADATA, token)).status, 401);
    }, {}));

  it('the store holds no initial access token', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op);
      for await (const { key, value } of op.store.list([])) {
        assertFalse(JSON.stringify([key, value]).includes(token.slice(9)));
      }
    }, {}));
});

describe('open registration', () => {
  it('T081: is limited from each source, and only there', () =>
    withRegistrar(async (op) => {
      const from = (peer: string) =>
        op.fetch('/register', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
          peer,
        });
      const statuses: number[] = [];
      for (let count = 0; count < 61; count += 1) statuses.push((await from('192.0.2.1')).status);
      assertEquals(statuses.lastIndexOf(400), 59);
      const refused = await from('192.0.2.1');
      assertEquals(refused.status, 429);
      assertMatch(refused.headers.get('retry-after') ?? '', /^\d+$/);
      assertEquals((await from('192.0.2.2')).status, 400);
      op.clock.now += 10;
      assertEquals((await from('192.0.2.1')).status, 400);
      // A token is not asked to wait.
      assertEquals((await register(op, METADATA, await plantToken(op))).status, 201);
    }));

  it('T081: takes no more clients than there are places, however many come at once', () =>
    withRegistrar(async (op) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => register(op)));
      assertEquals(answers.filter(({ status }) => status === 201).length, 5);
      const refused = answers.find(({ status }) => status !== 201);
      assertEquals(refused?.status, 503);
      assertEquals(await storedClients(op), 5);
      // Whoever is vouched for takes no place.
      await registered(op, METADATA, await plantToken(op));
    }, { mode: 'open', max_clients: 5 }));

  it('T081: a client that goes makes room', () =>
    withRegistrar(async (op) => {
      const first = await registered(op);
      await registered(op);
      assertEquals((await register(op)).status, 503);
      const removed = await op.fetch(first.registration_client_uri, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${first.registration_access_token}` },
      });
      assertEquals(removed.status, 204);
      await registered(op);
    }, { mode: 'open', max_clients: 2 }));

  it('T081: a client that is not used in time is gone, with its place and all that was kept of it', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      assertEquals((await register(op)).status, 503);
      op.clock.now += 2 * 86_400;
      const gone = await op.fetch(client.registration_client_uri, {
        headers: { authorization: `Bearer ${client.registration_access_token}` },
      });
      assertEquals(gone.status, 401);
      for await (const { key } of op.store.list<unknown>([])) {
        assertFalse(key.includes(client.client_id), key.join(' '));
      }
      await registered(op);
    }, { mode: 'open', max_clients: 1, unused_client_lifetime: '2d' }));

  it('T081: a client that somebody vouched for stays, used or not', () =>
    withRegistrar(async (op) => {
      const { client_id } = await registered(op, METADATA, await plantToken(op));
      op.clock.now += 400 * 86_400;
      assert(await clients.get(op.store, ISSUER, client_id) !== undefined);
      assertEquals(await allOf(clientSlots.list(op.store, [ISSUER])), []);
    }));
});

describe('RFC 7591 §3.2.1: identifiers and secrets', () => {
  it('T087: are made here, whatever is asked for', () =>
    withRegistrar(async (op) => {
      const wanted = { client_id: 'app', client_secret: 'letmein', client_id_issued_at: 1 };
      const client = await registered(op, { ...METADATA, ...wanted });
      assertNotEquals(client.client_id, 'app');
      assertMatch(client.client_id, /^dcr_[\w-]{22}$/);
      assertMatch(client.client_secret, /^[\w-]{64}$/);
      assertEquals(client.client_id_issued_at, op.clock.now);
      const other = await registered(op, { ...METADATA, ...wanted });
      assertNotEquals(other.client_id, client.client_id);
      assertNotEquals(other.client_secret, client.client_secret);
    }));

  it('T087: secrets are kept salted and under the storage key, tokens as keyed digests', () =>
    withRegistrar(async (op) => {
      const client = await registered(op);
      const entry = await clients.get(op.store, ISSUER, client.client_id);
      const stored = JSON.stringify(entry);
      assertFalse(stored.includes(client.client_secret));
      assertFalse(stored.includes(client.registration_access_token.slice(8)));
      assertMatch(entry?.value.client_secret ?? '', /^\$ostiary\$root\$[\w-]{22}\$[\w-]{43}$/);
    }));

  it('T087: a secret that HMAC needs is sealed', () =>
    withRegistrar(async (op) => {
      const client = await registered(op, {
        ...METADATA,
        token_endpoint_auth_method: 'client_secret_jwt',
      });
      const entry = await clients.get(op.store, ISSUER, client.client_id);
      const kept = entry?.value.client_secret ?? '';
      assertEquals(op.instance.engine().keys.openSecret(kept), client.client_secret);
    }));

  it('T087: options of ours are none of a stranger’s business', () =>
    withRegistrar(async (op) => {
      const ours = {
        consent_mode: 'implicit',
        authorization_policy: 'deny',
        claims_policy: 'x',
        lifespan: 'x',
        access_token_format: 'jwt',
        require_pkce: false,
        allow_multiple_auth_methods: true,
        audience: ['https://api.example'],
      };
      const client = await registered(op, { ...METADATA, ...ours });
      assertEquals(client['consent_mode'], 'explicit');
      assertEquals(client['authorization_policy'], 'one_factor');
      assertEquals(client['access_token_format'], 'opaque');
      assertEquals(client['allow_multiple_auth_methods'], false);
      assertEquals(client['audience'], []);
      for (const name of ['claims_policy', 'lifespan', 'require_pkce']) {
        assertFalse(name in client, name);
      }
    }));

  it('T150: who registered what is on record, without secrets', () =>
    withRegistrar(async (op) => {
      const token = await plantToken(op);
      const client = await registered(op, METADATA, token);
      const [entry] = await allOf(audits.list(op.store, []));
      assert(entry !== undefined);
      const { action, target, actor, issuer } = entry.value;
      assertEquals([action, target, issuer], ['client.created', client.client_id, ISSUER]);
      assertEquals(actor, { kind: 'dcr', token_id: (await tokenIds(op))[0] ?? '' });
      const text = JSON.stringify(entry.value);
      const secrets = [token.slice(9), client.client_secret, client.registration_access_token];
      for (const secret of secrets) assertFalse(text.includes(secret));
      op.clock.now += 1;
      await registered(op);
      const [stranger] = await allOf(audits.list(op.store, [], { limit: 1 }));
      assertEquals(stranger?.value.actor, { kind: 'dcr', source: '203.0.113.7' });
    }));
});

async function tokenIds(op: Op): Promise<readonly string[]> {
  return (await allOf(initialTokens.list(op.store, [ISSUER]))).map(({ value }) => value.id);
}

describe('RFC 7591 §3.2.2: refusals', () => {
  const uri = METADATA.redirect_uris;
  const key = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
  const rows: readonly {
    readonly name: string;
    readonly sent: Metadata;
    readonly error?: string;
    readonly field: string;
  }[] = [
    { name: 'no redirect URI', sent: {}, field: 'redirect_uris', error: 'invalid_redirect_uri' },
    ...[
      ['javascript:alert(1)'],
      ['JavaScript:alert(1)'],
      ['data:text/html,x'],
      ['http://rp.example/cb'],
      ['HTTP://rp.example/cb'],
      ['https://rp.example/cb#x'],
      ['https://*.rp.example/cb'],
      ['https://user@rp.example/cb'],
      ['https://RP.example/cb'],
      ['http://127.0.0.1/cb'],
      ['http://localhost/cb'],
      ['com.example.app:/cb'],
      ['myapp:/cb'],
      ['/cb'],
      [''],
      ['https://rp.example/cb', 'http://rp.example/cb'],
    ].map((redirect_uris) => ({
      name: `a web client with ${redirect_uris.at(-1)}`,
      sent: { redirect_uris },
      error: 'invalid_redirect_uri',
      field: 'redirect_uris',
    })),
    ...[
      ['http://rp.example/cb'],
      ['myapp:/cb'],
      ['MyApp.example:/cb'],
      ['javascript:alert(1)'],
      ['http://127.0.0.1.rp.example/cb'],
      ['http://192.168.0.1/cb'],
    ].map((redirect_uris) => ({
      name: `a native client with ${redirect_uris[0]}`,
      sent: { redirect_uris, application_type: 'native' },
      error: 'invalid_redirect_uri',
      field: 'redirect_uris',
    })),
    {
      name: 'implicit on this machine',
      sent: {
        redirect_uris: ['https://localhost/cb'],
        grant_types: ['implicit'],
        response_types: ['id_token'],
      },
      error: 'invalid_redirect_uri',
      field: 'redirect_uris',
    },
    {
      name: 'a response type without its grant',
      sent: { redirect_uris: uri, response_types: ['code id_token'] },
      field: 'response_types',
    },
    {
      name: 'grants that there are not',
      sent: { redirect_uris: uri, grant_types: ['password'] },
      field: 'grant_types',
    },
    {
      name: 'client_credentials for a stranger',
      sent: { grant_types: ['client_credentials'] },
      field: 'grant_types',
    },
    {
      name: 'refresh_token alone',
      sent: { redirect_uris: uri, grant_types: ['refresh_token'] },
      field: 'grant_types',
    },
    {
      name: 'two sets of keys',
      sent: { redirect_uris: uri, jwks: { keys: [] }, jwks_uri: 'https://rp.example/jwks' },
      field: 'jwks',
    },
    {
      name: 'private_key_jwt without keys',
      sent: { redirect_uris: uri, token_endpoint_auth_method: 'private_key_jwt' },
      field: 'jwks',
    },
    {
      name: 'a private key',
      sent: { redirect_uris: uri, jwks: { keys: [{ ...key, d: 'A'.repeat(43) }] } },
      field: 'jwks',
    },
    {
      name: 'a method that needs certificates which cannot reach us',
      sent: {
        redirect_uris: uri,
        token_endpoint_auth_method: 'tls_client_auth',
        tls_client_auth_san_dns: 'rp.example',
      },
      field: 'token_endpoint_auth_method',
    },
    ...[
      ['id_token_signed_response_alg', 'none'],
      ['id_token_signed_response_alg', 'RS1'],
      ['userinfo_signed_response_alg', 'none'],
      ['token_endpoint_auth_signing_alg', 'none'],
      ['request_object_signing_alg', 'none'],
      ['id_token_encrypted_response_alg', 'RSA1_5'],
      ['id_token_encrypted_response_enc', 'A128GCM'],
      ['userinfo_encrypted_response_enc', 'A128GCM'],
      ['request_object_encryption_enc', 'A128GCM'],
      ['subject_type', 'secret'],
      ['token_endpoint_auth_method', 'client_secret_magic'],
      ['default_max_age', -1],
      ['default_max_age', '1'],
      ['default_acr_values', 'x'],
      ['require_auth_time', 'true'],
      ['initiate_login_uri', 'http://rp.example/login'],
      ['request_uris', ['http://rp.example/request']],
      ['request_uris', 'https://rp.example/request'],
      ['jwks_uri', 'http://rp.example/jwks'],
      ['jwks_uri', 'https://user@rp.example/jwks'],
      ['sector_identifier_uri', 'http://rp.example/sector'],
      ['logo_uri', 'javascript:alert(1)'],
      ['policy_uri', 'data:text/html,x'],
      ['contacts', 'me'],
      ['contacts', [1]],
      ['client_name', ['x']],
      ['client_name', ''],
      ['scope', ['openid']],
      ['scope', 'open"id'],
      ['scope', 'admin'],
      ['application_type', 'mobile'],
      ['tls_client_certificate_bound_access_tokens', 'yes'],
      ['software_id', 1],
    ].map(([field, value]) => ({
      name: `${field} ${JSON.stringify(value)}`,
      sent: { redirect_uris: uri, [String(field)]: value },
      field: String(field),
    })),
    {
      name: 'pairwise on several hosts',
      sent: {
        redirect_uris: ['https://a.example/cb', 'https://b.example/cb'],
        subject_type: 'pairwise',
      },
      field: 'sector_identifier_uri',
    },
    {
      name: 'pairwise by the device flow at somebody’s host',
      sent: {
        redirect_uris: uri,
        subject_type: 'pairwise',
        grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      },
      field: 'subject_type',
    },
    {
      name: 'more than a record holds',
      sent: {
        redirect_uris: uri,
        contacts: Array.from({ length: 300 }, (_, index) => `${index}`.padEnd(190, 'x')),
      },
      field: 'metadata',
    },
  ];
  for (const { name, sent, field, error = 'invalid_client_metadata' } of rows) {
    it(`T085, T082: ${name}`, () =>
      withRegistrar(async (op) => {
        const response = await register(op, sent);
        assertEquals(response.headers.get('cache-control'), 'no-store');
        const refusal = await refusalOf(response);
        assertEquals([refusal.status, refusal.error], [400, error], refusal.error_description);
        assertStringIncludes(refusal.error_description, field);
        assertEquals(await storedClients(op), 0);
      }));
  }

  for (
    const redirect_uris of [
      ['http://127.0.0.1/cb'],
      ['http://127.0.0.1:8765/cb', 'http://[::1]/cb', 'http://localhost:1234/cb'],
      ['com.example.app:/cb', 'https://app.example/claimed'],
    ]
  ) {
    it(`T082: a native client may have ${redirect_uris.join(' ')}`, () =>
      withRegistrar(async (op) => {
        const sent = {
          redirect_uris,
          application_type: 'native',
          token_endpoint_auth_method: 'none',
        };
        assertEquals((await registered(op, sent))['redirect_uris'], redirect_uris);
      }));
  }
});

describe('bodies that mean no good', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const rows: readonly [name: string, body: string, status: number][] = [
    ['nothing', '', 400],
    ['no JSON', '{"redirect_uris": [', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['a text', '"x"', 400],
    ['a member twice', '{"client_name":"a","client_name":"b","redirect_uris":[]}', 400],
    ['a member twice, once escaped', '{"client_name":"a","client\\u005fname":"b"}', 400],
    ['a member twice further down', '{"jwks":{"keys":[],"keys":[]}}', 400],
    ['deep nesting', `{"redirect_uris":["https://a.example/"],"jwks":${deep(20_000)}}`, 400],
    ['half a surrogate pair', '{"client_name":"\\ud800"}', 400],
    ['too much', JSON.stringify({ x: 'x'.repeat(70_000) }), 413],
    ['quotes without end', '{"' + '\\"'.repeat(30_000), 400],
    ['prototype names', '{"__proto__":{"redirect_uris":["https://a.example/"]}}', 400],
    ['a prototype in the keys', '{"jwks":{"__proto__":{"keys":[]}}}', 400],
    ['a number for all', '{"redirect_uris":1,"grant_types":2,"jwks":3,"scope":4}', 400],
    ['no members', '{}', 400],
  ];
  for (const [name, body, status] of rows) {
    it(`T085: ${name} is ${status}`, () =>
      withRegistrar(async (op) => {
        const response = await send(op, 'POST', '/register', body);
        assertEquals(response.status, status, await response.clone().text());
        assertMatch((await refusalOf(response)).error, /^invalid_/);
        assertEquals(await storedClients(op), 0);
      }));
  }

  it('a key with a member __proto__ is no way to another key', () =>
    withRegistrar(async (op) => {
      const body = `{"redirect_uris":["https://a.example/cb"],"jwks":{"keys":[{"__proto__":{},` +
        `"kty":"EC","crv":"P-256","x":"${'A'.repeat(43)}","y":"${'A'.repeat(43)}"}]}}`;
      const response = await send(op, 'POST', '/register', body);
      assert([201, 400].includes(response.status));
    }));

  it('a form or a text is 415', () =>
    withRegistrar(async (op) => {
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/jwt']) {
        const response = await op.fetch('/register', {
          method: 'POST',
          headers: { 'content-type': type },
          body: '{}',
        });
        assertEquals(response.status, 415);
      }
    }));
});

describe('who may call it from a browser', () => {
  const preflight = (op: Op, path: string, method: string) =>
    op.fetch(path, {
      method: 'OPTIONS',
      headers: { 'origin': 'https://console.example', 'access-control-request-method': method },
    });

  it('T120: nobody, unless the configuration says so', () =>
    withRegistrar(
      async (op) => {
        const { client_id } = await registered(op);
        for (const [path, method] of [['/register', 'POST'], [`/register/${client_id}`, 'PUT']]) {
          const response = await preflight(op, path ?? '', method ?? '');
          assertFalse(response.headers.has('access-control-allow-origin'));
        }
      },
      undefined,
      { cors: { allowed_origins: ['https://console.example'] } },
    ));

  it('T120: allowed origins, where registration is among the endpoints', () =>
    withRegistrar(
      async (op) => {
        const { client_id } = await registered(op);
        for (
          const [path, methods] of [
            ['/register', 'POST, OPTIONS'],
            [`/register/${client_id}`, 'GET, PUT, DELETE, HEAD, OPTIONS'],
          ]
        ) {
          const response = await preflight(op, path ?? '', 'PUT');
          const { headers } = response;
          assertEquals(headers.get('access-control-allow-origin'), 'https://console.example');
          assertEquals(headers.get('access-control-allow-methods'), methods);
          assertStringIncludes(headers.get('access-control-allow-headers') ?? '', 'authorization');
        }
      },
      undefined,
      {
        cors: { endpoints: ['registration'], allowed_origins: ['https://console.example'] },
      },
    ));
});

describe('every field with every odd value', () => {
  const ODD: readonly unknown[] = [
    '',
    ' ',
    'x',
    'x'.repeat(3000),
    '\u0000',
    '\u202e',
    '"><script>',
    'https://rp.example/',
    'https://',
    'https://[::1]/',
    'https://\u00e4.example/',
    'javascript:alert(1)',
    'none',
    'toString',
    0,
    -1,
    1.5,
    1e300,
    true,
    [],
    [[]],
    [null],
    [''],
    ['x', 'x'],
    ['toString'],
    ['https://rp.example/callback', 7],
    {},
    { keys: [] },
    { keys: [{}] },
    { keys: {} },
    { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] },
    { length: 1 },
    { toString: 'x' },
  ];

  for (const field of [...Object.keys(CLIENT_METADATA), 'client_name#de', 'software_statement']) {
    it(`T085: ${field} is taken as it is, left out or refused, and breaks nothing`, () =>
      withRegistrar(async (op) => {
        const token = await plantToken(op);
        for (const value of ODD) {
          const text = JSON.stringify(value);
          const response = await register(op, { ...METADATA, [field]: value }, token);
          assert([201, 400].includes(response.status), `${response.status} for ${text}`);
          const { client_id, ...client } = await response.json() as Metadata;
          if (response.status === 400) {
            assertMatch(String(client['error']), /^(invalid|unapproved)_[a-z_]+$/);
            continue;
          }
          const query = new URLSearchParams({
            client_id: String(client_id),
            response_type: 'code',
            redirect_uri: METADATA.redirect_uris[0],
            scope: 'openid',
          });
          const page = await op.fetch(`/authorize?${query}`);
          assert(page.status < 500, `${page.status} at /authorize after ${text}`);
        }
        assertFalse(op.log.some((line) => line.includes('request.failed')));
      }));
  }
});
