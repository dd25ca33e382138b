import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { openPlace, type Place, SLOW } from '../support/cli.ts';

interface Control {
  readonly url: string;
  readonly token: string;
}

async function served(work: (place: Place, control: Control) => Promise<void>): Promise<void> {
  const place = await openPlace();
  try {
    const server = await place.serve();
    await work(
      place,
      JSON.parse(await readFile(join(place.directory, 'data/control.json'), 'utf8')),
    );
    await server.stop();
  } finally {
    await place.close();
  }
}

/** The status of a command sent by hand; node:http sends any Host and Origin. */
function send(
  { url }: Control,
  headers: Readonly<Record<string, string>>,
  path = '/command',
  method = 'POST',
): Promise<number> {
  const invocation = { positionals: [], flags: {}, files: {}, directory: '/' };
  const body = JSON.stringify({ name: 'user list', invocation });
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, {
      method,
      agent: false,
      headers: { 'content-type': 'application/json', ...headers },
    }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? body : undefined);
  });
}

describe('the way from commands to a running server', () => {
  it('is open to who has the token', SLOW, () =>
    served(async (_place, control) => {
      assertEquals(await send(control, { authorization: `Bearer ${control.token}` }), 200);
    }));

  it('is closed to who does not', SLOW, () =>
    served(async (_place, control) => {
      const { token } = control;
      assertEquals(await send(control, {}), 401);
      for (const authorization of ['Bearer x', `Bearer ${token}x`, `Basic ${token}`, token]) {
        assertEquals(await send(control, { authorization }), 401, authorization);
      }
    }));

  it('is closed to web pages, even with the token', SLOW, () =>
    served(async (_place, control) => {
      const authorization = `Bearer ${control.token}`;
      assertEquals(await send(control, { authorization, origin: 'http://localhost:9091' }), 403);
      assertEquals(await send(control, { authorization, origin: 'null' }), 403);
      assertEquals(await send(control, { authorization, host: 'rebound.example' }), 403);
      const contentType = { 'content-type': 'text/plain' };
      assertEquals(await send(control, { authorization, ...contentType }), 415);
    }));

  it('knows no other paths and methods', SLOW, () =>
    served(async (_place, control) => {
      const headers = { authorization: `Bearer ${control.token}` };
      assertEquals(await send(control, headers, '/'), 404);
      assertEquals(await send(control, headers, '/command', 'GET'), 404);
    }));

  it('has a token of each start’s own', SLOW, async () => {
    const tokens: string[] = [];
    for (let start = 0; start < 2; start++) {
      await served((_place, { token }) => Promise.resolve(void tokens.push(token)));
    }
    assert(tokens[0] !== tokens[1]);
    assert(tokens.every((token) => /^[\w-]{43}$/.test(token)));
  });
});

/** A request by hand, and what the answer holds. */
function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('the administration API of a running server', () => {
  it(
    'opens to the token of the data directory, at the address beside it and at the public one',
    SLOW,
    async () => {
      const place = await openPlace();
      const server = await place.serve();
      const file = join(place.directory, 'data/control.json');
      const control = JSON.parse(await readFile(file, 'utf8')) as Control;
      const authorization = `Bearer ${control.token}`;
      const paths = '/admin/api/v1/health';
      for (const base of [control.url, server.address]) {
        const { status, text } = await ask(base + paths, { authorization });
        assertEquals([status, JSON.parse(text).issuer], [200, server.issuer], base);
        assertEquals((await ask(base + paths, {})).status, 401);
        assertEquals((await ask(base + paths, { authorization: `${authorization}x` })).status, 401);
        const origin = 'http://localhost:9091';
        assert((await ask(base + paths, { authorization, origin })).status >= 401);
        const forwarded = { authorization, 'x-forwarded-for': '127.0.0.1' };
        assertEquals((await ask(base + paths, forwarded)).status, 401);
      }
      const issuer = { authorization, 'ostiary-issuer': server.issuer };
      assertEquals((await ask(control.url + paths, issuer)).status, 200);
      const other = { authorization, 'ostiary-issuer': 'https://other.example' };
      assertEquals((await ask(control.url + paths, other)).status, 404);
      await server.stop();
      await place.close();
    },
  );
});

describe('the administration API of an issuer with a path', () => {
  it('is at the same address', SLOW, async () => {
    const place = await openPlace();
    await place.write('ostiary.yaml', 'issuer: http://localhost:9091/auth\n');
    const server = await place.serve();
    const file = join(place.directory, 'data/control.json');
    const control = JSON.parse(await readFile(file, 'utf8')) as Control;
    const headers = { authorization: `Bearer ${control.token}` };
    const found = await ask(`${control.url}/admin/api/v1/health`, headers);
    assertEquals([found.status, JSON.parse(found.text).issuer], [200, server.issuer]);
    const below = `${server.address}/auth/admin/api/v1/audit?limit=1`;
    assertEquals((await ask(below, headers)).status, 200);
    assertEquals((await ask(`${server.address}/admin/api/v1/health`, headers)).status, 404);
    await server.stop();
    await place.close();
  });
});

describe('a command that finds another than the server at its port', () => {
  it('tells it nothing, and opens the store itself', SLOW, async () => {
    const place = await openPlace();
    const heard: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
    const stranger = createServer(async (incoming, response) => {
      let body = '';
      for await (const chunk of incoming) body += chunk;
      heard.push({ url: incoming.url, headers: incoming.headers, body });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ proof: 'x', kind: 'done', value: {} }));
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    assert(typeof address === 'object' && address !== null);
    const url = `http://127.0.0.1:${address.port}`;
    const token = 'left-by-a-server-that-crashed';
    await writeFile(
      join(place.directory, 'data/control.json'),
      JSON.stringify({ url, token, pid: 1 }),
    );
    const password = 'correct horse battery';
    await place.json(['user', 'add', 'alice', '--password-stdin'], { stdin: password });
    assertEquals(heard.map((each) => each.url?.split('=')[0]), ['/proof?challenge']);
    const all = JSON.stringify(heard);
    assertFalse(all.includes(token) || all.includes(password) || all.includes('alice'));
    const user = await place.json(['user', 'show', 'alice']) as { username: string };
    assertEquals(user.username, 'alice');
    stranger.closeAllConnections();
    await new Promise<void>((resolve) => stranger.close(() => resolve()));
    await place.close();
  });

  it('nor minds what it cannot read', SLOW, async () => {
    const place = await openPlace();
    for (const text of ['', '{', '{}', '{"url":"http://example.com","token":"x"}', 'null']) {
      await writeFile(join(place.directory, 'data/control.json'), text);
      assertEquals((await place.run(['user', 'list'])).code, 0, text);
    }
    await place.close();
  });
});
