/** Clients of a security profile, wherever they are registered: what the profile forbids is refused, what is not said is as it wants. */
import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { readClientList } from '../../src/config/client_list.ts';
import { addClient, updateClient } from '../../src/engine/administration/clients.ts';
import { PROFILE_NAMES } from '../../src/spec/identifiers.ts';
import { PROFILES } from '../../src/spec/profiles.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { api, openAdminOp } from '../support/admin.ts';
import { newSigningKey } from '../support/fapi.ts';
import { CLI, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';
import { METADATA } from '../support/registration.ts';

const KEY = await newSigningKey();
const JWKS = { keys: [KEY.jwk] };
const LEAST = { redirect_uris: ['https://rp.example/callback'], jwks: JWKS } as const;

type Fields = Readonly<Record<string, unknown>>;

/** Each field that a profile forbids, with the clause that it is refused with. */
const FORBIDDEN:
  readonly (readonly [profile: string, fields: Fields, field: string, clause: string])[] = [
    ...['fapi2_security', 'fapi2_message_signing'].flatMap((profile) =>
      ([
        [
          { token_endpoint_auth_method: 'none' },
          'token_endpoint_auth_method',
          'FAPI 2.0 SP §5.3.2.1-6',
        ],
        [
          { token_endpoint_auth_method: 'client_secret_basic' },
          'token_endpoint_auth_method',
          'FAPI 2.0 SP §5.3.2.1-6',
        ],
        [
          { token_endpoint_auth_method: 'client_secret_jwt' },
          'token_endpoint_auth_method',
          'FAPI 2.0 SP §5.3.2.1-6',
        ],
        [
          { pushed_authorization_request_endpoint_auth_method: 'none' },
          'pushed_authorization_request_endpoint_auth_method',
          'FAPI 2.0 SP §5.3.2.1-6',
        ],
        [{ jwks: undefined }, 'jwks', 'FAPI 2.0 SP §5.3.2.1-6'],
        [{ allow_multiple_auth_methods: true }, 'allow_multiple_auth_methods', 'RFC 6749 §2.3'],
        [
          { assertion_audience: 'issuer_or_endpoint' },
          'assertion_audience',
          'FAPI 2.0 SP §5.3.2.1-8',
        ],
        [{ dpop_bound_access_tokens: false }, 'dpop_bound_access_tokens', 'FAPI 2.0 SP §5.3.2.1-4'],
        [
          { require_pushed_authorization_requests: false },
          'require_pushed_authorization_requests',
          'FAPI 2.0 SP §5.3.2.2-3',
        ],
        [{ require_pkce: false }, 'require_pkce', 'FAPI 2.0 SP §5.3.2.2-5'],
        [{ pkce_challenge_method: 'plain' }, 'pkce_challenge_method', 'FAPI 2.0 SP §5.3.2.2-5'],
        [{ grant_types: ['authorization_code', 'implicit'] }, 'grant_types', '§5.'],
        [
          { response_types: ['code', 'id_token'], grant_types: ['authorization_code', 'implicit'] },
          'response_types',
          '§5.',
        ],
        [
          { redirect_uris: ['http://localhost/callback'] },
          'redirect_uris',
          'FAPI 2.0 SP §5.3.2.2-8',
        ],
        [
          { redirect_uris: ['http://localhost/cb'], application_type: 'native' },
          'redirect_uris',
          'FAPI 2.0 SP §5.3.2.2-8',
        ],
        [
          { id_token_signed_response_alg: 'RS256' },
          'id_token_signed_response_alg',
          'FAPI 2.0 SP §5.4.1-1',
        ],
        [
          { id_token_signed_response_alg: 'ES512' },
          'id_token_signed_response_alg',
          'FAPI 2.0 SP §5.4.1-1',
        ],
        [
          { access_token_signed_response_alg: 'RS512' },
          'access_token_signed_response_alg',
          'FAPI 2.0 SP §5.4.1-1',
        ],
        [
          { request_object_signing_alg: 'none' },
          'request_object_signing_alg',
          'FAPI 2.0 SP §5.4.1-1',
        ],
        [
          { token_endpoint_auth_signing_alg: 'RS256' },
          'token_endpoint_auth_signing_alg',
          'FAPI 2.0 SP §5.4.1-1',
        ],
      ] as const).map((row) => [profile, ...row] as const)
    ),
    [
      'fapi2_message_signing',
      { require_signed_request_object: false },
      'require_signed_request_object',
      'FAPI 2.0 MS §5.3.1-1',
    ],
    [
      'fapi2_message_signing',
      { response_modes: ['query', 'jwt'] },
      'response_modes',
      'FAPI 2.0 MS §5.4.1-1',
    ],
    [
      'fapi1_advanced',
      { token_endpoint_auth_method: 'client_secret_post' },
      'token_endpoint_auth_method',
      'FAPI 1.0 Advanced §5.2.2-14',
    ],
    [
      'fapi1_advanced',
      { response_types: ['none'] },
      'response_types',
      'FAPI 1.0 Advanced §5.2.2-2',
    ],
    [
      'fapi1_advanced',
      { dpop_bound_access_tokens: true },
      'dpop_bound_access_tokens',
      'FAPI 1.0 Advanced §5.2.2-6',
    ],
    [
      'fapi1_advanced',
      { tls_client_certificate_bound_access_tokens: false },
      'tls_client_certificate_bound_access_tokens',
      'FAPI 1.0 Advanced §5.2.2-5',
    ],
    [
      'fapi1_advanced',
      { id_token_signed_response_alg: 'EdDSA' },
      'id_token_signed_response_alg',
      'FAPI 1.0 Advanced §8.6',
    ],
    [
      'fapi1_advanced',
      { redirect_uris: ['com.example.app:/cb'], application_type: 'native' },
      'redirect_uris',
      'FAPI 1.0 Baseline §5.2.2-20',
    ],
    [
      'fapi1_advanced',
      { consent_mode: 'implicit' },
      'consent_mode',
      'FAPI 1.0 Baseline §5.2.2-12',
    ],
    [
      'oauth21',
      {
        token_endpoint_auth_method: 'none',
        response_types: ['id_token'],
        grant_types: ['implicit'],
      },
      'response_types',
      'RFC 9700 §2.1.2',
    ],
    [
      'oauth21',
      { token_endpoint_auth_method: 'none', require_pkce: false },
      'require_pkce',
      'RFC 9700 §2.1.1',
    ],
    [
      'oauth21',
      { token_endpoint_auth_method: 'none', pkce_challenge_method: 'plain' },
      'pkce_challenge_method',
      'RFC 9700 §2.1.1',
    ],
  ];

function withOp(work: (op: Op) => Promise<void>, config: Fields = {}): Promise<void> {
  return openOp({ config }).then((op) => work(op).finally(() => op.close()));
}

async function problemsOf(op: Op, fields: Fields): Promise<ReadonlyMap<string, string>> {
  const outcome = await addClient('new', fields, { kind: 'mint' }, CLI, op.instance.engine());
  const problems = outcome.kind === 'refused' ? outcome.problems ?? [] : [];
  const all = new Map<string, string>();
  for (const { field, problem } of problems) {
    all.set(field, [all.get(field) ?? [], problem].flat().join('; '));
  }
  return all;
}

describe('profiles at registration', () => {
  it('what a profile forbids is refused, each with its clause', () =>
    withOp(async (op) => {
      for (const [profile, fields, field, clause] of FORBIDDEN) {
        const problem = (await problemsOf(op, { ...LEAST, ...fields, profile })).get(field) ?? '';
        assertStringIncludes(problem, clause, JSON.stringify([profile, fields, problem]));
        assertStringIncludes(problem, `under profile ${profile}`);
        const without = (await problemsOf(op, { ...LEAST, client_name: 'x', ...fields })).get(
          field,
        );
        assert(without?.includes('under profile') !== true, without);
      }
    }));

  it('all that is wrong is told at once', () =>
    withOp(async (op) => {
      const fields = {
        profile: 'fapi2_security',
        redirect_uris: ['http://127.0.0.1/cb'],
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'RS256',
      };
      assertEquals([...(await problemsOf(op, fields)).keys()], [
        'token_endpoint_auth_method',
        'id_token_signed_response_alg',
        'redirect_uris',
      ]);
    }));

  it('fields that are not given are what the profile wants', () =>
    withOp((op) => {
      const { clients } = op.instance.engine().settings;
      const client = clients.get('fapi');
      assertEquals(
        {
          auth: client?.token_endpoint_auth_method,
          audience: client?.assertion_audience,
          pushed: client?.require_pushed_authorization_requests,
          signed: client?.require_signed_request_object,
          pkce: [client?.require_pkce, client?.pkce_challenge_method],
          dpop: client?.dpop_bound_access_tokens,
          tls: client?.tls_client_certificate_bound_access_tokens,
          algs: [client?.id_token_signed_response_alg, client?.authorization_signed_response_alg],
          modes: client?.response_modes,
        },
        {
          auth: 'private_key_jwt',
          audience: 'issuer',
          pushed: true,
          signed: true,
          pkce: [true, 'S256'],
          dpop: true,
          tls: false,
          algs: ['ES256', 'ES256'],
          modes: ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'],
        },
      );
      assertEquals(clients.get('tls')?.dpop_bound_access_tokens, false);
      assertEquals(clients.get('tls')?.tls_client_certificate_bound_access_tokens, true);
      return Promise.resolve();
    }, {
      clients: [
        { ...LEAST, client_id: 'fapi', profile: 'fapi2_message_signing' },
        {
          ...LEAST,
          client_id: 'tls',
          profile: 'fapi2_security',
          token_endpoint_auth_method: 'self_signed_tls_client_auth',
        },
      ],
    }));

  it('a native app may wait on loopback by number, and under a scheme of its own', () =>
    withOp(async (op) => {
      const redirect_uris = ['http://127.0.0.1/cb', 'http://[::1]:80/cb', 'com.example.app:/cb'];
      const fields = { ...LEAST, redirect_uris, application_type: 'native' };
      assertEquals((await problemsOf(op, { ...fields, profile: 'fapi2_security' })).size, 0);
    }));

  for (const profile of PROFILE_NAMES) {
    it(`the least that one can say makes a client: ${profile}`, () =>
      withOp(async (op) => {
        assertEquals(await problemsOf(op, { ...LEAST, profile }), new Map());
      }));
  }

  it('the file: a client that contradicts its profile stops the start, with place and clause', () => {
    const result = parseConfig({
      issuer: ISSUER,
      clients: [{ ...LEAST, client_id: 'a', profile: 'fapi2_security', response_types: ['none'] }],
    });
    assert(!result.ok);
    const [mistake] = result.mistakes;
    assertEquals(mistake?.path, ['clients', 0, 'response_types']);
    assertStringIncludes(mistake?.problem ?? '', 'FAPI 2.0 SP §5.3.2.2-1');
  });

  it('an unknown profile is a mistake', () => {
    const result = parseConfig({
      issuer: ISSUER,
      clients: [{ ...LEAST, client_id: 'a', profile: 'fapi3' }],
    });
    assert(!result.ok);
    assertStringIncludes(result.mistakes[0]?.problem ?? '', PROFILE_NAMES.join(', '));
  });

  it('import: such a client is left out, and says why', () => {
    const plan = readClientList(JSON.stringify([
      { ...LEAST, client_id: 'good', profile: 'fapi2_security' },
      {
        ...LEAST,
        client_id: 'bad',
        profile: 'fapi2_security',
        client_secret: 'x',
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ]));
    assertEquals(plan.clients.map(({ client_id }) => client_id), ['good']);
    assert(
      plan.remarks.some((remark) => JSON.stringify(remark).includes('FAPI 2.0 SP §5.3.2.1-6')),
    );
  });

  it('the API: 422 with each field; and created with its defaults', async () => {
    const op = await openAdminOp();
    const body = { ...LEAST, profile: 'fapi2_security' };
    const refused = await api(op, 'POST', '/clients', {
      body: { ...body, client_id: 'fapi', id_token_signed_response_alg: 'RS256' },
    });
    assertStringIncludes(JSON.stringify(refused.body), 'FAPI 2.0 SP §5.4.1-1');
    const created = await api(op, 'POST', '/clients', { body: { ...body, client_id: 'fapi' } });
    assertEquals(created.status, 201, JSON.stringify(created.body));
    await op.close();
  });
});

describe('profiles of clients that change', () => {
  it('a profile that comes later judges the client whole', () =>
    withOp(async (op) => {
      const engine = op.instance.engine();
      await addClient(
        'web',
        { ...METADATA, id_token_signed_response_alg: 'ES384' },
        { kind: 'mint' },
        CLI,
        engine,
      );
      const changes = { profile: 'fapi2_security' };
      const refused = await updateClient('web', changes, CLI, engine);
      assert(refused.kind === 'refused');
      assertEquals(refused.problems?.map(({ field }) => field), [
        'id_token_signed_response_alg',
        'jwks',
      ]);
      const done = await updateClient(
        'web',
        { ...changes, jwks: JWKS, id_token_signed_response_alg: null },
        CLI,
        engine,
      );
      assert(done.kind === 'done', JSON.stringify(done));
      const { client } = done.value;
      assertEquals(
        [client.token_endpoint_auth_method, client.id_token_signed_response_alg],
        ['private_key_jwt', 'ES256'],
      );
    }));

  it('what was said before, and is no general default, is not taken back in silence', () =>
    withOp(async (op) => {
      const engine = op.instance.engine();
      const fields = { ...LEAST, token_endpoint_auth_method: 'client_secret_post' };
      await addClient('web', fields, { kind: 'mint' }, CLI, engine);
      const refused = await updateClient('web', { profile: 'fapi2_security' }, CLI, engine);
      assert(refused.kind === 'refused');
      assertEquals(refused.problems?.[0]?.field, 'token_endpoint_auth_method');
    }));

  it('a client that chose how its tokens are bound keeps that through other changes', () =>
    withOp(async (op) => {
      const engine = op.instance.engine();
      const rows = [
        ['self_signed_tls_client_auth', { dpop_bound_access_tokens: true }, [true, false]],
        ['private_key_jwt', { tls_client_certificate_bound_access_tokens: true }, [false, true]],
        ['self_signed_tls_client_auth', {}, [false, true]],
        ['private_key_jwt', {}, [true, false]],
      ] as const;
      for (const [index, [token_endpoint_auth_method, binding, expected]] of rows.entries()) {
        const fields = { ...LEAST, profile: 'fapi2_security', token_endpoint_auth_method };
        const id = `client${index}`;
        const added = await addClient(id, { ...fields, ...binding }, { kind: 'mint' }, CLI, engine);
        const changed = await updateClient(id, { client_name: 'Another' }, CLI, engine);
        for (const outcome of [added, changed]) {
          assert(outcome.kind === 'done', JSON.stringify(outcome));
          const { client } = outcome.value;
          assertEquals(
            [client.dpop_bound_access_tokens, client.tls_client_certificate_bound_access_tokens],
            [...expected],
          );
        }
      }
    }));

  it('a client of a profile cannot be changed into what that forbids', () =>
    withOp(async (op) => {
      const engine = op.instance.engine();
      await addClient(
        'web',
        { ...LEAST, profile: 'fapi2_security' },
        { kind: 'mint' },
        CLI,
        engine,
      );
      const changes = { dpop_bound_access_tokens: false };
      const refused = await updateClient('web', changes, CLI, engine);
      assertEquals(refused.kind, 'refused');
      const other = await updateClient(
        'web',
        { ...changes, tls_client_certificate_bound_access_tokens: true },
        CLI,
        engine,
      );
      assertEquals(other.kind, 'done');
      assertEquals(
        (await updateClient('web', { profile: 'default', ...changes }, CLI, engine)).kind,
        'done',
      );
    }));
});

describe('a profile of the whole issuer', () => {
  it('clients that contradict it stop the start; a stronger profile of their own may be', () => {
    const clients = [
      CLIENT,
      { ...LEAST, client_id: 'silent' },
      { ...LEAST, client_id: 'stronger', profile: 'fapi2_message_signing' },
      {
        ...LEAST,
        client_id: 'other',
        profile: 'fapi1_advanced',
        dpop_bound_access_tokens: true,
        tls_client_certificate_bound_access_tokens: false,
      },
    ];
    const result = parseConfig({ issuer: ISSUER, profile: 'fapi2_security', clients });
    assert(!result.ok);
    assertEquals(
      result.mistakes.map(({ path }) => path),
      [['clients', 0, 'jwks'], ['clients', 3, 'profile']],
    );
    const settled = parseConfig({
      issuer: ISSUER,
      profile: 'fapi2_security',
      clients: clients.slice(1, 3),
    });
    assert(settled.ok);
    const { clients: ready } = settled.config.issuers[0].settings;
    assertEquals(ready.get('silent')?.token_endpoint_auth_method, 'private_key_jwt');
    assertEquals(ready.get('stronger')?.require_signed_request_object, true);
  });

  it('each profile keeps the rules of those that it says it keeps', () => {
    for (const { name, keeps, ...profile } of Object.values(PROFILES)) {
      assertEquals(keeps.at(-1), name);
      for (const other of keeps.map((each) => PROFILES[each])) {
        for (const [field, { value }] of Object.entries(other.fixed)) {
          assertEquals(
            profile.fixed[field as keyof typeof profile.fixed]?.value,
            value,
            `${name} ${field}`,
          );
        }
        assert(
          other.auth_methods === undefined ||
            profile.auth_methods?.value.every((each) => other.auth_methods?.value.includes(each)),
        );
        assert(
          other.signing_algs === undefined ||
            profile.signing_algs?.value.every((each) => other.signing_algs?.value.includes(each)),
        );
        assert(other.binds_tokens === undefined || profile.binds_tokens !== undefined);
        assert(other.redirect_uris === undefined || profile.redirect_uris !== undefined);
        for (
          const [type, modes] of Object.entries(
            other.responses === undefined ? {} : profile.responses?.value ?? {},
          )
        ) {
          const theirs = new Map(Object.entries(other.responses?.value ?? {})).get(type) ?? [];
          assert(modes.every((mode) => theirs.includes(mode)), `${name} ${type}`);
        }
      }
    }
  });
});
