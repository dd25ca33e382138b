/** RFC 7523 §3, §3.1: what is no assertion, and that nothing is made of it. */
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { sha256 } from '../../src/keys/digest.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
  assertThrows,
} from '../support/assert.ts';
import {
  assertionConfig,
  assertionOf,
  type AssertionOptions,
  type Changes,
  openAssertions,
  ROBOT,
  showAssertion,
  TRUSTED,
  TRUSTED_JWKS,
} from '../support/assertion_grant.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import {
  API,
  exchange,
  EXCHANGE_GRANT,
  grantRecords,
  introspected,
  typeOf,
} from '../support/exchange.ts';
import { assertRefused, tokensOf } from '../support/flow.ts';
import { basic, ISSUER } from '../support/op.ts';

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
      name: 'RFC 9396 §6: details, which nobody has granted',
      told: 'was not granted',
      code: 'invalid_authorization_details',
      asked: { authorization_details: '[{"type":"payment"}]' },
    },
    {
      name: 'RFC 7519 §2: a sub that is only read like a username',
      told: 'names nobody',
      claims: { sub: 'ALICE' },
    },
    {
      name: 'RFC 7519 §2: one that looks like a username',
      told: 'names nobody',
      claims: { sub: '\uff41lice' },
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
      const before = await grantRecords(op);
      const changes = {
        ...header && { header },
        ...claims && { claims },
        ...isForged && { isForged },
      };
      const assertion = text ?? await assertionOf(op, changes);
      const body = await assertRefused(await showAssertion(op, assertion, asked), code);
      assertStringIncludes(body['error_description'] ?? '', told);
      assertEquals(await grantRecords(op), before, 'nothing was made');
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

  it('RFC 8705 §3: what is made of one that is bound to a certificate is bound to it', async () => {
    const op = await openAssertions({ config: { trusted_proxies: ['203.0.113.7'] } });
    const cnf = { 'x5t#S256': sha256('a certificate') };
    const assertion = await assertionOf(op, { claims: { cnf } });
    await assertRefused(await showAssertion(op, assertion), 'invalid_grant');
    const certificate = `:${Buffer.from('a certificate').toString('base64')}:`;
    const headers = { ...basic('robot'), 'client-cert': certificate };
    const body = await tokensOf(await showAssertion(op, assertion, {}, headers));
    const told = await introspected(op, body.access_token, 'robot');
    assertEquals([body.token_type, told['cnf']], ['Bearer', cnf]);
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
    const op = await openWithGateway();
    const body = await tokensOf(await showAssertion(op, await assertionOf(op), { scope: 'read' }));
    const made = await tokensOf(await exchange(op, body.access_token));
    assertEquals((await introspected(op, made.access_token))['act'], {
      sub: 'gateway',
      client_id: 'gateway',
    });
    for await (const { key } of op.store.list(['grant'])) await op.store.commit({ remove: [key] });
    assertEquals((await introspected(op, made.access_token))['active'], false);
  });

  it('Core §2: never for an ID token, as nobody has signed in', async () => {
    const op = await openWithGateway({ requested_token_types: ['id_token'] });
    const { access_token } = await tokensOf(
      await showAssertion(op, await assertionOf(op), { scope: 'openid' }),
    );
    const asked = { requested_token_type: typeOf('id_token') };
    const body = await assertRefused(await exchange(op, access_token, asked), 'invalid_request');
    assertEquals(body['error_description'], 'an ID token needs a person who has signed in');
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

/** The robot shows assertions, and the gateway exchanges what is made of them. */
function openWithGateway(policy: object = {}): ReturnType<typeof openAssertions> {
  return openAssertions({
    clients: [{
      ...ROBOT,
      client_id: 'gateway',
      grant_types: [EXCHANGE_GRANT],
      token_exchange_policy: 'gateway',
    }],
    config: {
      token_exchange_policies: {
        robot: { assertion_issuers: ['ci'] },
        gateway: { allow: ['delegation'], subject_clients: ['robot'], ...policy },
      },
    },
  });
}
