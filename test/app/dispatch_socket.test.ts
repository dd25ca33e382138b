import { describe, it } from 'node:test';
import { dispatcher } from '../../src/app/dispatch.ts';
import { startServer } from '../../src/runtime/serve.ts';
import { assertEquals } from '../support/assert.ts';
import { openRaw } from '../support/raw_http.ts';

const ROOT = 'https://id.example';
const PATH = 'https://id.example/staff';
const OTHER = 'https://other.example';

/** Whose route answers bytes that are sent to a server of this runtime, or the status. */
async function answerTo(lines: readonly string[]): Promise<string> {
  const route = dispatcher(
    [ROOT, PATH, OTHER].map((url) => ({
      url,
      route: () => Promise.resolve(new Response(`[${url}]`)),
    })),
    ['127.0.0.1'],
  );
  const server = await startServer({ fetch: route, host: '127.0.0.1', port: 0 });
  const connection = openRaw(
    server.port,
    `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`,
  );
  const received = await connection.closed();
  await server.close(1);
  const [, url] = /\[([^\]]*)\]/.exec(received) ?? [];
  return url ?? received.slice(9, 12);
}

describe('several issuers on a socket', () => {
  for (
    const [name, lines, expected] of [
      ['a host', ['GET /token HTTP/1.1', 'Host: other.example'], OTHER],
      ['a host in upper case', ['GET /token HTTP/1.1', 'Host: OTHER.example'], OTHER],
      ['a host with its port', ['GET /staff/token HTTP/1.1', 'Host: id.example:443'], PATH],
      ['another port', ['GET /token HTTP/1.1', 'Host: id.example:8443'], '404'],
      ['no path of another host', ['GET /staff HTTP/1.1', 'Host: other.example'], OTHER],
      ['a look-alike', ['GET /staffing HTTP/1.1', 'Host: id.example'], ROOT],
      ['the address', ['GET /staff HTTP/1.1', 'Host: 127.0.0.1'], PATH],
      ['the address, where two have the path', ['GET / HTTP/1.1', 'Host: 127.0.0.1'], '404'],
      ['a probe', ['GET /healthz HTTP/1.1', 'Host: 127.0.0.1'], ROOT],
      ['what the proxy says', [
        'GET /token HTTP/1.1',
        'Host: backend:9091',
        'X-Forwarded-Host: other.example',
      ], OTHER],
      ['what somebody else says through the proxy', [
        'GET /token HTTP/1.1',
        'Host: id.example',
        'X-Forwarded-Host: other.example',
      ], ROOT],
    ] as const
  ) {
    it(name, async () => assertEquals(await answerTo(lines), expected));
  }
});
