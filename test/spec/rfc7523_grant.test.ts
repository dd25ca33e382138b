/** RFC 7523 §2.1, RFC 7521 §4.1: assertions of others as grants. */
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { assertEquals, assertFalse, assertMatch } from '../support/assert.ts';
import {
  assertionConfig,
  assertionOf,
  type AssertionOptions,
  type Changes,
  JWT_BEARER_GRANT,
  openAssertions,
  showAssertion,
} from '../support/assertion_grant.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import { API, introspected } from '../support/exchange.ts';
import { assertRefused, claimsOf, obtainTokens, tokensOf, userinfo } from '../support/flow.ts';
import { basic, ISSUER } from '../support/op.ts';

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
    ['a table, however that writes them', { subjects: { 'user-17': 'Alice' } }, { sub: 'user-17' }],
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
    for (const email_verified of [false, 'false', null, 0, ['true'], { toString: 1 }]) {
      await assertRefused(await shown({ email, email_verified }), 'invalid_grant');
    }
    // Kelvin’s sign, which is lower case k in all languages but that of addresses.
    const kim = { username: 'kim', claims: { email: 'kim@k.example', email_verified: true } };
    await op.instance.directory.create({ provenance: 'cli', groups: [], attributes: {}, ...kim });
    await assertRefused(await shown({ email: '\u212aim@k.example' }), 'invalid_grant');
    assertEquals((await shown({ email: 'KIM@k.example', email_verified: 'true' })).status, 200);
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

  it('RFC 9470 §3: where UserInfo asks for a sign-in, it is none', async () => {
    for (const userinfoOption of [{ max_age: '8h' }, { acr_values: ['one_factor'] }]) {
      const op = await openAssertions({ config: { userinfo: userinfoOption } });
      const body = await tokensOf(
        await showAssertion(op, await assertionOf(op), { scope: 'openid' }),
      );
      const response = await userinfo(op, body.access_token);
      assertEquals(response.status, 401);
      assertMatch(
        response.headers.get('www-authenticate') ?? '',
        /insufficient_user_authentication/,
      );
    }
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
