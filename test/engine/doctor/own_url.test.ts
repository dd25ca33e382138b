/** The server as others see it: what stands at the issuer's URL, well and badly set up. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { examine } from '../../../src/engine/doctor/examine.ts';
import type { Finding } from '../../../src/engine/doctor/finding.ts';
import { createOutbound } from '../../../src/net/outbound.ts';
import { assertEquals, assertMatch } from '../../support/assert.ts';
import { type Op, openOp } from '../../support/op.ts';
import { TEST_TLS } from '../../support/tls.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What the proxy makes of a request and its answer; by default it does everything right. */
interface Proxy {
  readonly path?: string;
  readonly config?: Record<string, unknown>;
  readonly isPlain?: boolean;
  /** Headers that it adds. */
  readonly adds?: Record<string, string>;
  /** It asks the server without the query. */
  readonly forgetsQuery?: true;
  readonly isOneOfSeveral?: true;
  /** Who it seems to be. */
  readonly peer?: string;
  readonly answers?: (answer: Answer, request: IncomingMessage) => Answer;
}

const CA = { outbound: { ca_file: TEST_TLS.cert } };

/** What the doctor says of the issuer's URL with this proxy at it. */
async function findingsBehind(proxy: Proxy): Promise<readonly Finding[]> {
  const opened = Promise.withResolvers<Op>();
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void opened.promise.then((op) => forward(request, response, proxy, op));
  };
  const server = proxy.isPlain ? createHttpServer(listener) : createServer(TEST_TLS, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const scheme = proxy.isPlain ? 'http' : 'https';
  const { port } = server.address() as AddressInfo;
  const issuer = `${scheme}://localhost:${port}${proxy.path ?? ''}`;
  const op = await openOp({ config: { issuer, ...CA, ...proxy.config } });
  opened.resolve(op);
  try {
    const options = {
      hasRecords: true,
      network: true,
      isServing: true,
      hasNotifier: false,
      trustedProxies: [],
    };
    const engine = op.instance.engine();
    const engines = proxy.isOneOfSeveral === true ? [engine, engine] : [engine];
    const findings = await examine({ ...engine, engines: () => engines }, options);
    return findings.filter(({ check }) => check === 'own_url');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await op.close();
  }
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { adds = {}, forgetsQuery, peer = '127.0.0.1', answers = (answer) => answer }: Proxy,
  op: Op,
): Promise<void> {
  const { host = '' } = request.headers;
  const { url = '' } = request;
  const target = forgetsQuery === true ? url.split('?', 1)[0] : url;
  const made = await op.instance.fetch(
    new Request(`https://${host}${target}`, { headers: { host, ...adds } }),
    { address: peer },
  );
  const headers = new Headers(made.headers);
  headers.set('date', new Date(op.clock.now * 1000).toUTCString());
  const answer = answers({ status: made.status, headers, body: await made.text() }, request);
  response.sendDate = false;
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.end(answer.body);
}

/** One header changed. */
function withHeader(answer: Answer, name: string, value: (old: string) => string): Answer {
  const old = answer.headers.get(name);
  if (old !== null) answer.headers.set(name, value(old));
  return answer;
}

function elsewhere(answer: Answer, status: number, headers: Record<string, string> = {}): Answer {
  return { ...answer, status, headers: new Headers(headers) };
}

const ROWS: readonly {
  readonly name: string;
  readonly proxy: Proxy;
  readonly severity?: string;
  readonly found: RegExp;
  readonly change: RegExp;
}[] = [
  {
    name: 'a redirect',
    proxy: { answers: (a) => elsewhere(a, 301, { location: 'https://www.example/\u00e9' }) },
    found: /redirects to https:\/\/www\.example/,
    change: /set issuer to the address that answers by itself/,
  },
  {
    name: 'a proxy that does not reach the server',
    proxy: { answers: (a) => elsewhere(a, 502) },
    found: /status 502/,
    change: /compare its target with the option listen/,
  },
  {
    name: 'a proxy that hands on other paths',
    proxy: { answers: (a) => elsewhere(a, 404) },
    found: /status 404/,
    change: /every path below the issuer/,
  },
  {
    name: 'another site',
    proxy: { answers: (a) => ({ ...a, body: '<h1>Welcome</h1>' }) },
    found: /no OpenID provider/,
    change: /every path below the issuer/,
  },
  {
    name: 'another provider',
    proxy: { answers: (a) => ({ ...a, body: '{"issuer":"https://other.example\\u001b"}' }) },
    found: /its issuer is https:\/\/other\.example\\u\{1b\}$/,
    change: /another server answers/,
  },
  {
    name: 'a cache that forgets the query',
    proxy: { forgetsQuery: true },
    severity: 'warning',
    found: /not this process that answered/,
    change: /a cache stands before it, or a second server/,
  },
  {
    name: 'a clock that is an hour off',
    proxy: {
      answers: (a) =>
        withHeader(a, 'date', (old) => new Date(Date.parse(old) + 3_600_000).toUTCString()),
    },
    found: /says that it is 2027-01-15T09:00:00Z, and this machine 2027-01-15T08:00:00Z$/,
    change: /NTP/,
  },
  {
    name: 'a proxy that rewrites Location',
    proxy: { answers: (a) => withHeader(a, 'location', (old) => old.replace('https:', 'http:')) },
    found: /^\/account should lead to https:.* and leads to http:/,
    change: /leave Location headers/,
  },
  {
    name: 'a proxy that strips Secure from cookies',
    proxy: { answers: (a) => withHeader(a, 'set-cookie', (old) => old.replace(/; *Secure/i, '')) },
    found: /cookies come without Secure/,
    change: /leave Set-Cookie headers/,
  },
  {
    name: 'a proxy that takes cookies away',
    proxy: {
      answers: (a) => {
        a.headers.delete('set-cookie');
        return a;
      },
    },
    found: /\/login sets no cookie/,
    change: /leave Set-Cookie headers/,
  },
  {
    name: 'a proxy that nobody trusts',
    proxy: { adds: { 'x-forwarded-for': '192.0.2.1' }, peer: '10.0.0.2' },
    severity: 'warning',
    found: /come through 10\.0\.0\.2, which is not among trusted_proxies/,
    change: /trusted_proxies: \[ 10\.0\.0\.2 \]/,
  },
  {
    name: 'an issuer with a path whose metadata at the root is missed',
    proxy: {
      path: '/auth',
      answers: (a, { url = '' }) => url.startsWith('/auth/') ? a : elsewhere(a, 404),
    },
    severity: 'warning',
    found: /^\/\.well-known\/oauth-authorization-server\/auth does not lead here/,
    change: /hand on \/\.well-known\/oauth-authorization-server\/auth/,
  },
  {
    name: 'a certificate of nobody',
    proxy: { config: { outbound: {} } },
    found: /vouches for its certificate/,
    change: /outbound\.ca_file/,
  },
];

describe('doctor: the server’s own URL', () => {
  for (
    const [name, proxy] of [
      ['a proxy that does everything right', {}],
      ['http on loopback', { isPlain: true }],
      ['an issuer with a path', { path: '/auth' }],
    ] as const
  ) {
    it(`finds nothing wrong with ${name}`, async () => {
      assertEquals(await findingsBehind(proxy), []);
    });
  }

  for (const { name, proxy, severity = 'error', found, change } of ROWS) {
    it(`finds ${name}`, async () => {
      const [finding, ...more] = await findingsBehind(proxy);
      assertMatch(finding?.found ?? 'nothing', found);
      assertMatch(finding?.change ?? '', change);
      assertEquals([finding?.severity, more], [severity, []]);
    });
  }

  it('says that issuers are told apart by the host, where there are several', async () => {
    const answers = (answer: Answer): Answer => elsewhere(answer, 404);
    const [finding] = await findingsBehind({ answers, isOneOfSeveral: true });
    assertMatch(finding?.change ?? '', /with the Host that the browser used, .* trusted_proxies$/);
  });

  it('is told of as hidden when nothing answers there', async () => {
    const op = await openOp({ config: { issuer: 'http://localhost:1' } });
    const options = {
      hasRecords: false,
      network: true,
      isServing: true,
      hasNotifier: false,
      trustedProxies: [],
    };
    const findings = await examine(op.instance.engine(), options);
    assertEquals(findings.map(({ check, severity }) => [check, severity]), [[
      'own_url',
      'warning',
    ]]);
    assertMatch(findings[0]?.found ?? '', /^cannot be reached from this machine: /);
    assertMatch(findings[0]?.change ?? '', /^if a proxy or a DNS name stands before it/);
    const without = await examine(op.instance.engine(), { ...options, network: false });
    assertEquals(without, []);
    await op.close();
  });

  it('T088: askOwn asks the origins of this server’s issuers alone', async () => {
    const asked: string[] = [];
    const outbound = createOutbound({
      now: () => 0,
      ownUrls: ['https://op.example/auth'],
      resolve(hostname) {
        asked.push(hostname);
        return Promise.resolve([]);
      },
    });
    const elsewhere = [
      'https://op.example.evil.example/auth',
      'https://op.example:8443/auth',
      'http://op.example/auth',
      'https://169.254.169.254/',
      'nothing',
    ];
    for (const url of elsewhere) {
      assertEquals(await outbound.askOwn(url), {
        ok: false,
        problem: 'the URL is none of this server',
      });
    }
    assertEquals(asked, []);
    await outbound.askOwn('https://op.example/.well-known/x');
    assertEquals(asked, ['op.example']);
    assertEquals((await createOutbound({ now: () => 0 }).askOwn('https://op.example/')).ok, false);
  });
});
