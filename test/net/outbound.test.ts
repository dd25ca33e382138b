import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  createOutbound,
  fetchingForPosts,
  type Outbound,
  type OutboundOptions,
} from '../../src/net/outbound.ts';
import { assert, assertEquals, assertMatch, assertStringIncludes } from '../support/assert.ts';
import { TEST_TLS } from '../support/tls.ts';

const JSON_TYPES = { accept: ['application/json', 'application/jwk-set+json'] };
const LOOPBACK = { allow_networks: ['127.0.0.0/8'], ca: TEST_TLS.cert };

interface Served {
  readonly port: number;
  /** `METHOD path host` of each request that came. */
  readonly seen: readonly string[];
}

interface ServedOptions {
  readonly secure?: boolean;
}

async function withServer(
  answer: RequestListener,
  action: (served: Served) => Promise<void>,
  { secure = true }: ServedOptions = {},
): Promise<void> {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.host}`);
    answer(request, response);
  };
  const server = secure ? createServer(TEST_TLS, listener) : createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await action({ port: (server.address() as AddressInfo).port, seen });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function outbound(options: Partial<OutboundOptions> = {}): Outbound {
  return createOutbound({ now: () => Date.now() / 1000, ...options });
}

/** One that answers these, and counts how often it is asked. */
function resolver(...answers: readonly (readonly string[])[]): {
  readonly resolve: (hostname: string) => Promise<readonly string[]>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    resolve(hostname) {
      asked.push(hostname);
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1] ?? []);
    },
  };
}

const ok: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"keys":[]}');
};

async function problemOf(url: string, client: Outbound): Promise<string> {
  const result = await client.fetchJson(url, JSON_TYPES);
  return result.ok ? `no problem: ${JSON.stringify(result.body)}` : result.problem;
}

describe('Outbound: what is fetched', () => {
  it('JSON over https, with the certificate checked against the host name', async () => {
    await withServer(ok, async ({ port, seen }) => {
      const client = outbound(LOOPBACK);
      const result = await client.fetchJson(`https://localhost:${port}/jwks?a=b`, JSON_TYPES);
      assertEquals(result, { ok: true, body: { keys: [] }, contentType: 'application/json' });
      assertEquals(seen, [`GET /jwks?a=b localhost:${port}`]);
      assertEquals(
        await client.fetchText(`https://127.0.0.1:${port}/`, JSON_TYPES),
        { ok: true, body: '{"keys":[]}', contentType: 'application/json' },
      );
    });
  });

  it('T089: the connection goes to the very address that was checked, asked for once', async () => {
    await withServer(ok, async ({ port, seen }) => {
      // Whoever resolves a second time would get an address that nobody checked, where nothing listens.
      const rebinding = resolver(['127.0.0.1'], ['127.0.0.2']);
      const client = outbound({ ...LOOPBACK, resolve: rebinding.resolve });
      const result = await client.fetchJson(`https://localhost:${port}/`, JSON_TYPES);
      assert(result.ok);
      assertEquals(rebinding.asked, ['localhost']);
      assertEquals(seen.length, 1);
    });
  });

  it('T089: a name that turns from public to loopback is refused when it does', async () => {
    await withServer(ok, async ({ port, seen }) => {
      let nowSeconds = 0;
      // The first address is public, and unreachable from here at port 1 of a discarding host or at once.
      const rebinding = resolver(['127.0.0.3'], ['127.0.0.1']);
      const client = outbound({
        ca: TEST_TLS.cert,
        allow_networks: ['127.0.0.3/32'],
        resolve: rebinding.resolve,
        now: () => nowSeconds,
      });
      const url = `https://localhost:${port}/`;
      assertMatch(await problemOf(url, client), /request failed/);
      nowSeconds = 60;
      assertMatch(await problemOf(url, client), /special use: 127\.0\.0\.1/);
      assertEquals([rebinding.asked.length, seen.length], [2, 0]);
    });
  });

  it('T088: a certificate of another name, or of nobody, is refused', async () => {
    await withServer(ok, async ({ port, seen }) => {
      const { resolve } = resolver(['127.0.0.1']);
      const other = outbound({ ...LOOPBACK, resolve });
      assertMatch(await problemOf(`https://other.example:${port}/`, other), /request failed/);
      const { ca: _, ...withoutCa } = LOOPBACK;
      const unknown = outbound({ ...withoutCa, resolve });
      assertMatch(await problemOf(`https://localhost:${port}/`, unknown), /request failed/);
      assertEquals(seen, []);
    });
  });
});

describe('T088: what is refused before anything is sent', () => {
  const answers: readonly { name: string; addresses: readonly string[]; problem?: RegExp }[] = [
    { name: 'loopback', addresses: ['127.0.0.1'] },
    { name: 'IPv6 loopback', addresses: ['::1'] },
    { name: 'link-local, where clouds keep credentials', addresses: ['169.254.169.254'] },
    { name: 'IPv6 link-local with a zone', addresses: ['fe80::1%lo'] },
    { name: 'mapped loopback', addresses: ['::ffff:127.0.0.1'] },
    { name: 'mapped loopback in hexadecimal', addresses: ['::ffff:7f00:1'] },
    { name: 'compatible loopback', addresses: ['::127.0.0.1'] },
    { name: 'NAT64 loopback', addresses: ['64:ff9b::7f00:1'] },
    { name: '6to4 loopback', addresses: ['2002:7f00:1::1'] },
    { name: 'private', addresses: ['192.168.1.1'] },
    { name: 'unique local', addresses: ['fd00::1'] },
    { name: 'this host', addresses: ['0.0.0.0'] },
    { name: 'public first, loopback second', addresses: ['8.8.8.8', '127.0.0.1'] },
    { name: 'loopback first, public second', addresses: ['127.0.0.1', '8.8.8.8'] },
    { name: 'no address', addresses: [], problem: /no address/ },
    { name: 'what is no address', addresses: ['localhost'], problem: /no address/ },
  ];
  for (const { name, addresses, problem = /special use/ } of answers) {
    it(`T088: a name that resolves to ${name}`, async () => {
      await withServer(ok, async ({ port, seen }) => {
        const client = outbound({ ca: TEST_TLS.cert, resolve: resolver(addresses).resolve });
        assertMatch(await problemOf(`https://localhost:${port}/`, client), problem);
        assertEquals(seen, []);
      });
    });
  }

  const urls: readonly { url: string; problem: RegExp }[] = [
    { url: 'http://public.example/', problem: /not https/ },
    { url: 'ftp://public.example/', problem: /not https/ },
    { url: 'file:///etc/passwd', problem: /not https/ },
    { url: 'data:application/json,{}', problem: /not https/ },
    { url: 'https://user:secret@public.example/', problem: /credentials/ },
    { url: 'https://user@public.example/', problem: /credentials/ },
    { url: 'nowhere', problem: /cannot be read/ },
    { url: `https://public.example/${'a'.repeat(2048)}`, problem: /cannot be read/ },
    { url: 'https://127.0.0.1/', problem: /special use/ },
    { url: 'https://127.1/', problem: /special use: 127\.0\.0\.1/ },
    { url: 'https://2130706433/', problem: /special use: 127\.0\.0\.1/ },
    { url: 'https://0x7f.0.0.1/', problem: /special use: 127\.0\.0\.1/ },
    { url: 'https://0177.0.0.01/', problem: /special use: 127\.0\.0\.1/ },
    { url: 'https://127。0。0。1/', problem: /special use: 127\.0\.0\.1/ },
    { url: 'https://[::1]/', problem: /special use/ },
    { url: 'https://[::ffff:7f00:1]/', problem: /special use: 127\.0\.0\.1/ },
    { url: 'https://[::ffff:10.0.0.1]:8443/', problem: /special use: 10\.0\.0\.1/ },
    { url: 'https://0/', problem: /special use/ },
  ];
  for (const { url, problem } of urls) {
    it(`T088: ${url.slice(0, 40)}`, async () => {
      const { resolve, asked } = resolver(['8.8.8.8']);
      assertMatch(await problemOf(url, outbound({ resolve })), problem);
      assertEquals(asked, []);
    });
  }

  it('T088: localhost by the system’s own resolver', async () => {
    assertMatch(await problemOf('https://localhost:1/', outbound()), /special use/);
  });

  it('T088: http needs allowHttp and an allowed network, both', async () => {
    await withServer(ok, async ({ port, seen }) => {
      const url = `http://localhost:${port}/`;
      const { resolve } = resolver(['127.0.0.1']);
      assertMatch(await problemOf(url, outbound({ ...LOOPBACK, resolve })), /not https/);
      assertMatch(await problemOf(url, outbound({ allowHttp: true, resolve })), /special use/);
      const toPublic = outbound({
        ...LOOPBACK,
        allowHttp: true,
        resolve: resolver(['8.8.8.8']).resolve,
      });
      assertMatch(await problemOf(url, toPublic), /http is for allowed networks/);
      assertEquals(seen, []);
      const both = outbound({ ...LOOPBACK, allowHttp: true, resolve });
      assert((await both.fetchJson(url, JSON_TYPES)).ok);
      assertEquals(seen.length, 1);
    }, { secure: false });
  });
});

describe('T090: what is bounded', () => {
  const answers: readonly { name: string; answer: RequestListener; problem: RegExp }[] = [
    ...[301, 302, 303, 307, 308].map((status) => ({
      name: `a redirect by ${status}`,
      answer: ((_request, response) => {
        response.writeHead(status, { location: '/elsewhere' });
        response.end();
      }) as RequestListener,
      problem: new RegExp(`status ${status}`),
    })),
    {
      name: 'a status of failure',
      answer: (_request, response) => {
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end('{}');
      },
      problem: /status 404/,
    },
    {
      name: 'another media type',
      answer: (_request, response) => {
        response.setHeader('content-type', 'text/html');
        response.end('{}');
      },
      problem: /media type/,
    },
    {
      name: 'no media type',
      answer: (_request, response) => response.end('{}'),
      problem: /media type/,
    },
    {
      name: 'what is not JSON',
      answer: (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end('{');
      },
      problem: /not JSON/,
    },
    {
      name: 'what is not UTF-8',
      answer: (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(Uint8Array.of(0x22, 0xff, 0x22));
      },
      problem: /not UTF-8/,
    },
    {
      name: 'a body that says it is too large',
      answer: (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify('x'.repeat(2000)));
      },
      problem: /too large/,
    },
    {
      name: 'a body without end',
      answer: (_request, response) => {
        response.setHeader('content-type', 'application/json');
        const timer = setInterval(() => response.write('x'.repeat(600)), 1);
        response.on('close', () => clearInterval(timer));
      },
      problem: /too large/,
    },
    {
      name: 'a small body that unpacks to a large one',
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(gzipSync(JSON.stringify('x'.repeat(100_000))));
      },
      problem: /compressed/,
    },
    {
      name: 'a body that breaks off',
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{}', () => setTimeout(() => response.destroy(), 20));
      },
      problem: /broke off|request failed/,
    },
    {
      name: 'a chunked body that breaks off',
      answer: (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{}', () => setTimeout(() => response.destroy(), 20));
      },
      problem: /broke off|request failed/,
    },
    {
      name: 'no answer',
      answer: (request) => {
        request.socket.destroy();
      },
      problem: /request failed/,
    },
  ];
  for (const { name, answer, problem } of answers) {
    it(`T090: ${name} is refused`, async () => {
      await withServer(answer, async ({ port, seen }) => {
        const client = outbound({ ...LOOPBACK, maxBytes: 1000, timeoutSeconds: 20 });
        assertMatch(await problemOf(`https://localhost:${port}/`, client), problem);
        assertEquals(seen, [`GET / localhost:${port}`]);
      });
    });
  }

  const drip: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };

  it('T090: the deadline is for all of it, however steadily bytes come', async () => {
    await withServer(drip, async ({ port }) => {
      const client = outbound({ ...LOOPBACK, timeoutSeconds: 0.3 });
      assertMatch(await problemOf(`https://localhost:${port}/`, client), /in time/);
    });
  });

  it('T090: the deadline is for silent servers and silent resolvers', async () => {
    await withServer(() => {}, async ({ port, seen }) => {
      const client = outbound({ ...LOOPBACK, timeoutSeconds: 0.2 });
      assertMatch(await problemOf(`https://localhost:${port}/`, client), /in time/);
      const resolve = (): Promise<readonly string[]> => new Promise(() => {});
      const nameless = outbound({ ...LOOPBACK, timeoutSeconds: 0.1, resolve });
      assertMatch(await problemOf(`https://localhost:${port}/`, nameless), /resolved in time/);
      assertEquals(seen.length, 1);
    });
  });

  it('T129: a call may ask for less than the cap, never for more', async () => {
    const answer: RequestListener = (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify('x'.repeat(498)));
    };
    await withServer(answer, async ({ port }) => {
      const client = outbound({ ...LOOPBACK, maxBytes: 500 });
      const fetched = (path: string, maxBytes: number): Promise<{ ok: boolean }> =>
        client.fetchJson(`https://localhost:${port}/${path}`, { ...JSON_TYPES, maxBytes });
      assertEquals((await fetched('a', 499)).ok, false);
      assertEquals((await fetched('b', 500)).ok, true);
      const small = outbound({ ...LOOPBACK, maxBytes: 499 });
      const more = { ...JSON_TYPES, maxBytes: 5000 };
      assertEquals((await small.fetchJson(`https://localhost:${port}/c`, more)).ok, false);
    });
  });

  it('T090: so many at once, fewer to one host; the rest wait their turn', async () => {
    let running = 0;
    let most = 0;
    const answer: RequestListener = (request, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        ok(request, response);
      }, 30);
    };
    await withServer(answer, async ({ port, seen }) => {
      const client = outbound({ ...LOOPBACK, timeoutSeconds: 20, maxConcurrent: 3, maxPerHost: 2 });
      const all = [];
      for (const host of ['localhost', '127.0.0.1']) {
        for (let i = 0; i < 6; i++) {
          all.push(client.fetchJson(`https://${host}:${port}/${i}`, JSON_TYPES));
        }
      }
      const results = await Promise.all(all);
      assertEquals(results.filter(({ ok }) => ok).length, 12);
      assertEquals([seen.length, most], [12, 3]);
    });
  });

  it('T090: whoever waits longer than its deadline is refused, and the URL is not blamed for it', async () => {
    let release = (): void => {};
    const answer: RequestListener = (request, response) => {
      release = () => ok(request, response);
    };
    await withServer(answer, async ({ port, seen }) => {
      const options = { ...LOOPBACK, maxConcurrent: 1 };
      const client = outbound({ ...options, timeoutSeconds: 0.5 });
      const first = client.fetchJson(`https://localhost:${port}/first`, JSON_TYPES);
      const waiting = problemOf(`https://localhost:${port}/second`, client);
      assertMatch(await waiting, /too many/);
      assertEquals((await first).ok, false);
      assertEquals(seen.length, 1);
      const again = client.fetchJson(`https://localhost:${port}/second`, JSON_TYPES);
      while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      release();
      assert((await again).ok);
    });
  });

  it('a URL that failed is not asked again for a while; then it is', async () => {
    let nowSeconds = 1000;
    let isBroken = true;
    const answer: RequestListener = (request, response) => {
      if (!isBroken) return ok(request, response);
      response.writeHead(500);
      response.end();
    };
    await withServer(answer, async ({ port, seen }) => {
      const client = outbound({ ...LOOPBACK, now: () => nowSeconds });
      const url = `https://localhost:${port}/`;
      const first = await problemOf(url, client);
      assertStringIncludes(first, 'status 500');
      isBroken = false;
      assertEquals([await problemOf(url, client), seen.length], [first, 1]);
      nowSeconds += 10;
      assert((await client.fetchJson(url, JSON_TYPES)).ok);
      assert((await client.fetchJson(url, JSON_TYPES)).ok);
      assertEquals(seen.length, 3);
      isBroken = true;
      await problemOf(url, client);
      isBroken = false;
      // The clock was set back.
      nowSeconds -= 1000;
      assert((await client.fetchJson(url, JSON_TYPES)).ok);
    });
  });
});

describe('Outbound: what is posted', () => {
  const FORM = { body: 'a=b%C3%A4', contentType: 'application/x-www-form-urlencoded' };

  interface Received {
    readonly method: string | undefined;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }

  /** Takes what is posted, then answers. */
  function taking(received: Received[], answer: RequestListener): RequestListener {
    return (request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (text: string) => body += text);
      request.on('end', () => {
        received.push({ method: request.method, headers: request.headers, body });
        answer(request, response);
      });
    };
  }

  it('goes as it is, with its content type and headers, and the answer’s status is told', async () => {
    for (const status of [200, 204, 400, 503]) {
      const received: Received[] = [];
      const answer = taking(received, (_request, response) => {
        response.writeHead(status);
        response.end(status === 204 ? undefined : '{"error":"invalid_request"}');
      });
      await withServer(answer, async ({ port }) => {
        const url = `https://localhost:${port}/logout?tenant=1`;
        const headers = { authorization: 'Bearer token' };
        assertEquals(await outbound(LOOPBACK).post(url, { ...FORM, headers }), {
          ok: true,
          status,
          body: status === 204 ? '' : '{"error":"invalid_request"}',
        });
        const [only] = received;
        assertEquals([received.length, only?.method, only?.body], [1, 'POST', FORM.body]);
        assertEquals(only?.headers['content-type'], FORM.contentType);
        assertEquals(only?.headers['content-length'], String(FORM.body.length));
        assertEquals(only?.headers['authorization'], 'Bearer token');
      });
    }
  });

  const answers: readonly { name: string; answer: RequestListener; status: number }[] = [
    ...[301, 302, 303, 307, 308].map((status) => ({
      name: `a redirect by ${status} is not followed`,
      answer: ((_request, response) => {
        response.writeHead(status, { location: '/elsewhere' });
        response.end();
      }) as RequestListener,
      status,
    })),
    {
      name: 'a body without end is cut off',
      answer: (_request, response) => {
        const timer = setInterval(() => response.write('x'.repeat(6000)), 1);
        response.on('close', () => clearInterval(timer));
      },
      status: 200,
    },
    {
      name: 'a body that drips is left at the deadline',
      answer: (_request, response) => {
        const timer = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(timer));
      },
      status: 200,
    },
    {
      name: 'a body that breaks off does not matter',
      answer: (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{}', () => setTimeout(() => response.destroy(), 20));
      },
      status: 200,
    },
    {
      name: 'what is packed is not unpacked',
      answer: (_request, response) => {
        response.writeHead(400, { 'content-encoding': 'gzip' });
        response.end(gzipSync(JSON.stringify('x'.repeat(100_000))));
      },
      status: 400,
    },
  ];
  for (const { name, answer, status } of answers) {
    it(`T090: ${name}; the status counts`, async () => {
      await withServer(taking([], answer), async ({ port, seen }) => {
        const client = outbound({ ...LOOPBACK, timeoutSeconds: 1 });
        const result = await client.post(`https://localhost:${port}/`, FORM);
        assert(result.ok);
        assertEquals([result.status, seen.length], [status, 1]);
        assert(result.body.length <= 4096);
      });
    });
  }

  it('T088, T090: special addresses, http, closed connections and silence are refused as elsewhere', async () => {
    const problemOfPost = async (url: string, client: Outbound): Promise<string> => {
      const result = await client.post(url, FORM);
      return result.ok ? `no problem: ${result.status}` : result.problem;
    };
    assertMatch(await problemOfPost('https://localhost:1/', outbound()), /special use/);
    assertMatch(await problemOfPost('http://localhost:1/', outbound(LOOPBACK)), /not https/);
    await withServer((request) => request.socket.destroy(), async ({ port }) => {
      const url = `https://localhost:${port}/`;
      assertMatch(await problemOfPost(url, outbound(LOOPBACK)), /request failed/);
    });
    await withServer(() => {}, async ({ port }) => {
      const client = outbound({ ...LOOPBACK, timeoutSeconds: 0.2 });
      assertMatch(await problemOfPost(`https://localhost:${port}/`, client), /in time/);
    });
  });

  it('T073: what is fetched for it takes none of the slots of what else is fetched', async () => {
    const answer: RequestListener = (request, response) => {
      if (request.url === '/quick') ok(request, response);
    };
    await withServer(answer, async ({ port, seen }) => {
      const client = outbound({ ...LOOPBACK, timeoutSeconds: 20, maxConcurrent: 1, maxPerHost: 1 });
      const apart = fetchingForPosts(client);
      const slow = [
        apart.fetchJson(`https://localhost:${port}/slow`, JSON_TYPES),
        apart.fetchText(`https://localhost:${port}/slower`, JSON_TYPES),
      ];
      while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      assert((await client.fetchJson(`https://localhost:${port}/quick`, JSON_TYPES)).ok);
      assertEquals(slow.length, 2);
    });
  });

  it('T073: servers that never answer what is posted leave the slots of what is fetched free', async () => {
    const answer: RequestListener = (request, response) => {
      if (request.method === 'GET') ok(request, response);
    };
    await withServer(answer, async ({ port, seen }) => {
      const client = outbound({ ...LOOPBACK, timeoutSeconds: 20, maxConcurrent: 1, maxPerHost: 1 });
      const url = `https://localhost:${port}/`;
      const silent = Array.from({ length: 8 }, () => client.post(url, FORM));
      while (seen.length < 8) await new Promise((resolve) => setTimeout(resolve, 5));
      assert((await client.fetchJson(url, JSON_TYPES)).ok);
      assertEquals(silent.length, 8);
    });
  });
});
