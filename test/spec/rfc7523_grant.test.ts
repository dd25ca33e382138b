/** RFC 7523 §2.1, RFC 7521 §4.1: assertions of others as grants. */
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from '../support/assert.ts';
import {
  assertionConfig,
  assertionOf,
  type AssertionOptions,
  type Changes,
  JWT_BEARER_GRANT,
  openAssertions,
  ROBOT,
  showAssertion,
  TRUSTED,
  TRUSTED_JWKS,
} from '../support/assertion_grant.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import { API, exchange, EXCHANGE_GRANT, introspected } from '../support/exchange.ts';
import { assertRefused, claimsOf, obtainTokens, tokensOf, userinfo } from '../support/flow.ts';
import { basic, ISSUER, type Op } from '../support/op.ts';

/** What there is of grants and of what may be used once. */
async function contents(op: Op): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const name of ['grant', 'user_grant', 'jti', 'session']) {
    for await (const { key } of op.store.list([name])) keys.push(key.join(' '));
  }
  return keys;
}

describe('RFC 7521 §4.1: a token for an assertion', () => {
  it('of a person: an access token and nothing beside it', async () => {
    const op = await openAssertions();
    const response = await showAssertion(op, await assertionOf(op), {
      scope: 'openid email read',
      resource: API,
    });
    const body = await tokensOf(response);
    assertEquals(
      { ...body, access_token: '' },
      {
        access_token: '',
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'openid email read',
      } as unknown as typeof body,
    );
    const told = await introspected(op, body.access_token, 'robot');
    const { id_token } = await obtainTokens(op);
    assertEquals([told['active'], told['client_id'], told['sub'], told['aud']], [
      true,
      'robot',
      claimsOf(id_token)['sub'],
      [API, ISSUER],
    ]);
    assertFalse('acr' in told || 'auth_time' in told || 'act' in told, 'nobody signed in here');
    const claims = await (await userinfo(op, body.access_token)).json() as Record<string, unknown>;
    assertEquals(claims['email'], 'alice@alice.example');
  });

  it('as a JWT, it does not say how anybody signed in', async () => {
    const op = await openAssertions({ robot: { access_token_format: 'jwt' } });
    const body = await tokensOf(
      await showAssertion(op, await assertionOf(op), { scope: 'read', resource: API }),
    );
    const claims = claimsOf(body.access_token);
    assertEquals([claims['aud'], claims['client_id'], claims['scope']], [API, 'robot', 'read']);
    assertFalse('acr' in claims || 'amr' in claims || 'auth_time' in claims);
  });

  it('no scope where none is asked for', async () => {
    const op = await openAssertions();
    const body = await tokensOf(await showAssertion(op, await assertionOf(op)));
    assertFalse('scope' in body || 'refresh_token' in body || 'id_token' in body);
  });

  it('of the client itself: by its client_id, or by what the configuration maps to it', async () => {
    const subjects = { 'repo:acme/shop:main': 'robot', 'repo:acme/other:main': 'another' };
    const op = await openAssertions({ issuer: { subject_is: 'client', subjects } });
    const own = (sub: string) => assertionOf(op, { claims: { sub } });
    const body = await tokensOf(
      await showAssertion(op, await own('repo:acme/shop:main'), { scope: 'read', resource: API }),
    );
    const told = await introspected(op, body.access_token, 'robot');
    assertEquals([told['sub'], told['client_id'], told['scope'], 'username' in told], [
      'robot',
      'robot',
      'read',
      false,
    ]);
    for (const sub of ['repo:acme/other:main', 'robot', 'constructor']) {
      await assertRefused(await showAssertion(op, await own(sub)), 'invalid_grant');
    }
    await assertRefused(
      await showAssertion(op, await own('repo:acme/shop:main'), { scope: 'openid' }),
      'invalid_scope',
    );
    const plain = await openAssertions({ issuer: { subject_is: 'client' } });
    const sub = 'robot';
    await tokensOf(await showAssertion(plain, await assertionOf(plain, { claims: { sub } })));
  });

  const NAMES: readonly (readonly [string, AssertionOptions['issuer'], Changes['claims']])[] = [
    ['an email address', { subject_is: 'email', subject_claim: 'email' }, {
      sub: 'x',
      email: 'ALICE@alice.example',
    }],
    ['another claim', { subject_claim: 'login' }, { sub: '12345', login: 'alice' }],
    ['a table', { subjects: { 'user-17': 'alice' } }, { sub: 'user-17' }],
  ];
  for (const [name, issuer, claims] of NAMES) {
    it(`people are found by ${name}`, async () => {
      const op = await openAssertions({ ...issuer && { issuer } });
      const body = await tokensOf(
        await showAssertion(op, await assertionOf(op, { ...claims && { claims } })),
      );
      assertEquals((await introspected(op, body.access_token, 'robot'))['username'], 'alice');
    });
  }

  it('people are found by the sub that the client knows', async () => {
    const op = await openAssertions({ issuer: { subject_is: 'sub' } });
    const { sub } = claimsOf((await obtainTokens(op)).id_token);
    const body = await tokensOf(
      await showAssertion(op, await assertionOf(op, { claims: { sub } })),
    );
    assertEquals((await introspected(op, body.access_token, 'robot'))['sub'], sub);
  });

  it('an address that two people have, or that nobody has shown to have, is nobody’s', async () => {
    const op = await openAssertions({ issuer: { subject_is: 'email', subject_claim: 'email' } });
    const shown = async (claims: Readonly<Record<string, unknown>>) =>
      await showAssertion(op, await assertionOf(op, { claims: { sub: 'x', ...claims } }));
    const email = 'alice@alice.example';
    await assertRefused(await shown({ email, email_verified: false }), 'invalid_grant');
    const person = { provenance: 'cli', groups: [], attributes: {} } as const;
    const { directory } = op.instance;
    await directory.create({ ...person, username: 'bob', claims: { email: 'bob@bob.example' } });
    await assertRefused(await shown({ email: 'bob@bob.example' }), 'invalid_grant');
    assertEquals((await shown({ email })).status, 200);
    await directory.create({
      ...person,
      username: 'twin',
      claims: { email, email_verified: true },
    });
    await assertRefused(await shown({ email }), 'invalid_grant');
  });

  it('the token ends when the person or the client does, and with its grant', async () => {
    for (const end of ['person', 'password', 'grant', 'client'] as const) {
      const op = await openAssertions();
      const body = await tokensOf(await showAssertion(op, await assertionOf(op)));
      assertEquals((await introspected(op, body.access_token, 'robot'))['active'], true);
      const alice = await op.instance.directory.findByUsername('alice');
      const id = alice?.id ?? '';
      if (end === 'person') await op.instance.directory.disable(id);
      if (end === 'password') await op.instance.directory.setPassword(id, 'quick:new');
      if (end === 'grant') {
        for await (const { key } of op.store.list(['grant'])) {
          await op.store.commit({ remove: [key] });
        }
      }
      if (end === 'client') {
        await op.instance.reload(requireConfig({
          issuer: ISSUER,
          storage: { engine: 'memory' },
          ...assertionConfig({ robot: { authorization_policy: 'deny' } }),
        }));
      }
      assertEquals((await introspected(op, body.access_token, 'robot'))['active'], false, end);
    }
  });

  it('after a new password, in its very instant, a new assertion counts', async () => {
    const op = await openAssertions();
    const alice = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.setPassword(alice?.id ?? '', 'quick:new');
    const body = await tokensOf(await showAssertion(op, await assertionOf(op)));
    assertEquals((await introspected(op, body.access_token, 'robot'))['active'], true);
  });

  it('RFC 9449 §5: it is bound to the key of the proof that comes with the request', async () => {
    const op = await openAssertions();
    const headers = { ...basic('robot'), dpop: await proofFor(op, await newProofKey()) };
    const body = await tokensOf(await showAssertion(op, await assertionOf(op), {}, headers));
    assertEquals(body.token_type, 'DPoP');
  });

  it('lifespans of the grant count, within the policy', async () => {
    for (const [policy, lifespan, expected] of [['2m', '1h', 120], ['1h', '3m', 180]] as const) {
      const op = await openAssertions({
        policy: { lifetime: policy },
        robot: { lifespan: 'own' },
        config: {
          lifespans: { custom: { own: { grants: { jwt_bearer: { access_token: lifespan } } } } },
        },
      });
      const body = await tokensOf(await showAssertion(op, await assertionOf(op)));
      assertEquals(body.expires_in, expected);
    }
  });

  it('T150: the log says whose assertion it was and whom it named, and holds neither it nor the token', async () => {
    const op = await openAssertions();
    const assertion = await assertionOf(op);
    const body = await tokensOf(await showAssertion(op, assertion));
    const event = (name: string) =>
      op.log.map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['event'] === name);
    const [line, ...others] = event('assertion.accepted');
    assertEquals([line?.['issuer'], line?.['subject'], line?.['client_id'], others], [
      'ci',
      'alice',
      'robot',
      [],
    ]);
    assertEquals(event('grant.issued').length, 1);
    assertFalse(
      op.log.some((each) => each.includes(assertion) || each.includes(body.access_token)),
    );
  });

  it('RFC 8414 §2: discovery names the grant where somebody is trusted', async () => {
    const path = '/.well-known/openid-configuration';
    assertMatch(await (await (await openAssertions()).fetch(path)).text(), /grant-type:jwt-bearer/);
    const op = await openAssertions({
      robot: { token_exchange_policy: undefined },
      config: { trusted_issuers: {}, token_exchange_policies: {} },
    });
    assertFalse((await (await op.fetch(path)).text()).includes(JWT_BEARER_GRANT));
  });
});

describe('RFC 7523 §3, §3.1: what is no assertion', () => {
  interface Refusal extends AssertionOptions, Changes {
    readonly name: string;
    /** In the hint. */
    readonly told: string;
    readonly code?: string;
    readonly asked?: Readonly<Record<string, string | undefined>>;
    readonly text?: string;
  }

  const NOW = 1_800_000_000;

  const REFUSALS: readonly Refusal[] = [
    {
      name: 'none at all',
      told: 'parameter assertion is required',
      code: 'invalid_request',
      asked: { assertion: undefined },
    },
    { name: 'what is no JWT', told: 'must be a signed JWT', text: 'a.b.c' },
    {
      name: 'one that nobody signed',
      told: 'is not signed',
      text: `${btoa('{"alg":"none"}')}.${btoa(`{"iss":"${TRUSTED}"}`)}.`.replaceAll('=', ''),
    },
    {
      name: 'no. 1: another issuer',
      told: 'of an issuer that',
      claims: { iss: 'https://evil.example' },
    },
    { name: 'no. 1: no issuer', told: 'of an issuer that', claims: { iss: undefined } },
    {
      name: 'no. 1, T074: an issuer that the policy does not name',
      told: 'of an issuer that',
      claims: { iss: 'https://unused.example' },
    },
    { name: 'no. 2: no sub', told: 'must have sub', claims: { sub: undefined } },
    { name: 'no. 2: a sub that is no text', told: 'must have sub', claims: { sub: 17 } },
    { name: 'no. 2: a sub without end', told: 'must have sub', claims: { sub: 'x'.repeat(513) } },
    { name: 'no. 2: nobody here', told: 'names nobody', claims: { sub: 'mallory' } },
    {
      name: 'no. 2: no name that the table has',
      told: 'names nobody',
      issuer: { subjects: { bob: 'alice' } },
    },
    {
      name: 'no. 2: without the claim that says who',
      told: 'sub and login',
      issuer: { subject_claim: 'login' },
    },
    {
      name: 'no. 2: a claim that objects have by birth',
      told: 'sub and constructor',
      issuer: { subject_claim: 'constructor' },
    },
    { name: 'no. 3: no aud', told: 'one aud', claims: { aud: undefined } },
    { name: 'no. 3: for somebody else', told: 'one aud', claims: { aud: 'https://other.example' } },
    {
      name: 'no. 3: for others, too',
      told: 'one aud',
      claims: { aud: [ISSUER, 'https://other.example'] },
    },
    { name: 'no. 3: for UserInfo', told: 'one aud', claims: { aud: `${ISSUER}/userinfo` } },
    {
      name: 'no. 3: not for the audience that was agreed',
      told: 'one aud: ostiary',
      issuer: { audience: ['ostiary'] },
    },
    { name: 'no. 4: no exp', told: 'an exp', claims: { exp: undefined } },
    { name: 'no. 4: an exp that is no number', told: 'an exp', claims: { exp: `${NOW + 60}` } },
    { name: 'no. 4: expired', told: 'has expired', claims: { exp: NOW - 1 } },
    { name: 'no. 4: good for too long', told: 'too far ahead', claims: { exp: NOW + 3600 } },
    { name: 'no. 5: not yet', told: 'nbf in the future', claims: { nbf: NOW + 120 } },
    { name: 'no. 6: from the future', told: 'iat in the future', claims: { iat: NOW + 120 } },
    { name: 'no. 6: from long ago', told: 'too long ago', claims: { iat: NOW - 3600 } },
    {
      name: 'no. 6: an iat that is no number',
      told: 'iat that is no time',
      claims: { iat: 'now' },
    },
    { name: 'no. 7: a jti that is no text', told: 'jti that is no text', claims: { jti: 7 } },
    {
      name: 'no. 7: a jti without end',
      told: 'jti that is no text',
      claims: { jti: 'x'.repeat(256) },
    },
    { name: 'no. 9: signed by another key', told: 'is not signed', isForged: true },
    {
      name: 'no. 9: of an alg that was not agreed',
      told: 'is not signed',
      issuer: { algorithms: ['RS256'] },
    },
    { name: 'T050: an access token', told: 'typ', header: { typ: 'at+jwt' } },
    { name: 'T050: a logout token', told: 'typ', header: { typ: 'logout+jwt' } },
    {
      name: 'T050: a client’s own assertion',
      told: 'typ',
      header: { typ: 'client-authentication+jwt' },
    },
    {
      name: 'RFC 7515 §4.1.11: an extension that nobody knows',
      told: 'must be a signed JWT',
      header: { crit: ['b64'], b64: true },
    },
    {
      name: 'RFC 8693 §4.1: of a subject that somebody acts for',
      told: 'has an act',
      claims: { act: { sub: 'x' } },
    },
    {
      name: 'RFC 8693 §4.4: that another party may act by',
      told: 'may_act',
      claims: { may_act: { sub: 'other' } },
    },
    { name: 'RFC 8693 §4.4: that nobody may act by', told: 'may_act', claims: { may_act: {} } },
    { name: 'RFC 7800 §3: bound to a key', told: 'another key', claims: { cnf: { jkt: 'x' } } },
    {
      name: 'RFC 7800 §3: bound in a way that we cannot tell',
      told: 'another key',
      claims: { cnf: { kid: 'x' } },
    },
    { name: 'RFC 7800 §3: bound to nothing', told: 'another key', claims: { cnf: {} } },
    {
      name: 'a person whom the client’s policy keeps out',
      told: 'does not let the person in',
      robot: { authorization_policy: 'deny' },
    },
    {
      name: 'a person who would have to prove more',
      told: 'does not let the person in',
      robot: { authorization_policy: 'two_factor' },
    },
    {
      name: 'T074: a client without a policy',
      told: 'no policy lets',
      code: 'unauthorized_client',
      robot: { token_exchange_policy: undefined },
    },
    {
      name: 'T074: a policy that is of tokens only',
      told: 'names no issuer',
      code: 'unauthorized_client',
      policy: { assertion_issuers: undefined, subject_clients: ['app'], allow: ['delegation'] },
    },
    {
      name: 'T074: a client without the grant type',
      told: 'not registered for grant_type',
      code: 'unauthorized_client',
      robot: { grant_types: ['client_credentials'] },
    },
    {
      name: 'a scope that the client lacks',
      told: 'exceeds',
      code: 'invalid_scope',
      asked: { scope: 'profile' },
    },
    {
      name: 'a scope that the policy lacks',
      told: 'exceeds',
      code: 'invalid_scope',
      policy: { scope: 'read' },
      asked: { scope: 'write' },
    },
    {
      name: 'offline_access',
      told: 'exceeds',
      code: 'invalid_scope',
      robot: { scope: 'offline_access' },
      asked: { scope: 'offline_access' },
    },
    {
      name: 'scopes of administration',
      told: 'exceeds',
      code: 'invalid_scope',
      robot: { scope: 'ostiary:admin' },
      asked: { scope: 'ostiary:admin' },
    },
    {
      name: 'a resource that nobody knows',
      told: 'not registered',
      code: 'invalid_target',
      asked: { resource: 'https://nowhere.example/' },
    },
    {
      name: 'a resource that the policy lacks',
      told: 'exceeds what the policy',
      code: 'invalid_target',
      policy: { audience: [ISSUER] },
      asked: { resource: API },
    },
    {
      name: 'UserInfo where the policy lacks it',
      told: 'exceeds what the policy',
      code: 'invalid_target',
      policy: { audience: [API] },
    },
  ];

  for (
    const { name, told, code = 'invalid_grant', asked, text, header, claims, isForged, ...options }
      of REFUSALS
  ) {
    it(name, async () => {
      const op = await openAssertions(options);
      const before = await contents(op);
      const changes = {
        ...header && { header },
        ...claims && { claims },
        ...isForged && { isForged },
      };
      const assertion = text ?? await assertionOf(op, changes);
      const body = await assertRefused(await showAssertion(op, assertion, asked), code);
      assertStringIncludes(body['error_description'] ?? '', told);
      assertEquals(await contents(op), before, 'nothing was made');
      assertFalse(op.log.some((line) => line.includes('assertion.accepted')));
    });
  }

  it('RFC 7521 §4.1: whoever shows it proves who it is', async () => {
    const op = await openAssertions();
    const assertion = await assertionOf(op);
    await assertRefused(await showAssertion(op, assertion, {}, {}), 'invalid_client', 401);
    await assertRefused(
      await showAssertion(op, assertion, { client_id: 'robot' }, {}),
      'invalid_client',
      401,
    );
  });

  it('no. 7: it is good once, by its jti, and without one by what was signed', async () => {
    const op = await openAssertions();
    for (const claims of [{}, { jti: undefined }]) {
      const assertion = await assertionOf(op, { claims });
      await tokensOf(await showAssertion(op, assertion));
      const body = await assertRefused(await showAssertion(op, assertion), 'invalid_grant');
      assertEquals(body['error_description'], 'assertion was used before');
      op.clock.now += 1;
    }
    const jti = 'the same';
    await tokensOf(await showAssertion(op, await assertionOf(op, { claims: { jti } })));
    const other = await assertionOf(op, { claims: { jti, exp: op.clock.now + 90 } });
    await assertRefused(await showAssertion(op, other), 'invalid_grant');
  });

  it('RFC 7800 §3: bound to a key, in the hands that hold it', async () => {
    const op = await openAssertions();
    const key = await newProofKey();
    const assertion = await assertionOf(op, { claims: { cnf: { jkt: key.jkt } } });
    const headers = { ...basic('robot'), dpop: await proofFor(op, key) };
    assertEquals(
      (await tokensOf(await showAssertion(op, assertion, {}, headers))).token_type,
      'DPoP',
    );
  });

  it('RFC 8693 §4.4: that this client may act by', async () => {
    const op = await openAssertions();
    const assertion = await assertionOf(op, { claims: { may_act: { sub: 'robot' } } });
    await tokensOf(await showAssertion(op, assertion));
  });

  it('a disabled person is as unknown as nobody', async () => {
    const op = await openAssertions();
    const alice = await op.instance.directory.findByUsername('alice');
    await op.instance.directory.disable(alice?.id ?? '');
    const disabled = await assertRefused(
      await showAssertion(op, await assertionOf(op)),
      'invalid_grant',
    );
    const claims = { sub: 'nobody' };
    const nobody = await assertRefused(
      await showAssertion(op, await assertionOf(op, { claims })),
      'invalid_grant',
    );
    assertEquals(disabled, nobody);
  });

  it('T074: what was made of an assertion is exchanged like any other token, by policy', async () => {
    const op = await openAssertions({
      clients: [{
        ...ROBOT,
        client_id: 'gateway',
        grant_types: [EXCHANGE_GRANT],
        token_exchange_policy: 'gateway',
      }],
      config: {
        token_exchange_policies: {
          robot: { assertion_issuers: ['ci'] },
          gateway: { allow: ['delegation'], subject_clients: ['robot'] },
        },
      },
    });
    const body = await tokensOf(await showAssertion(op, await assertionOf(op), { scope: 'read' }));
    const made = await tokensOf(await exchange(op, body.access_token));
    assertEquals((await introspected(op, made.access_token))['act'], {
      sub: 'gateway',
      client_id: 'gateway',
    });
    for await (const { key } of op.store.list(['grant'])) await op.store.commit({ remove: [key] });
    assertEquals((await introspected(op, made.access_token))['active'], false);
  });
});

describe('RFC 7523 §3: keys at a jwks_uri', () => {
  it('are fetched, and fetched anew for a key that is not among them', async () => {
    let asked = 0;
    let keys: readonly unknown[] = [];
    const outbound = {
      fetchJson: () => {
        asked += 1;
        return Promise.resolve({ ok: true, body: { keys }, contentType: 'application/json' });
      },
    };
    const op = await openAssertions({
      issuer: { jwks: undefined, jwks_uri: `${TRUSTED}/jwks` },
      outbound: outbound as never,
    });
    await assertRefused(await showAssertion(op, await assertionOf(op)), 'invalid_grant');
    keys = TRUSTED_JWKS.keys;
    await assertRefused(await showAssertion(op, await assertionOf(op)), 'invalid_grant');
    assertEquals(asked, 1, 'T092: not at every try');
    op.clock.now += 11;
    await tokensOf(await showAssertion(op, await assertionOf(op)));
    await tokensOf(await showAssertion(op, await assertionOf(op)));
    assertEquals(asked, 2);
  });
});

describe('T074: what a configuration may say of trusted issuers', () => {
  const KEYS = { jwks: TRUSTED_JWKS };
  const MISTAKES: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['either jwks or jwks_uri', { issuer: TRUSTED, subject_is: 'username' }],
    ['either jwks or jwks_uri', {
      issuer: TRUSTED,
      subject_is: 'username',
      ...KEYS,
      jwks_uri: `${TRUSTED}/jwks`,
    }],
    ['must differ from this issuer', { issuer: ISSUER, subject_is: 'username', ...KEYS }],
    ['must differ from that of unused', {
      issuer: 'https://unused.example',
      subject_is: 'username',
      ...KEYS,
    }],
    ['must be one of username', { issuer: TRUSTED, subject_is: 'name', ...KEYS }],
    ['subject_is', { issuer: TRUSTED, ...KEYS }],
    ['must be one of RS256', {
      issuer: TRUSTED,
      subject_is: 'sub',
      ...KEYS,
      algorithms: ['HS256'],
    }],
    ['from 10s to 1h', { issuer: TRUSTED, subject_is: 'sub', ...KEYS, max_lifetime: '2h' }],
  ];
  for (const [told, issuer] of MISTAKES) {
    it(`${told}: ${JSON.stringify({ ...issuer, jwks: undefined })}`, () => {
      const config = {
        issuer: ISSUER,
        ...assertionConfig(),
        trusted_issuers: {
          unused: { issuer: 'https://unused.example', subject_is: 'username', ...KEYS },
          ci: issuer,
        },
      };
      const error = assertThrows(() => requireConfig(config)) as Error;
      assert(error.message.includes(told), error.message);
    });
  }

  it('policies name issuers that are there, and public clients do not have the grant', () => {
    const named = assertionConfig({ policy: { assertion_issuers: ['cj'] } });
    const error = assertThrows(() => requireConfig(named)) as Error;
    assert(error.message.includes('must be a name under trusted_issuers'), error.message);
    const client = {
      ...ROBOT,
      client_id: 'spa',
      token_endpoint_auth_method: 'none',
      client_secret: undefined,
    };
    const other = assertThrows(() =>
      requireConfig(assertionConfig({ clients: [client] }))
    ) as Error;
    assert(other.message.includes('not for public clients (RFC 7521 §4.1)'), other.message);
  });
});
