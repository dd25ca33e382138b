/** RFC 8693: Token Exchange. */
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import {
  API,
  APP,
  exchange,
  EXCHANGE_GRANT,
  exchanged,
  GATEWAY,
  grantRecords,
  introspected,
  openExchange,
  ownToken,
  POLICY,
  subjectTokens,
  typeOf,
} from '../support/exchange.ts';
import { assertRefused, claimsOf, headerOf, tokensOf, userinfo } from '../support/flow.ts';
import { basic, ISSUER } from '../support/op.ts';

const SELF = { sub: 'gateway', client_id: 'gateway' };

describe('RFC 8693 §2: an access token for another', () => {
  it('§2.2.1: the answer, and what introspection says of the token', async () => {
    const op = await openExchange();
    const subject = await subjectTokens(op);
    const before = await grantRecords(op);
    const body = await exchanged(op, subject.access_token);
    assertEquals(
      { ...body, access_token: '' },
      {
        access_token: '',
        issued_token_type: typeOf('access_token'),
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'openid profile email read',
      } as unknown as typeof body,
    );
    const told = await introspected(op, body.access_token);
    const alice = await introspected(op, subject.access_token, 'app');
    assertEquals([told['active'], told['client_id'], told['sub'], told['act'], told['aud']], [
      true,
      'gateway',
      alice['sub'],
      SELF,
      [API, ISSUER],
    ]);
    assertEquals(await grantRecords(op), before, 'nothing is stored');
  });

  it('§4.1, §4.3: as a JWT it holds act, client_id, scope, and says how the person signed in', async () => {
    const op = await openExchange({ gateway: { access_token_format: 'jwt' } });
    const subject = await subjectTokens(op);
    const { access_token } = await exchanged(op, subject.access_token, {
      resource: API,
      scope: 'read',
    });
    const claims = claimsOf(access_token);
    assertEquals(headerOf(access_token)['typ'], 'at+jwt');
    assertEquals([claims['act'], claims['client_id'], claims['scope'], claims['aud']], [
      SELF,
      'gateway',
      'read',
      API,
    ]);
    assertEquals(claims['sub'], claimsOf(subject.id_token)['sub']);
    assertEquals(claims['auth_time'], claimsOf(subject.id_token)['auth_time']);
  });

  it('§3: requested_token_type jwt gives a JWT, whatever the client is registered for', async () => {
    const op = await openExchange();
    const subject = await subjectTokens(op);
    const asked = { requested_token_type: typeOf('jwt') };
    const body = await exchanged(op, subject.access_token, asked);
    assertEquals([body.issued_token_type, body.token_type], [typeOf('jwt'), 'Bearer']);
    assertEquals(claimsOf(body.access_token)['client_id'], 'gateway');
    assertEquals((await introspected(op, body.access_token))['active'], true);
  });

  it('§2.1: a subject token may be a JWT, by either name', async () => {
    const op = await openExchange({ app: { access_token_format: 'jwt' } });
    const { access_token } = await subjectTokens(op);
    for (const kind of ['access_token', 'jwt']) {
      await exchanged(op, access_token, { subject_token_type: typeOf(kind) });
    }
  });

  it('§2.1: resource and audience are one list, and may repeat', async () => {
    const op = await openExchange({
      app: { audience: [API, 'backend'] },
      gateway: { audience: [API, 'backend'] },
    });
    const { access_token } = await subjectTokens(op, { audience: 'backend' });
    const asked = { resource: API, audience: 'backend', scope: 'read' };
    const both = await exchanged(op, access_token, asked);
    assertEquals((await introspected(op, both.access_token))['aud'], [API, 'backend']);
    const one = await exchanged(op, access_token, { audience: [API, API], scope: 'read' });
    assertEquals((await introspected(op, one.access_token))['aud'], API);
  });

  it('UserInfo answers for the client that has the token, with the claims of its scopes', async () => {
    const op = await openExchange({ gateway: { subject_type: 'pairwise' } });
    const { access_token, id_token } = await subjectTokens(op);
    const body = await exchanged(op, access_token, { scope: 'openid email', audience: ISSUER });
    const response = await userinfo(op, body.access_token);
    const claims = await response.json() as Record<string, unknown>;
    assertEquals(response.status, 200);
    assertEquals(Object.keys(claims).sort(), ['email', 'email_verified', 'sub']);
    assertFalse(claims['sub'] === claimsOf(id_token)['sub'], 'another sector');
    assertEquals(claims['sub'], (await introspected(op, body.access_token))['sub']);
    const narrow = await exchanged(op, access_token, { resource: API });
    assertEquals(narrow.scope, 'profile email read', 'openid would make it good for UserInfo');
    assertEquals((await userinfo(op, narrow.access_token)).status, 401);
  });

  it('§1: a client’s own token is exchanged, too: then nobody is a person', async () => {
    const op = await openExchange();
    const token = await ownToken(op, 'app', { scope: 'read', resource: API });
    const body = await exchanged(op, token, { requested_token_type: typeOf('jwt') });
    assertEquals(body.scope, 'read');
    const claims = claimsOf(body.access_token);
    assertEquals([claims['sub'], claims['act'], claims['client_id']], ['app', SELF, 'gateway']);
    const told = await introspected(op, body.access_token);
    assertEquals([told['sub'], told['client_id'], told['act']], ['app', 'gateway', SELF]);
  });

  it('RFC 8414 §2: discovery names the grant', async () => {
    const op = await openExchange();
    const response = await op.fetch('/.well-known/openid-configuration');
    const metadata = await response.json() as { grant_types_supported: readonly string[] };
    assert(metadata.grant_types_supported.includes(EXCHANGE_GRANT));
    const bare = await openExchange({
      gateway: { token_exchange_policy: undefined },
      config: { token_exchange_policies: {} },
    });
    const text = await (await bare.fetch('/.well-known/openid-configuration')).text();
    assertFalse(text.includes(EXCHANGE_GRANT), 'nobody may use it');
  });

  it('T150: the log says who acts for whom, and holds no token', async () => {
    const op = await openExchange();
    const { access_token } = await subjectTokens(op);
    const actor_token = await ownToken(op);
    const asked = { actor_token, actor_token_type: typeOf('access_token') };
    const body = await exchanged(op, access_token, asked);
    const lines = op.log.filter((line) => line.includes('"token.exchanged"'));
    assertEquals(lines.length, 1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    const alice = await op.instance.directory.findByUsername('alice');
    assertEquals(
      [line['client_id'], line['subject_client'], line['user'], line['actor_client'], line['kind']],
      ['gateway', 'app', alice?.id, 'gateway', 'delegation'],
    );
    for (const token of [access_token, actor_token, body.access_token]) {
      assertFalse(op.log.some((each) => each.includes(token)));
    }
  });
});

describe('RFC 8693 §1.1: delegation and impersonation', () => {
  it('§4.1: with an actor token, act names the party of that token', async () => {
    const policy = { actors: ['client:worker'] };
    const clients = [{ ...GATEWAY, client_id: 'worker', grant_types: ['client_credentials'] }];
    const op = await openExchange({ policy, clients });
    const { access_token } = await subjectTokens(op);
    const actor = (actor_token: string) => ({
      actor_token,
      actor_token_type: typeOf('access_token'),
    });
    const body = await exchanged(op, access_token, actor(await ownToken(op, 'worker')));
    const told = await introspected(op, body.access_token);
    assertEquals(told['act'], { sub: 'worker', client_id: 'worker' });
    const other = await exchange(op, access_token, actor(await ownToken(op)));
    const { error_description } = await assertRefused(other, 'invalid_request');
    assertEquals(error_description, 'policy does not let this party act');
    await assertRefused(await exchange(op, access_token), 'invalid_request');
  });

  it('a person acts, by the name that the client knows them by', async () => {
    const policy = { actors: ['group:admins'] };
    const op = await openExchange({ policy, gateway: { subject_type: 'pairwise' } });
    const subject = await subjectTokens(op);
    const actor = await subjectTokens(op);
    const body = await exchanged(op, subject.access_token, {
      actor_token: actor.access_token,
      actor_token_type: typeOf('access_token'),
    });
    const told = await introspected(op, body.access_token);
    assertEquals(told['act'], { sub: told['sub'], client_id: 'app' });
    const elsewhere = await introspected(op, body.access_token, 'api');
    assertEquals(elsewhere['act'], { client_id: 'app' }, 'others know the person by other names');
  });

  it('nobody acts in a name that was lent to them', async () => {
    const op = await openExchange({
      policy: { allow: ['impersonation', 'delegation'], actors: ['user:alice'] },
    });
    const { access_token } = await subjectTokens(op);
    const lent = (await exchanged(op, access_token)).access_token;
    const asked = { actor_token: lent, actor_token_type: typeOf('access_token') };
    const body = await assertRefused(await exchange(op, access_token, asked), 'invalid_request');
    assertEquals(body['error_description'], 'actor_token must not be made by exchange');
    const own = { actor_token: access_token, actor_token_type: typeOf('access_token') };
    await exchanged(op, access_token, own);
  });

  it('T074: a person’s token acts only if it was given to the client, or is of those the policy names', async () => {
    const op = await openExchange({
      policy: { subject_audience: [API], actors: ['user:alice'] },
      clients: [{ ...APP, client_id: 'shady', redirect_uris: ['https://shady.example/'] }],
    });
    const { access_token } = await subjectTokens(op);
    const shady = { client_id: 'shady', redirect_uri: 'https://shady.example/', resource: API };
    const foreign = (await subjectTokens(op, shady)).access_token;
    const asked = { actor_token: foreign, actor_token_type: typeOf('access_token') };
    const body = await assertRefused(await exchange(op, access_token, asked), 'invalid_request');
    assertEquals(body['error_description'], 'policy does not let this actor_token be used');
  });

  it('impersonation leaves no trace of the client but its client_id', async () => {
    const op = await openExchange({ policy: { allow: ['impersonation'] } });
    const { access_token } = await subjectTokens(op);
    const told = await introspected(op, (await exchanged(op, access_token)).access_token);
    assertEquals([told['active'], 'act' in told], [true, false]);
    const actor_token = await ownToken(op);
    const asked = { actor_token, actor_token_type: typeOf('access_token') };
    await assertRefused(await exchange(op, access_token, asked), 'invalid_request');
  });

  it('§4.1: those who acted before stay in act, whatever comes after', async () => {
    const chained = (client_id: string, token_exchange_policy: string) => ({
      ...GATEWAY,
      client_id,
      token_exchange_policy,
    });
    const op = await openExchange({
      clients: [chained('second', 'second'), chained('third', 'third')],
      config: {
        token_exchange_policies: {
          gateway: POLICY,
          second: { allow: ['delegation'], subject_clients: ['gateway'] },
          third: { allow: ['impersonation'], subject_clients: ['second'] },
        },
      },
    });
    const { access_token } = await subjectTokens(op);
    const first = await exchanged(op, access_token);
    const second = await exchanged(op, first.access_token, {}, basic('second'));
    const third = await exchanged(op, second.access_token, {}, basic('third'));
    const chain = { sub: 'second', client_id: 'second', act: SELF };
    assertEquals((await introspected(op, second.access_token, 'second'))['act'], chain);
    assertEquals((await introspected(op, third.access_token, 'third'))['act'], chain);
  });

  it('Core §8.1: a client of another sector learns that a person acted, and not by what name', async () => {
    const pairwise = (client_id: string, token_exchange_policy: string, host: string) => ({
      ...GATEWAY,
      client_id,
      token_exchange_policy,
      subject_type: 'pairwise',
      redirect_uris: [`https://${host}/`],
      access_token_format: 'jwt',
    });
    const op = await openExchange({
      clients: [
        pairwise('one', 'one', 'a.example'),
        pairwise('same', 'next', 'a.example'),
        pairwise('other', 'next', 'b.example'),
      ],
      config: {
        token_exchange_policies: {
          gateway: POLICY,
          one: { ...POLICY, actors: ['user:alice'] },
          next: { allow: ['delegation'], subject_clients: ['one'] },
        },
      },
    });
    const { access_token } = await subjectTokens(op);
    const asked = { actor_token: access_token, actor_token_type: typeOf('access_token') };
    const first = await exchanged(op, access_token, asked, basic('one'));
    const { sub, act } = claimsOf(first.access_token);
    assertEquals(act, { sub, client_id: 'app' });
    for (const [client_id, earlier] of [['same', act], ['other', { client_id: 'app' }]] as const) {
      const next = await exchanged(op, first.access_token, {}, basic(client_id));
      const claims = claimsOf(next.access_token);
      assertEquals(claims['act'], { sub: client_id, client_id, act: earlier });
      assertEquals(
        claims['sub'] === sub,
        client_id === 'same',
        'sub is of the sector of its client',
      );
    }
  });

  it('a chain has an end', async () => {
    const op = await openExchange({ policy: { subject_clients: ['app', 'gateway'] } });
    let token = (await subjectTokens(op)).access_token;
    for (let round = 0; round < 10; round += 1) token = (await exchanged(op, token)).access_token;
    const body = await assertRefused(await exchange(op, token), 'invalid_request');
    assertEquals(body['error_description'], 'subject_token was exchanged too often');
    assertEquals((await introspected(op, token))['active'], true);
  });
});

describe('T129: what is said of a token’s descent', () => {
  it('ends before the token is too long to be read, however long names are', async () => {
    const names = [...'abcdef'].map((letter) => letter.repeat(200));
    const resources = [...'123456789'].map((digit) => ({
      resource: `https://api.example/${digit.repeat(490)}`,
      scope: 'read write',
    }));
    const op = await openExchange({
      app: {
        audience: resources.map(({ resource }) => resource),
        requested_audience_mode: 'implicit',
      },
      clients: names.map((client_id) => ({
        ...GATEWAY,
        client_id,
        token_exchange_policy: 'any',
        access_token_format: 'jwt',
      })),
      config: {
        resources,
        token_exchange_policies: {
          gateway: POLICY,
          any: { allow: ['delegation'], subject_clients: ['app', ...names] },
        },
      },
    });
    const { access_token } = await subjectTokens(op, { resource: undefined });
    let [token, made] = [access_token, 0];
    for (; made < names.length; made += 1) {
      const name = names[made] ?? '';
      const response = await exchange(op, token, {}, basic(name));
      if (response.status !== 200) {
        const body = await assertRefused(response, 'invalid_request');
        assertEquals(body['error_description'], 'subject_token was exchanged too often');
        break;
      }
      token = (await tokensOf(response)).access_token;
      assertEquals((await introspected(op, token, name))['active'], true);
    }
    assert(made > 2 && made < names.length, `${made} exchanges`);
  });
});

describe('RFC 8693 §4.4: may_act', () => {
  it('the party it names may act, and nobody else', async () => {
    const op = await openExchange({
      app: { may_act: 'gateway', access_token_format: 'jwt' },
      clients: [{ ...GATEWAY, client_id: 'other' }],
    });
    const { access_token, id_token } = await subjectTokens(op);
    assertEquals([access_token, id_token].map((token) => claimsOf(token)['may_act']), [SELF, SELF]);
    assertEquals((await introspected(op, access_token, 'app'))['may_act'], SELF);
    await exchanged(op, access_token);
    const refused = await exchange(op, access_token, {}, basic('other'));
    const body = await assertRefused(refused, 'invalid_request');
    assertEquals(body['error_description'], 'may_act of subject_token names another party');
  });

  it('it holds for impersonation, too, and for what is made', async () => {
    const op = await openExchange({
      policy: { allow: ['impersonation'], subject_clients: ['app', 'gateway'] },
      app: { may_act: 'gateway' },
      clients: [{ ...GATEWAY, client_id: 'other' }],
    });
    const { access_token } = await subjectTokens(op);
    await assertRefused(await exchange(op, access_token, {}, basic('other')), 'invalid_request');
    const made = (await exchanged(op, access_token)).access_token;
    assertEquals((await introspected(op, made))['may_act'], SELF);
    await assertRefused(await exchange(op, made, {}, basic('other')), 'invalid_request');
    await exchanged(op, made);
  });
});
