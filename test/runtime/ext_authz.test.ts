import { after, before, describe, it } from 'node:test';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';
import { openRaw } from '../support/raw_http.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';
import { keepsPaths } from '../support/runtime_gaps.ts';

let op: RunningOp;

/** A request as Envoy sends it, to the byte. */
async function send(path: string, more: readonly string[] = [], method = 'GET'): Promise<string> {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: app.localhost',
    'X-Forwarded-Proto: http',
    'X-Forwarded-For: 203.0.113.9',
    'Content-Length: 0',
    'Connection: close',
    ...more,
  ];
  const port = Number(new URL(op.issuer).port);
  return await openRaw(port, `${lines.join('\r\n')}\r\n\r\n`).closed();
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

describe('ext-authz on a real socket', () => {
  before(async () => {
    op = await startOp({
      trusted_proxies: ['127.0.0.1'],
      access_control: {
        rules: [
          { domain: 'app.localhost', policy: 'bypass', resources: '^/public/' },
          { domain: 'app.localhost', policy: 'one_factor' },
        ],
      },
    });
  });
  after(() => op.close());

  const ORIGINAL = 'X-Ostiary-Original-Path';

  for (const method of ['GET', 'POST', 'DELETE', 'PROPFIND', 'HEAD']) {
    it(`answers ${method}, as the path it is about was sent`, async () => {
      const prefix = '/authz/ext-authz/';
      const open = await send(`${prefix}/public/x`, [`${ORIGINAL}: /public/x`], method);
      assertEquals(statusOf(open), 200, open);
      assert(/^remote-user: *\r?$/im.test(open), open);
      const closed = await send(`${prefix}/x`, [`${ORIGINAL}: /x`], method);
      assert([303, 401].includes(statusOf(closed)), closed);
      const odd = await send(`${prefix}/public/../x`, [`${ORIGINAL}: /public/../x`], method);
      assertEquals(statusOf(odd), 403, odd);
    });
  }

  it('says yes to no path that leads out of the prefix', async () => {
    for (const out of ['/../../healthz', '/%2e%2e/%2e%2e/healthz', '/../../jwks']) {
      const named = await send(`/authz/ext-authz/${out}`, [`${ORIGINAL}: ${out}`]);
      assert(statusOf(named) >= 300, named.slice(0, 200));
    }
  });

  it('needs no header for the path where the runtime keeps that', async () => {
    const answer = await send('/authz/ext-authz//public/x');
    assertEquals(statusOf(answer), keepsPaths.has ? 200 : 400, answer);
    if (!keepsPaths.has) assertStringIncludes(answer, ORIGINAL);
    const odd = await send('/authz/ext-authz//public/../x');
    assertEquals(statusOf(odd), keepsPaths.has ? 403 : 400, odd);
  });
});
