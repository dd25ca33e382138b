import { describe, it } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { parseConfig } from '../../src/config/parse.ts';
import { describeMistake } from '../../src/spec/mistake.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { obtainCode, redeem, tokenRequest, tokensOf } from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op } from '../support/op.ts';
import { ask, openSurfer, withProxied } from '../support/proxied.ts';

const APP = 'https://app.example';

describe('the JWT for the application', () => {
  const HEADER = 'x-ostiary-token';
  const CONFIG = {
    resources: [{ resource: APP }],
    clients: [
      { ...CLIENT, grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] },
    ],
    claims_policies: {
      upstream: {
        access_token: ['email', 'groups', 'level'],
        custom_claims: { level: { attribute: 'department' } },
      },
    },
    definitions: { user_attributes: { department: { value_type: 'string' } } },
    forward_auth: { token: { header: 'X-Ostiary-Token', claims_policy: 'upstream' } },
    access_control: {
      rules: [
        { domain: 'app.example', policy: 'one_factor', subject: ['group:staff', 'client:app'] },
        { domain: 'other.example', policy: 'one_factor' },
        { domain: 'public.example', policy: 'bypass' },
      ],
    },
  };
  const withToken = (changes: Record<string, unknown> = {}) => ({
    ...CONFIG,
    forward_auth: { token: { ...CONFIG.forward_auth.token, ...changes } },
  });

  async function verified(op: Op, jwt: string | null, audience: string, alg = 'ES256') {
    const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
    return await jwtVerify(jwt ?? '', createLocalJWKSet(jwks), {
      issuer: ISSUER,
      audience,
      typ: 'at+jwt',
      algorithms: [alg],
      currentDate: new Date(op.clock.now * 1000),
    });
  }

  it('is signed by the issuer for that host, and holds what the policy says', () =>
    withProxied(async (op) => {
      const page = await openSurfer(op).signIn(`${APP}/`);
      const { payload } = await verified(op, page.headers.get(HEADER), APP);
      const { sub, iat, exp, jti, auth_time, ...rest } = payload;
      assertMatch(sub ?? '', /^[0-9a-f-]{36}$/);
      assertEquals([(exp ?? 0) - (iat ?? 0), typeof jti, typeof auth_time], [
        300,
        'string',
        'number',
      ]);
      assertEquals(rest, {
        iss: ISSUER,
        aud: APP,
        client_id: 'forward-auth',
        email: 'alice@alice.example',
        groups: ['staff', 'admins'],
        level: 'doors',
        acr: 'one_factor',
        amr: ['pwd'],
      });
    }, CONFIG));

  it('is the same until it is about to expire, and another for another host', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      const first = (await surfer.signIn(`${APP}/`)).headers.get(HEADER);
      op.clock.now += 199;
      assertEquals((await surfer.get(`${APP}/x`)).headers.get(HEADER), first);
      op.clock.now += 2;
      const second = (await surfer.get(`${APP}/x`)).headers.get(HEADER);
      assert(second !== first);
      const alice = await op.instance.directory.findByUsername('alice');
      op.clock.now += 1;
      await op.instance.directory.update(alice?.id ?? '', { groups: ['staff'] });
      const third = await verified(op, (await surfer.get(`${APP}/x`)).headers.get(HEADER), APP);
      assertEquals(third.payload['groups'], ['staff']);
      const other = (await surfer.get('https://other.example/')).headers.get(HEADER);
      await verified(op, other, 'https://other.example');
    }, CONFIG));

  it('is another as soon as what it tells has changed, or what signed it is gone', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      await surfer.signIn(`${APP}/`);
      const alice = await op.instance.directory.findByUsername('alice');
      const shown = async () =>
        await verified(op, (await surfer.get(`${APP}/x`)).headers.get(HEADER), APP);
      // Within one second.
      for (const groups of [['staff', 'admins'], ['staff'], ['staff', 'others']]) {
        await op.instance.directory.update(alice?.id ?? '', { groups });
        assertEquals((await shown()).payload['groups'], groups);
      }
      for (const department of ['windows', 'roofs']) {
        await op.instance.directory.update(alice?.id ?? '', { attributes: { department } });
        assertEquals((await shown()).payload['level'], department);
      }
      const { keys } = op.instance.engine();
      const { protectedHeader: { kid = '' } } = await shown();
      await keys.rotate('ES256', { isNow: true });
      await keys.remove(kid);
      assert((await shown()).protectedHeader.kid !== kid);
    }, CONFIG));

  it('is empty where nobody comes forward, whatever the request brought', () =>
    withProxied(async (op) => {
      const answer = await ask(op, 'https://public.example/', { [HEADER]: 'forged' });
      assertEquals([answer.status, answer.headers.get(HEADER)], [200, '']);
    }, CONFIG));

  it('is worth nothing at our own endpoints, nor at a protected host', () =>
    withProxied(async (op) => {
      const jwt = (await openSurfer(op).signIn(`${APP}/`)).headers.get(HEADER) ?? '';
      const headers = { authorization: `Bearer ${jwt}` };
      assertEquals((await op.fetch('/userinfo', { headers })).status, 401);
      assertEquals((await ask(op, `${APP}/`, headers)).status, 401);
      const introspected = await op.post('/introspect', { token: jwt }, basic('app'));
      assertEquals(await introspected.json(), { active: false });
    }, CONFIG));

  it('says by which client and with which scope somebody comes with a token', () =>
    withProxied(async (op) => {
      const code = await obtainCode(op, { resource: APP, scope: 'openid email' });
      const { access_token } = await tokensOf(await redeem(op, code, { resource: APP }));
      const person = await ask(op, `${APP}/`, { authorization: `Bearer ${access_token}` });
      const { payload } = await verified(op, person.headers.get(HEADER), APP);
      assertEquals([payload['client_id'], payload['scope']], ['app', 'openid email']);
      const form = { grant_type: 'client_credentials', resource: APP };
      const own = await tokensOf(await tokenRequest(op, form));
      const client = await ask(op, `${APP}/`, { authorization: `Bearer ${own.access_token}` });
      const ofClient = await verified(op, client.headers.get(HEADER), APP);
      assertEquals([ofClient.payload.sub, ofClient.payload['auth_time']], ['app', undefined]);
    }, CONFIG));

  it('has audience, life, algorithm, sub and header as they are configured', () =>
    withProxied(
      async (op) => {
        const surfer = openSurfer(op);
        const read = async (page: { headers: Headers }) => {
          const [, jwt = ''] = /^Bearer (.*)$/.exec(page.headers.get('authorization') ?? '') ?? [];
          return (await verified(op, jwt, 'urn:upstream', 'EdDSA')).payload;
        };
        const app = await read(await surfer.signIn(`${APP}/`));
        const other = await read(await surfer.get('https://other.example/'));
        assert(app.sub !== other.sub);
        assertEquals((app.exp ?? 0) - (app.iat ?? 0), 60);
        assertEquals(app['email'], undefined);
      },
      withToken({
        header: 'Authorization',
        audience: 'urn:upstream',
        lifetime: '60s',
        claims_policy: undefined,
        subject_type: 'pairwise',
        signed_response_alg: 'EdDSA',
      }),
    ));

  const BAD: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ header: 'Remote-User' }, 'begin with X-'],
    [{ header: 'Set-Cookie' }, 'begin with X-'],
    [{ header: 'X-Forwarded-Host' }, 'proxies ask with'],
    [{ header: 'X-A\r\nB' }, 'begin with X-'],
    [{ claims_policy: 'upstraem' }, 'did you mean upstream?'],
    [{ lifetime: '2h' }, 'from 30s to 1h'],
  ];
  for (const [changes, problem] of BAD) {
    it(`is not configured with ${JSON.stringify(changes)}`, () => {
      const parsed = parseConfig({ issuer: ISSUER, ...withToken(changes) });
      assert(!parsed.ok);
      assertStringIncludes(parsed.mistakes.map(describeMistake).join(), problem);
    });
  }
});
