import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { readDuration } from '../../../src/config/authelia/duration.ts';
import { readAuthelia } from '../../../src/config/authelia/read.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import type { ImportPlan } from '../../../src/engine/administration/import_plan.ts';
import { isMap } from '../../../src/spec/is_map.ts';
import { readBroughtKey } from '../../../src/keys/import.ts';
import { pathText } from '../../../src/spec/mistake.ts';
import { readYaml } from '../../../src/spec/yaml.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../../support/assert.ts';
import { LEAF, LEAF_KEY, MIDDLE } from '../../keys/chain.ts';
import { readFixture } from './fixture.ts';

/** Of `identity_providers.oidc`, whose lines follow. */
function oidc(lines: string): Promise<ImportPlan> {
  return readAuthelia(`identity_providers:\n  oidc:\n${lines.replaceAll(/^/gm, '    ')}`);
}

function said(plan: ImportPlan, path: string): string {
  return plan.remarks.filter((remark) => remark.path === path)
    .map(({ severity, why }) => `${severity}: ${why}`).join('\n');
}

/** The paths of everything in a value that is no map and no list. */
function leavesOf(value: unknown, path: readonly (string | number)[] = []): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => leavesOf(each, [...path, index]));
  }
  if (!isMap(value)) return value === '' || value === null ? [] : [pathText(path)];
  return Object.entries(value).flatMap(([name, each]) => leavesOf(each, [...path, name]));
}

describe('an Authelia configuration', () => {
  it('leaves no key of the file without a remark, be it on what the key is part of', async () => {
    const { text } = await readFixture();
    const read = readYaml(text);
    assert(read.ok);
    const plan = await readAuthelia(text);
    const paths = new Set(plan.remarks.map(({ path }) => path));
    const isCovered = (leaf: string): boolean => {
      for (let path = leaf; path !== ''; path = path.replace(/(?:^|\.)[^.[]*$|\[\d+\]$/, '')) {
        if (paths.has(path)) return true;
      }
      return false;
    };
    assertEquals(leavesOf(read.value).filter((leaf) => !isCovered(leaf)), []);
  });

  it('keeps every client, and options that our own configuration takes', async () => {
    const { text, users } = await readFixture();
    const plan = await readAuthelia(text, { users });
    assertEquals(plan.clients.length, 40);
    assertEquals(plan.remarks.filter(({ why }) => why.includes('left out')), []);
    assertEquals(parseConfig(plan.options).ok, true);
    assertEquals(plan.issuer, 'https://op.example');
    assertEquals(plan.people.map(({ username, groups }) => [username, groups]), [
      ['bob', ['staff']],
      ['carol', []],
    ]);
    assertEquals(plan.people[0]?.attributes, { badge: 7 });
    const [main, third, curve, ...others] = plan.keys;
    assertEquals([main?.kid, main?.alg], ['main', 'RS256']);
    assertMatch(third?.kid ?? '', /^[0-9a-f]{6}-ps256$/);
    assertEquals([curve?.kid, curve?.alg], ['curve', 'ES256']);
    assertEquals(others, []);
    assertStringIncludes(said(plan, 'identity_providers.oidc.jwks[1]'), 'no client names this');
  });

  it('brings its access rules along, and closes what it cannot', async () => {
    const plan = await readAuthelia(`access_control:
  default_policy: one_factor
  networks: [ { name: my lan, networks: [ 10.0.0.0/8 ] } ]
  rules:
    - { domain: public.example.com, policy: bypass, networks: [ my lan, 192.0.2.0/24 ] }
    - domain: [ app.example.com, '{user}.example.com' ]
      policy: two_factor
      subject: [ [ 'group:admins', 'user:Alice' ], 'oauth2:client:robot' ]
      methods: [ GET ]
      resources: [ '^/api([/?].*)?$' ]
      query: [ [ { operator: present, key: secure } ] ]
    - { domain: slow.example.com, policy: bypass, resources: '(a+)+$' }
    - { domain_regex: '^(?P<User>\\w+)\\.home\\.example$', policy: one_factor }
`);
    const [first, second, third, fourth] =
      (plan.options['access_control'] as { rules: readonly Record<string, unknown>[] }).rules;
    assertEquals(first, {
      domain: 'public.example.com',
      policy: 'bypass',
      networks: ['my-lan', '192.0.2.0/24'],
    });
    assertEquals(second?.['subject'], [['group:admins', 'user:Alice'], 'client:robot']);
    assertEquals(third, { domain: 'slow.example.com', policy: 'deny' });
    assertEquals(fourth?.['policy'], 'one_factor');
    assertMatch(said(plan, 'access_control.rules[2]'), /^changed: denies all of its domains/);
    assert(parseConfig(plan.options).ok);
  });

  it('names the hosts at which its default asks for a sign-in', async () => {
    const plan = await readAuthelia(`access_control:
  default_policy: two_factor
  rules: [ { domain: public.example.com, policy: bypass } ]
session:
  cookies: [ { domain: example.com, authelia_url: 'https://auth.example.com' }, { domain: example.org } ]
`);
    assertEquals(plan.options['access_control'], {
      default_policy: 'two_factor',
      rules: [
        { domain: 'public.example.com', policy: 'bypass' },
        {
          domain: ['example.com', '*.example.com', 'example.org', '*.example.org'],
          policy: 'two_factor',
        },
      ],
    });
    assertMatch(said(plan, 'access_control.default_policy'), /^changed: is what a last rule says/);
    assert(parseConfig(plan.options).ok);
  });

  it('lets nobody in by access rules of which one names no domain', async () => {
    const plan = await readAuthelia(
      `access_control: { default_policy: bypass, rules: [ { policy: deny }, { domain: 'a.b', policy: bypass } ] }
session: { name: x }`,
    );
    assertEquals(plan.options['access_control'], { default_policy: 'deny', rules: [] });
    assertMatch(said(plan, 'access_control'), /^changed: lets nobody in/);
  });

  it('fills in what Authelia takes for said', async () => {
    const { clients: [client] } = await oidc(
      `clients:\n  - { client_id: a, client_secret: secret, redirect_uris: [ 'https://a.example/' ] }`,
    );
    assertEquals(client, {
      client_id: 'a',
      client_secret: '$plaintext$secret',
      metadata: {
        redirect_uris: ['https://a.example/'],
        scope: 'openid groups profile email',
        consent_mode: 'auto',
        authorization_policy: 'two_factor',
      },
    });
  });

  it('reads the names of before 4.38', async () => {
    const plan = await oidc(`
access_token_lifespan: 2h
authorize_code_lifespan: 30s
id_token_lifespan: 3h
refresh_token_lifespan: 4d
pushed_authorizations: { enforce: true, context_lifespan: 1m }
clients:
  - id: a
    description: An app
    secret: '$plaintext$x'
    sector_identifier: sector.example
    redirect_uris: [ 'https://a.example/' ]
    enforce_par: true
    enforce_pkce: true
    userinfo_signing_algorithm: RS256
    public_keys: { uri: 'https://a.example/jwks' }`);
    assertEquals(plan.options, {
      require_pushed_authorization_requests: true,
      lifespans: {
        access_token: '2h',
        authorization_code: '30s',
        id_token: '3h',
        refresh_token: '4d',
        pushed_authorization_request: '1m',
      },
    });
    assertEquals(plan.clients[0], {
      client_id: 'a',
      client_secret: '$plaintext$x',
      metadata: {
        client_name: 'An app',
        redirect_uris: ['https://a.example/'],
        scope: 'openid groups profile email',
        require_pushed_authorization_requests: true,
        require_pkce: true,
        consent_mode: 'auto',
        authorization_policy: 'two_factor',
        userinfo_signed_response_alg: 'RS256',
        subject_type: 'pairwise',
        sector_identifier_uri: 'https://sector.example/',
        jwks_uri: 'https://a.example/jwks',
        claims_in_id_token: true,
      },
    });
  });

  it('reads keys in every form that Authelia takes, with their certificates', async () => {
    const block = (text: string): string =>
      text.trim().split('\n').map((line) => `        ${line}`).join('\n');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pkcs1 = rsa.export({ type: 'pkcs1', format: 'pem' }).toString();
    const chained = await oidc(
      `jwks:\n  - key: |\n${block(LEAF_KEY)}\n    certificate_chain: |\n${block(LEAF + MIDDLE)}`,
    );
    assertEquals(chained.keys.map(({ alg }) => alg), ['ES256']);
    const read = readBroughtKey(chained.keys[0]?.text ?? '', {});
    assert(read.ok);
    assertEquals(read.key.chain?.x5c.length, 2);
    for (
      const old of [
        `issuer_private_key: |\n${block(pkcs1)}`,
        `issuer_private_keys:\n  - key: |\n${block(pkcs1)}`,
      ]
    ) {
      const { keys } = await oidc(old);
      assertEquals(keys.map(({ alg, use }) => [alg, use]), [['RS256', 'sig']]);
    }
    const key = `  - key: |\n${block(pkcs1)}\n`;
    const wrong = await oidc(
      `jwks:\n${key}    certificate_chain: |\n${
        block(LEAF)
      }\n  - { key: nonsense }\n${key}    algorithm: ES256`,
    );
    assertEquals(wrong.keys, []);
    for (const index of [0, 1, 2]) {
      assertMatch(said(wrong, `identity_providers.oidc.jwks[${index}]`), /^dropped: /);
    }
  });

  it('names what comes from a template or a secret elsewhere, and no secret', async () => {
    const plan = await oidc(`
jwks:
  - key: {{ secret "/config/rsa.key" | mindent 10 "|" | msquote }}
{{ if true }}
clients:
  - client_id: a
    client_secret: '{{ env "A_SECRET" }}'
    redirect_uris: [ 'https://a.example/' ]
{{ end }}`);
    assertStringIncludes(
      said(plan, 'identity_providers.oidc.jwks[0].key'),
      'secret "/config/rsa.key"',
    );
    assertStringIncludes(said(plan, 'identity_providers.oidc.jwks'), 'AUTHELIA_…_FILE');
    assertStringIncludes(
      said(plan, 'identity_providers.oidc.clients[0].client_secret'),
      'env "A_SECRET"',
    );
    assertStringIncludes(
      said(plan, 'identity_providers.oidc.clients[0]'),
      'client_secret is required',
    );
    const inline = await oidc(`hmac_secret: '{{ "a secret itself" | quote }}'`);
    assertEquals(JSON.stringify(inline).includes('a secret itself'), false);
    const { text } = await readFixture();
    const { remarks } = await readAuthelia(text);
    assertEquals(remarks.filter(({ why }) => /a_secret_of|insecure_secret|\$\w+\$/.test(why)), []);
  });

  it('leaves a client out rather than make another of it', async () => {
    const rows = [
      [`client_secret: '$1$salt$digest'`, 'must be a digest by argon2'],
      [
        `client_secret: x, id_token_encrypted_response_alg: RSA1_5`,
        'id_token_encrypted_response_alg',
      ],
      [`client_secret: x, grant_types: [ password ]`, 'grant_types must be one of'],
      [
        `client_secret: x, redirect_uris: [ 'http://192.168.1.2/cb' ]`,
        'redirect_uris must use https',
      ],
      [`client_secret: '$2b$10$xxx', token_endpoint_auth_method: client_secret_jwt`, 'a digest'],
      [
        `client_secret: '$2a$04$KBCwKxOzLha2MUDgW0PjXeYeIAPGw294Nx49T89vlKo84qpWZi7je', token_endpoint_auth_method: client_secret_jwt`,
        'must start with $plaintext$',
      ],
      [`client_secret: x, lifespan: gone`, 'lifespan names nothing'],
      [`client_secret: x, authorization_policy: gone`, 'authorization_policy names nothing'],
      [`public: true, grant_types: [ client_credentials ]`, 'not for public clients'],
      [`client_secret: x, jwks_uri: 'http://a.example/jwks'`, 'jwks_uri'],
    ] as const;
    for (const [fields, why] of rows) {
      const redirect = fields.includes('redirect_uris') ? '' : `redirect_uris: [ 'https://a/' ],`;
      const plan = await oidc(`clients:\n  - { client_id: a, ${redirect} ${fields} }`);
      assertEquals(plan.clients, [], fields);
      assertStringIncludes(said(plan, 'identity_providers.oidc.clients[0]'), why);
    }
    const twice = await oidc(
      `clients: [ &a { client_id: a, public: true, redirect_uris: 'https://a/' }, *a ]`,
    );
    assertEquals(twice.clients.length, 1);
    assertStringIncludes(said(twice, 'identity_providers.oidc.clients[1]'), 'same client_id');
  });

  it('drops what a client can do without, one by one', async () => {
    const plan = await oidc(`clients:
  - client_id: a
    public: true
    client_secret: x
    redirect_uris: [ 'https://a/', 'http://10.0.0.1/', 'urn:ietf:wg:oauth:2.0:oob' ]
    response_types: [ code, token ]
    scopes: [ openid, authelia.bearer.authz ]
    consent_mode: explicit
    pre_configured_consent_duration: 1w
    nonsense: 1
    client_nam: A`);
    assertEquals(plan.clients[0]?.metadata, {
      redirect_uris: ['https://a/'],
      response_types: ['code'],
      scope: 'openid',
      token_endpoint_auth_method: 'none',
      consent_mode: 'explicit',
      authorization_policy: 'two_factor',
    });
    const at = 'identity_providers.oidc.clients[0]';
    for (
      const [field, why] of [
        ['client_secret', 'without one'],
        ['redirect_uris[1]', 'must use https'],
        ['redirect_uris[2]', 'must use https'],
        ['response_types[1]', 'must be one of'],
        ['scopes[1]', 'proxy'],
        ['pre_configured_consent_duration', 'no effect'],
        ['nonsense', 'is no key'],
        ['client_nam', 'did it mean client_name?'],
      ] as const
    ) assertStringIncludes(said(plan, `${at}.${field}`), why, field);
  });

  it('lets nobody in by a policy that cannot be taken over whole', async () => {
    const plan = await oidc(`
authorization_policies:
  a: { default_policy: one_factor, rules: [ { policy: deny, subject: 'attr:x' } ] }
  b: { default_policy: one_factor, rules: [ { policy: deny, networks: [ lan ] } ] }
  c: { default_policy: one_factor, rules: [ { policy: deny, subject: 'group:x' }, { subject: 'group:x' }, { subject: 'group:x' } ] }
  d: { default_policy: bypass }
  deny: { default_policy: one_factor }`);
    const closed = { default_policy: 'deny', rules: [] };
    assertEquals(plan.options, {
      authorization_policies: {
        c: { default_policy: 'one_factor', rules: [{ policy: 'deny', subject: 'group:x' }] },
        d: closed,
        b: closed,
        a: closed,
      },
    });
    assertMatch(
      said(plan, 'identity_providers.oidc.authorization_policies.a'),
      /^changed: lets nobody in/,
    );
    assertStringIncludes(
      said(plan, 'identity_providers.oidc.authorization_policies.deny'),
      'built in',
    );
  });

  it('keeps apart what only our form of names would make one', async () => {
    const plan = await oidc(`
authorization_policies:
  a b: { default_policy: one_factor, rules: [ { policy: deny, subject: 'group:x' } ] }
  a-b: { default_policy: deny, rules: [ { policy: one_factor, subject: 'group:y' } ] }
clients:
  - { client_id: a, public: true, redirect_uris: [ 'https://a/' ], authorization_policy: a b }
  - { client_id: b, public: true, redirect_uris: [ 'https://b/' ], authorization_policy: a-b }`);
    const policies = plan.options['authorization_policies'] as Record<string, unknown>;
    assertEquals(
      plan.clients.map(({ metadata }) => policies[String(metadata['authorization_policy'])]),
      [
        { default_policy: 'one_factor', rules: [{ policy: 'deny', subject: 'group:x' }] },
        { default_policy: 'deny', rules: [{ policy: 'one_factor', subject: 'group:y' }] },
      ],
    );
  });

  it('takes back what our own configuration refuses, and names it', async () => {
    const plan = await oidc(`
minimum_parameter_entropy: 999
enforce_pkce: sometimes
lifespans: { access_token: 90d, id_token: soon, custom: { '__proto__': { access_token: 1h } } }
claims_policies: { a: { id_token: [ sub, email, nonsense ], custom_claims: { x: { attribute: gone } } } }
scopes: { openid: { claims: [ email ] }, 'a b': { claims: [] } }
cors: { endpoints: [ token, moon ], allowed_origins: [ '*', 'https://a.example/path' ] }
nothing: {}`);
    assertEquals(plan.options, {
      lifespans: { custom: { 'n__proto__': { access_token: '1h' } } },
      claims_policies: { a: { id_token: ['email'], custom_claims: {} } },
      scopes: {},
      cors: {
        endpoints: ['token'],
        allowed_origins: [],
        allowed_origins_from_client_redirect_uris: false,
      },
    });
    const at = 'identity_providers.oidc';
    for (
      const [path, why] of [
        ['minimum_parameter_entropy', 'from 0 to 128'],
        ['enforce_pkce', 'is none of'],
        ['lifespans.access_token', 'must be from 1s to 30d'],
        ['lifespans.id_token', 'is no duration'],
        ['claims_policies.a.id_token[0]', 'set by the server'],
        ['claims_policies.a.id_token[2]', 'must be a standard claim'],
        ['claims_policies.a.custom_claims.x', 'must be a standard claim or a name'],
        ['scopes.openid', 'must not be redefined'],
        ['scopes.a b', 'must be a scope'],
        ['cors.endpoints[1]', 'no endpoint'],
        ['cors.allowed_origins[0]', 'origins are named'],
        ['cors.allowed_origins[0]', 'must be an origin'],
        ['nothing', 'no key'],
      ] as const
    ) assertStringIncludes(said(plan, `${at}.${path}`), why, path);
  });

  it('takes the people of a users file whole, or not at all with every mistake', async () => {
    const { text } = await readFixture();
    const users =
      'users:\n  bob: { displayname: Bob }\n  "b ad\\u0000": {}\n  eve: { password: nope }\n';
    const plan = await readAuthelia(text, { users });
    assertEquals(plan.people, []);
    assertStringIncludes(said(plan, 'users.eve.password'), 'must be a digest');
    assertStringIncludes(said(plan, 'users'), 'nobody');
  });

  it('makes a plan of whatever text there is', async () => {
    const { text, users } = await readFixture();
    const values = ['1', 'true', '[]', '{}', '""', '[ 1, [ x ] ]', '{ a: { b: 1 } }', '-1', '"$x"'];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const lines = text.split('\n');
    for (let round = 0; round < 25; round += 1) {
      const changed = lines.map((line) =>
        random(25) === 0 ? line.replace(/: .*$/, `: ${values[random(values.length)]}`) : line
      );
      const plan = await readAuthelia(changed.join('\n'), { users });
      assertEquals(parseConfig(plan.options).ok, true);
    }
    for (
      const bad of ['', '[', 'a: &a [ *a ]', '- 1', 'null', 'identity_providers: 7', '{{', '\u0000']
    ) {
      assertEquals((await readAuthelia(bad, { users: bad })).clients, []);
    }
  });
});

describe('durations as Authelia writes them', () => {
  it('has them in seconds', () => {
    const rows = [
      ['90m', 5400],
      ['1h30m', 5400],
      [5400, 5400],
      ['5400', 5400],
      ['1 hour and 30 minutes', 5400],
      ['1y', 31_536_000],
      ['1M', 2_628_000],
      ['2 weeks', 1_209_600],
      ['1500ms', 2],
      ['soon', undefined],
      ['-1', undefined],
      [-1, undefined],
      ['1h x', undefined],
      [null, undefined],
    ] as const;
    for (const [written, seconds] of rows) {
      assertEquals(readDuration(written), seconds, String(written));
    }
  });
});
