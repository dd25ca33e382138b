/** RFC 6750: Bearer Token Usage, at our own UserInfo. */
import { describe, it } from 'node:test';
import { assertEquals, assertFalse, assertMatch } from '../support/assert.ts';
import { assertRefused, obtainTokens, userinfo } from '../support/flow.ts';
import { CLIENT, ISSUER, openOp } from '../support/op.ts';
import { SIGNING_ALGS } from '../../src/spec/identifiers.ts';

const DPOP = `DPoP realm="ostiary", algs="${SIGNING_ALGS.join(' ')}"`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('RFC 6750 §2: where a token may be', () => {
  it('§2.1: in the Authorization header, the scheme in any letters, by GET, HEAD and POST', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const headers = { authorization: `${scheme} ${access_token}` };
        const response = await op.fetch('/userinfo', { method, headers });
        assertEquals(response.status, 200, `${scheme} ${method}`);
      }
    }
  });

  it('§2.2: in a form by POST, which may have other parameters', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    assertEquals((await op.post('/userinfo', { access_token, other: 'x' })).status, 200);
  });

  it('§2.2: not in a form of another type, not by another method, not twice', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    const body = `access_token=${access_token}`;
    const post = (headers: Record<string, string>, text: string): Promise<Response> =>
      op.fetch('/userinfo', { method: 'POST', headers, body: text });
    assertEquals((await post({ 'content-type': 'text/plain' }, body)).status, 415);
    const json = JSON.stringify({ access_token });
    assertEquals((await post({ 'content-type': 'application/json' }, json)).status, 415);
    await assertRefused(await post(FORM, `${body}&${body}`), 'invalid_request');
    await assertRefused(await post(FORM, `${body}&access_token=`), 'invalid_request');
    assertEquals((await op.fetch('/userinfo', { method: 'PUT', headers: FORM, body })).status, 405);
  });

  it('§2.3, T079: never in the URL, whatever else is there', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    const headers = { authorization: `Bearer ${access_token}` };
    const path = `/userinfo?x=1&access_token=${access_token}`;
    await assertRefused(await op.fetch(path), 'invalid_request');
    await assertRefused(await op.fetch(path, { headers }), 'invalid_request');
    await assertRefused(await op.fetch(path, { method: 'POST' }), 'invalid_request');
    assertEquals((await op.fetch('/userinfo?x=1', { headers })).status, 200);
  });

  it('§2, T079: in one place only, also when both name the same token', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    const headers = { authorization: `Bearer ${access_token}` };
    await assertRefused(await op.post('/userinfo', { access_token }, headers), 'invalid_request');
    await assertRefused(
      await op.post('/userinfo', { access_token: 'x' }, headers),
      'invalid_request',
    );
  });

  it('§5.3: what it answers is kept by nobody', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op);
    for (const token of [access_token, 'x']) {
      const { headers } = await userinfo(op, token);
      assertEquals([headers.get('cache-control'), headers.get('pragma')], ['no-store', 'no-cache']);
    }
  });
});

describe('RFC 6750 §3: challenges', () => {
  const rows: readonly {
    readonly name: string;
    readonly headers?: Record<string, string>;
    readonly path?: string;
    readonly status: number;
    readonly problem: string;
  }[] = [
    { name: 'no token: the scheme and no error', status: 401, problem: '' },
    {
      name: 'another scheme: the same',
      headers: { authorization: 'Basic YTpi' },
      status: 401,
      problem: '',
    },
    {
      name: 'an unknown token',
      headers: { authorization: 'Bearer ost_at_x' },
      status: 401,
      problem:
        ', error="invalid_token", error_description="access token is unknown, expired or revoked"',
    },
    {
      name: 'a header that is malformed',
      headers: { authorization: 'Bearer a b' },
      status: 400,
      problem:
        ', error="invalid_request", error_description="the Authorization header is malformed"',
    },
    {
      name: 'a scheme without a token',
      headers: { authorization: 'Bearer' },
      status: 400,
      problem:
        ', error="invalid_request", error_description="the Authorization header is malformed"',
    },
    {
      name: 'characters that no token has',
      headers: { authorization: 'Bearer "><script>' },
      status: 400,
      problem:
        ', error="invalid_request", error_description="the Authorization header is malformed"',
    },
    {
      name: 'a token in the URL',
      path: '/userinfo?access_token=x',
      status: 400,
      problem: ', error="invalid_request", error_description="access_token must not be in the URL"',
    },
  ];
  for (const { name, headers = {}, path = '/userinfo', status, problem } of rows) {
    it(name, async () => {
      const op = await openOp();
      const response = await op.fetch(path, { headers });
      assertEquals(response.status, status);
      assertEquals(
        response.headers.get('www-authenticate'),
        `Bearer realm="ostiary"${problem}, ${DPOP}`,
      );
    });
  }

  it('§3.1: insufficient_scope is 403 and names the scope that is needed', async () => {
    const op = await openOp();
    const { access_token } = await obtainTokens(op, { scope: 'profile' });
    const response = await userinfo(op, access_token);
    assertEquals(response.status, 403);
    assertEquals(
      response.headers.get('www-authenticate'),
      'Bearer realm="ostiary", error="insufficient_scope", ' +
        `error_description="scope openid is required", scope="openid", ${DPOP}`,
    );
  });

  it('§3.1: expired and revoked tokens are invalid_token, and told apart by nobody', async () => {
    const op = await openOp({ config: { clients: [CLIENT], issuer: ISSUER } });
    const { access_token, refresh_token } = await obtainTokens(op);
    const challenges = new Set<string | null>();
    for (const token of [refresh_token, `${access_token}x`, 'x'.repeat(5000), 'a.b.c']) {
      const response = await userinfo(op, token);
      challenges.add(response.headers.get('www-authenticate'));
      await assertRefused(response, 'invalid_token', 401);
    }
    op.clock.now += 3600;
    const response = await userinfo(op, access_token);
    challenges.add(response.headers.get('www-authenticate'));
    await assertRefused(response, 'invalid_token', 401);
    assertEquals(challenges.size, 1);
  });

  it('T124: a challenge holds nothing that the request said', async () => {
    const op = await openOp({ config: { client_debug_messages: true } });
    for (const token of ['~evil~', 'ost_at_evil', 'evil.evil.evil']) {
      const challenge = (await userinfo(op, token)).headers.get('www-authenticate') ?? '';
      assertFalse(challenge.includes('evil'), challenge);
      assertMatch(challenge, /^[\x20-\x7e]+$/);
    }
  });
});
