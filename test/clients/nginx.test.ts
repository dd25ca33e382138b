import { after, before, describe, it } from 'node:test';
import { Buffer } from 'node:buffer';
import { freePort } from '../../src/cli/free_port.ts';
import { assert, assertEquals, assertMatch } from '../support/assert.ts';
import { formAction, has, hiddenFields } from '../support/browser.ts';
import { hasNginx, type Proxied, startNginx, visit, type Visited } from '../support/nginx.ts';
import { basic, CLIENT, PASSWORD } from '../support/op.ts';
import { type RunningOp, startOp } from '../support/running_op.ts';

/** What reached the page behind nginx. */
interface Shown {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function shownIn({ text, status }: Visited): Shown {
  const [, json] = /<pre id="shown">(.*)<\/pre>/.exec(text) ?? [];
  assert(json !== undefined, `${status} ${text.slice(0, 500)}`);
  return JSON.parse(json) as Shown;
}

/** A browser: a jar for each host, redirects, and forms. */
function openJars() {
  const jars = new Map<string, Map<string, string>>();
  const send = async (url: string, body?: string): Promise<Visited & { readonly url: string }> => {
    const { host, origin } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const headers = { accept: 'text/html', ...cookie === '' ? {} : { cookie } };
    const answer = body === undefined
      ? await visit(url, headers)
      : await posted(url, body, headers);
    for (const each of answer.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (each.split(';')[0] ?? '').split(/=(.*)/);
      jar.set(name, value);
    }
    const { location } = answer.headers;
    if (answer.status >= 300 && answer.status < 400 && location !== undefined) {
      return await send(new URL(location, origin).href);
    }
    return { ...answer, url };
  };
  return {
    get: (url: string) => send(url),
    cookies: (host: string) => jars.get(host) ?? new Map<string, string>(),
    async signIn(page: Visited & { readonly url: string }) {
      assert(has({ ...page, url: new URL(page.url), headers: new Headers() }, 'login'), page.text);
      const form = new URLSearchParams([...hiddenFields(page.text)].map((pair) => [...pair]));
      form.set('username', 'alice');
      form.set('password', PASSWORD);
      return await send(new URL(formAction(page.text), page.url).href, form.toString());
    },
  };
}

async function posted(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Visited> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      ...headers,
      'origin': new URL(url).origin,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body,
  });
  const { status } = response;
  const own = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  return { status, headers: { ...own, 'set-cookie': cookies }, text: await response.text() };
}

describe(
  'a page behind a real nginx',
  { skip: hasNginx.has ? false : hasNginx.gap, timeout: 60_000 },
  () => {
    let op: RunningOp;
    let nginx: Proxied;

    before(async () => {
      const port = await freePort('127.0.0.1');
      op = await startOp({
        trusted_proxies: ['127.0.0.1'],
        clients: [CLIENT, {
          ...CLIENT,
          client_id: 'robot',
          grant_types: ['client_credentials'],
          audience: [`http://app.localhost:${port}`],
        }],
        forward_auth: { token: { header: 'X-Ostiary-Token' } },
        dpop_nonce: 'required',
        access_control: {
          rules: [
            { domain: 'public.example', policy: 'bypass' },
            { domain: 'app.localhost', policy: 'bypass', resources: '^/public/' },
            { domain: 'app.localhost', policy: 'two_factor', resources: '^/admin' },
            {
              domain: 'app.localhost',
              policy: 'one_factor',
              subject: 'client:robot',
              methods: 'DELETE',
            },
            { domain: ['app.localhost', 'other.localhost'], policy: 'one_factor' },
          ],
        },
      });
      nginx = await startNginx(port, `${op.issuer.replace('localhost', '127.0.0.1')}/authz`);
    });
    after(async () => {
      await nginx?.close();
      await op?.close();
    });

    it('is there after signing in, with the person in its headers, at the URL that was asked for', async () => {
      const browser = openJars();
      const login = await browser.get(`${nginx.appOrigin}/a%20b/c?x=1&y=%2F`);
      assert(login.url.startsWith(`${op.issuer}/login?host_request=`), login.url);
      const shown = shownIn(await browser.signIn(login));
      assertEquals(shown.url, '/a%20b/c?x=1&y=%2F');
      assertEquals(shown.headers['remote-user'], 'alice');
      assertEquals(shown.headers['remote-groups'], 'staff,admins');
      assertEquals(shown.headers['remote-name'], 'Alice Example');
      assertEquals(shown.headers['remote-email'], 'alice@alice.example');
      const [, payload = ''] = shown.headers['x-ostiary-token']?.split('.') ?? [];
      const { aud, acr } = JSON.parse(Buffer.from(payload, 'base64url').toString());
      assertEquals([aud, acr], [nginx.appOrigin, 'one_factor']);
      const other = shownIn(await browser.get(`${nginx.otherOrigin}/`));
      assertEquals(other.headers['remote-user'], 'alice');
      for (const name of browser.cookies(new URL(nginx.appOrigin).host).keys()) {
        assertMatch(name, /^ostiary_host/);
      }
    });

    it('is told who comes, and nobody else is', async () => {
      const browser = openJars();
      await browser.signIn(await browser.get(`${nginx.appOrigin}/`));
      const jar = browser.cookies(new URL(nginx.appOrigin).host);
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      for (const path of ['/', '//.ostiary/x', '/x/../.ostiary/x', '/.ostiary/x']) {
        const answer = await visit(`${nginx.appOrigin}${path}`, { cookie });
        assertEquals(answer.headers['x-ostiary-token'], undefined, path);
      }
    });

    it('gets names of any script, and nothing of an outsider’s by the name of a header', async () => {
      const { directory } = op.instance;
      const alice = await directory.findByUsername('alice');
      await directory.update(alice?.id ?? '', { claims: { name: 'Ælfgifu 門番' } });
      const browser = openJars();
      await browser.signIn(await browser.get(`${nginx.otherOrigin}/`));
      const jar = browser.cookies(new URL(nginx.otherOrigin).host);
      const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
      const forged = { 'Remote_User': 'admin', 'REMOTE-NAME': 'admin', 'remote-user': 'admin' };
      const { headers } = shownIn(await visit(`${nginx.otherOrigin}/`, { cookie, ...forged }));
      assertEquals(headers['remote_user'], undefined);
      assertEquals(headers['remote-user'], 'alice');
      assertEquals(Buffer.from(headers['remote-name'] ?? '', 'latin1').toString(), 'Ælfgifu 門番');
    });

    it('answers 401, then leads to sign in, for whoever has no session', async () => {
      const answer = await visit(`${nginx.appOrigin}/x`, { accept: 'text/html' });
      assertEquals(answer.status, 303);
      assertEquals(answer.headers.location, `${nginx.appOrigin}/.ostiary/sign-in?rd=%2Fx`);
    });

    it('leads to sign in whoever sends a form, and answers scripts and programs with 401', async () => {
      const form = await visit(`${nginx.appOrigin}/x`, { accept: 'text/html' }, 'POST');
      assertEquals(form.status, 303);
      assertEquals(form.headers.location, `${nginx.appOrigin}/.ostiary/sign-in?rd=%2Fx&rm=POST`);
      const scripts: readonly Record<string, string>[] = [
        { 'accept': '*/*', 'sec-fetch-mode': 'cors' },
        { 'accept': '*/*', 'x-requested-with': 'XMLHttpRequest' },
        { 'accept': 'application/json' },
        {
          'accept': '*/*',
          'upgrade': 'websocket',
          'connection': 'upgrade',
          'sec-fetch-mode': 'websocket',
        },
      ];
      for (const headers of scripts) {
        const answer = await visit(`${nginx.appOrigin}/x`, headers);
        assertEquals(answer.status, 401);
        assertMatch(String(answer.headers['www-authenticate']), /^Bearer realm="ostiary", DPoP /);
      }
    });

    it('leads to sign in with headers that fit nginx’s buffers, whatever was asked for', async () => {
      for (const path of [`/${'|'.repeat(1023)}`, `/${'x'.repeat(1535)}`, `/${'|'.repeat(2000)}`]) {
        const answer = await visit(`${nginx.appOrigin}${path}`, { accept: 'text/html' });
        assertEquals(answer.status, 303);
        const next = await visit(String(answer.headers.location), { accept: 'text/html' });
        assertEquals(next.status, 303);
        assertEquals((await openJars().get(String(next.headers.location))).status, 200);
      }
    });

    it('never gets a header of an outsider’s making', async () => {
      const forged = {
        'remote-user': 'admin',
        'Remote-Groups': 'admins',
        'remote-name': 'Admin',
        'remote-email': 'admin@example.com',
        'x-ostiary-token': 'forged',
      };
      const shown = shownIn(await visit(`${nginx.appOrigin}/public/x`, forged));
      for (const name of Object.keys(forged)) {
        assertEquals(shown.headers[name.toLowerCase()], undefined, name);
      }
    });

    it('answers programs that show a token which does not count with a challenge', async () => {
      const answer = await visit(`${nginx.appOrigin}/`, { authorization: 'Bearer nonsense' });
      assertEquals(answer.status, 401);
      assertMatch(String(answer.headers['www-authenticate']), /error="invalid_token"/);
      assertMatch(String(answer.headers['dpop-nonce']), /./);
    });

    it('is there for a program with a token for it', async () => {
      const form = { grant_type: 'client_credentials', resource: nginx.appOrigin };
      const response = await fetch(`${op.issuer}/token`, {
        method: 'POST',
        headers: basic('robot'),
        body: new URLSearchParams(form),
      });
      const { access_token } = await response.json() as { access_token: string };
      const headers = { authorization: `Bearer ${access_token}` };
      const shown = shownIn(await visit(`${nginx.appOrigin}/api`, headers, 'DELETE'));
      assertEquals([shown.method, shown.headers['remote-user']], ['DELETE', undefined]);
    });

    it('is asked for two factors where a rule says so', async () => {
      const browser = openJars();
      await browser.signIn(await browser.get(`${nginx.appOrigin}/`));
      const page = await browser.get(`${nginx.appOrigin}/admin/x`);
      assert(page.url.startsWith(`${op.issuer}/login/second-factor?`), page.url);
    });

    it('is closed with the next request after the session has ended', async () => {
      const browser = openJars();
      shownIn(await browser.signIn(await browser.get(`${nginx.appOrigin}/`)));
      const { store } = op.instance;
      for await (const { key } of store.list(['session'])) await store.commit({ remove: [key] });
      const again = await browser.get(`${nginx.appOrigin}/`);
      assert(again.url.startsWith(`${op.issuer}/login?`), again.url);
    });

    it('is not reached by paths that nginx and it could read in two ways', async () => {
      for (const path of ['/public/../admin', '/public/%2e%2e/admin', '/public/..%2fadmin']) {
        assertEquals((await visit(`${nginx.appOrigin}${path}`, {})).status, 403, path);
      }
      for (const path of ['//public/x', '/public/%00', '/public/..%2f']) {
        assert([400, 403].includes((await visit(`${nginx.appOrigin}${path}`, {})).status), path);
      }
    });

    it('is not reached by a request line that names one host and a Host header that names another', async () => {
      // nginx takes the server that the request line names (RFC 9112 §3.2.2), and $http_host is the other.
      const path = `${nginx.appOrigin}/secret`;
      const answer = await visit(nginx.appOrigin, { host: 'public.example' }, 'GET', path);
      assertEquals(answer.status, 303);
      assertEquals(answer.headers.location, `${nginx.appOrigin}/.ostiary/sign-in?rd=%2Fsecret`);
      const gate = `${nginx.appOrigin}/.ostiary/sign-in?rd=%2F`;
      const started = await visit(nginx.appOrigin, { host: 'other.localhost' }, 'GET', gate);
      const page = await openJars().get(String(started.headers.location));
      assertMatch(page.text, /app\.localhost/);
    });

    it('is not reached by hosts of an outsider’s making', async () => {
      const { port } = new URL(nginx.appOrigin);
      const hosts = [
        `app.localhost:${port}, other.localhost`,
        `evil.example:${port}`,
        // One that a rule opens to everybody, and that is no host of this nginx.
        'public.example',
        `user@app.localhost:${port}`,
      ];
      for (const host of hosts) {
        // nginx says nothing at all to hosts that it does not serve.
        const { status } = await visit(`${nginx.appOrigin}/secret`, { host })
          .catch(() => ({ status: 444 }));
        assert([400, 403, 444].includes(status), `${host} ${status}`);
      }
      // This is how nginx writes it, too.
      const other = await visit(`${nginx.appOrigin}/x`, { host: `APP.localhost.:${port}` });
      assertEquals(other.headers.location, `${nginx.appOrigin}/.ostiary/sign-in?rd=%2Fx`);
    });
  },
);
