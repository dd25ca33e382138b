import { describe, it } from 'node:test';
import { assertEquals, assertMatch } from '../support/assert.ts';
import { newProofKey, proofFor } from '../support/dpop.ts';
import { obtainCode, redeem, REDIRECT_URI, tokenRequest, tokensOf } from '../support/flow.ts';
import { basic, CLIENT, ISSUER, type Op } from '../support/op.ts';
import { CERTIFICATE } from '../support/issuer_world.ts';
import { ask, openSurfer, PROXY, traefik, withProxied } from '../support/proxied.ts';

const APP = 'https://app.example';

describe('an access token at a protected host', () => {
  const API = 'https://app.example/api/';
  const CONFIG = {
    resources: [
      { resource: APP, access_token_format: 'jwt' },
      { resource: API },
      { resource: 'https://other.example/' },
      { resource: 'https://other.example/api' },
      { resource: 'https://elsewhere.example/' },
    ],
    clients: [
      { ...CLIENT, grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] },
      { ...CLIENT, client_id: 'robot', grant_types: ['client_credentials'] },
    ],
    access_control: {
      rules: [
        { domain: 'app.example', policy: 'two_factor', resources: '^/admin' },
        { domain: 'app.example', policy: 'one_factor', subject: ['group:staff', 'client:robot'] },
        { domain: 'other.example', policy: 'one_factor' },
        { domain: 'public.example', policy: 'bypass' },
      ],
    },
  };

  async function tokenOf(op: Op, resource: string | undefined): Promise<string> {
    const code = await obtainCode(op, { resource });
    return (await tokensOf(await redeem(op, code, { resource }))).access_token;
  }

  async function ownToken(op: Op, client_id: string, resource: string): Promise<string> {
    const form = { grant_type: 'client_credentials', resource };
    return (await tokensOf(await tokenRequest(op, form, basic(client_id)))).access_token;
  }

  function show(op: Op, url: string, token: string, more: Record<string, string> = {}) {
    return ask(op, url, { authorization: `Bearer ${token}`, ...more });
  }

  function challengeIn(answer: Response): string {
    return answer.headers.get('www-authenticate') ?? '';
  }

  for (const resource of [APP, API]) {
    it(`of a person lets in what its audience ${resource} covers`, () =>
      withProxied(async (op) => {
        const token = await tokenOf(op, resource);
        const answer = await show(op, `${APP}/api/x?y`, token);
        assertEquals(answer.status, 200);
        assertEquals(answer.headers.get('remote-user'), 'alice');
        const outside = await show(op, `${APP}/apiary`, token);
        assertEquals(outside.status, resource === APP ? 200 : 401);
      }, CONFIG));
  }

  it('is refused for whatever it is not meant for, by RFC 6750 §3', () =>
    withProxied(async (op) => {
      const [none, other] = [
        await tokenOf(op, undefined),
        await tokenOf(op, 'https://elsewhere.example/'),
      ];
      for (const token of [none, other, 'ost_at_nonsense', `${other}x`]) {
        const answer = await show(op, `${APP}/`, token);
        assertEquals(answer.status, 401);
        assertMatch(challengeIn(answer), /^Bearer realm="ostiary", error="invalid_token"/);
      }
      const api = await tokenOf(op, API);
      for (const path of ['/api/../x', '/api/%2e%2e/x', '/api%2fx', '/api/..%2fx', '/api;x/y']) {
        assertEquals((await show(op, APP + path, api)).status, 401, path);
      }
    }, CONFIG));

  it('is refused where a path is too long to look for dots in it', () =>
    withProxied(async (op) => {
      const authorization = `Bearer ${await tokenOf(op, 'https://other.example/api')}`;
      const send = (uri: string) => {
        const request = traefik('https://other.example/', { authorization });
        request.headers.set('x-forwarded-uri', uri);
        return op.instance.fetch(request, { address: PROXY });
      };
      assertEquals((await send(`/api/x?${'y'.repeat(3000)}`)).status, 200);
      assertEquals((await send(`/api/${'./'.repeat(1100)}../x`)).status, 401);
    }, CONFIG));

  it('that is malformed is a bad request, by RFC 6750 §3.1', () =>
    withProxied(async (op) => {
      const malformed = await ask(op, `${APP}/`, { authorization: 'Bearer a b' });
      assertEquals(malformed.status, 400);
      assertMatch(challengeIn(malformed), /error="invalid_request"/);
    }, CONFIG));

  it('of a person is asked for a stronger sign-in, by RFC 9470 §3', () =>
    withProxied(async (op) => {
      const answer = await show(op, `${APP}/admin`, await tokenOf(op, APP));
      assertEquals(answer.status, 401);
      assertMatch(
        challengeIn(answer),
        /error="insufficient_user_authentication".*acr_values="two_factor"/,
      );
    }, CONFIG));

  it('that the rules do not let in is told so', () =>
    withProxied(async (op) => {
      const alice = await op.instance.directory.findByUsername('alice');
      const token = await tokenOf(op, APP);
      await op.instance.directory.update(alice?.id ?? '', { groups: [] });
      const answer = await show(op, `${APP}/`, token);
      assertEquals(answer.status, 403);
      assertMatch(challengeIn(answer), /error="insufficient_scope"/);
    }, CONFIG));

  it('of a client that acts for itself counts where a rule names the client, and is nobody’s', () =>
    withProxied(async (op) => {
      const robot = await ownToken(op, 'robot', APP);
      const answer = await show(op, `${APP}/x`, robot);
      assertEquals([answer.status, answer.headers.get('remote-user')], [200, '']);
      assertEquals((await show(op, `${APP}/x`, await ownToken(op, 'app', APP))).status, 403);
      const other = await ownToken(op, 'robot', 'https://other.example/');
      assertEquals((await show(op, 'https://other.example/', other)).status, 403);
      assertEquals((await show(op, `${APP}/admin`, robot)).status, 403);
    }, CONFIG));

  it('is over when it is revoked, or its session has ended', () =>
    withProxied(async (op) => {
      const [token, second] = [await tokenOf(op, APP), await tokenOf(op, APP)];
      assertEquals((await show(op, `${APP}/`, token)).status, 200);
      await op.post('/revoke', { token }, basic('app'));
      assertEquals((await show(op, `${APP}/`, token)).status, 401);
      for await (const { key } of op.store.list(['session'])) {
        await op.store.commit({ remove: [key] });
      }
      assertEquals((await show(op, `${APP}/`, second)).status, 401);
    }, CONFIG));

  it('that is bound to a key needs a proof about this very request, once', () =>
    withProxied(async (op) => {
      const key = await newProofKey();
      const code = await obtainCode(op, { resource: APP });
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        resource: APP,
      };
      const headers = { ...basic('app'), dpop: await proofFor(op, key) };
      const { access_token, token_type } = await tokensOf(await tokenRequest(op, form, headers));
      assertEquals(token_type, 'DPoP');
      const proof = (payload: Record<string, unknown>) =>
        proofFor(op, key, { accessToken: access_token, payload: { htm: 'GET', ...payload } });
      const send = async (dpop: string, method = 'GET') =>
        await ask(op, `${APP}/x?y=1`, {
          authorization: `DPoP ${access_token}`,
          dpop,
          'x-forwarded-method': method,
        });
      const good = await proof({ htu: `${APP}/x` });
      assertEquals((await send(good)).status, 200);
      assertEquals((await send(good)).status, 401);
      for (const htu of [`${ISSUER}/authz/forward-auth`, `${APP}/y`, 'https://other.example/x']) {
        const answer = await send(await proof({ htu }));
        assertEquals(answer.status, 401, htu);
        assertMatch(challengeIn(answer), /^DPoP .*error="invalid_dpop_proof"/);
      }
      assertEquals((await send(await proof({ htu: `${APP}/x` }), 'POST')).status, 401);
      assertEquals((await show(op, `${APP}/x`, access_token)).status, 401);
    }, CONFIG));

  it('of the application’s own does not keep out who is signed in, nor whom nobody asks', () =>
    withProxied(async (op) => {
      const surfer = openSurfer(op);
      await surfer.signIn(`${APP}/`);
      const jar = surfer.cookies.get(APP) ?? new Map<string, string>();
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const answer = await show(op, `${APP}/`, 'own-token', { cookie });
      assertEquals([answer.status, answer.headers.get('remote-user')], [200, 'alice']);
      assertEquals((await show(op, 'https://public.example/', 'own-token')).status, 200);
      const basicAuth = { authorization: 'Basic YWxpY2U6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5' };
      assertEquals((await ask(op, `${APP}/`, basicAuth)).status, 303);
    }, CONFIG));

  it('that is bound to a certificate needs that one, which the proxy passes on', () =>
    withProxied(async (op) => {
      const form = { grant_type: 'client_credentials', resource: APP };
      const headers = { ...basic('robot'), ...CERTIFICATE };
      const response = await op.fetch('/token', {
        method: 'POST',
        headers,
        body: new URLSearchParams(form),
        peer: PROXY,
      });
      const { access_token } = await tokensOf(response);
      assertEquals((await show(op, `${APP}/x`, access_token, CERTIFICATE)).status, 200);
      assertEquals((await show(op, `${APP}/x`, access_token)).status, 401);
    }, {
      ...CONFIG,
      clients: CONFIG.clients.map((client) => ({
        ...client,
        tls_client_certificate_bound_access_tokens: true,
      })),
    }));
});
