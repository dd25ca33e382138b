import { after, before, describe, it } from 'node:test';
import { consoleAddressOf } from '../../../src/interaction/console_path.ts';
import { updatePerson } from '../../../src/engine/administration/people.ts';
import { assert, assertEquals, assertStringIncludes } from '../../support/assert.ts';
import { type Browser, hiddenFields, type Page } from '../../support/browser.ts';
import {
  auditOf,
  codeOf,
  type ConsoleOp,
  exampleRows,
  openConsole,
  signIn,
} from '../../support/console.ts';
import { cookieOf, renamed } from '../../support/issuer_world.ts';
import { openIssuers, PATH, ROOT } from '../../support/issuers.ts';
import { CLI, ISSUER, PASSWORD } from '../../support/op.ts';

let op: ConsoleOp;

/** What a browser is answered at once, by GET and by POST where there is a form. */
async function answers(
  browser: Browser,
  path: string,
  hasForm: boolean,
): Promise<readonly Response[]> {
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
  const headers = { cookie, origin: ISSUER };
  const get = await op.fetch(path, { headers });
  if (!hasForm) return [get];
  const body = new URLSearchParams({ csrf: 'x', client_id: 'made-by-nobody' });
  return [get, await op.fetch(path, { method: 'POST', headers, body })];
}

/** Every page of the table, each as if there were no other. */
async function everywhere(
  browser: Browser,
  judge: (answer: Response, where: string) => void | Promise<void>,
): Promise<void> {
  const rows = exampleRows(op.examples);
  assert(rows.length > 10);
  for (const { page, path } of rows) {
    for (const answer of await answers(browser, path, page.act !== undefined)) {
      await judge(answer, path);
    }
  }
}

function leadsTo(answer: Response, where: string, path: string): void {
  assertEquals(answer.status, 303, where);
  const location = answer.headers.get('location') ?? '';
  assert(location.startsWith(`${ISSUER}${path}`), `${where}: ${location}`);
  assertEquals(new URL(location).searchParams.get('console'), where, where);
}

describe('the console: who comes in, at every page of the table', () => {
  before(async () => {
    op = await openConsole();
  });
  after(() => op.close());

  it('nobody signed in: to the sign-in, and back to the very page', async () => {
    await everywhere(op.browser(), (answer, where) => leadsTo(answer, where, '/login?'));
    const path = '/admin/clients/shop/claims?user=bob&scope=openid+email';
    const page = await signIn(op, op.browser(), 'alice', op.secret, path);
    assertEquals([page.status, page.url.href], [200, `${ISSUER}${path}`]);
  });

  it('no administrator: 403, with the reason, whatever the factors', async () => {
    const bob = op.browser();
    const page = await signIn(op, bob, 'bob');
    assertEquals(page.status, 403);
    assertStringIncludes(page.text, 'id="why"');
    await everywhere(bob, async (answer, where) => {
      assertEquals(answer.status, 403, where);
      assertStringIncludes(await answer.text(), 'not in the group', where);
    });
  });

  it('who is signed in as somebody else, too, changes the account and comes back', async () => {
    const both = op.browser();
    await signIn(op, both, 'alice', op.secret);
    const login = await both.get('/login?switch=yes');
    await both.submit(login, { username: 'bob', password: PASSWORD }, {}, 'id="username"');
    const page = await both.get('/admin/audit');
    assertEquals(page.status, 403);
    const [, link = ''] = /id="other-account" href="([^"]*)"/.exec(page.text) ?? [];
    const choice = await both.get(link.replaceAll('&amp;', '&'));
    const [, sid = ''] = /value="([^"]+)"[^>]*>(?:(?!<button)[^])*?alice/.exec(
      choice.text.slice(choice.text.indexOf('account_session')),
    ) ?? [];
    const there = await both.submit(choice, { account_session: sid }, {}, 'account_session');
    assertEquals([there.status, there.url.pathname], [200, '/admin/audit']);
  });

  it('an administrator at one factor: to the second, and back', async () => {
    const weak = op.browser();
    await signIn(op, weak, 'alice');
    await everywhere(weak, (answer, where) => leadsTo(answer, where, '/login/second-factor?'));
    const page = await weak.get('/admin/clients');
    assertStringIncludes(page.text, 'name="totp"');
    const there = await weak.submit(page, { totp: codeOf(op.secret, op) }, {}, 'name="totp"');
    assertEquals([there.status, there.url.pathname], [200, '/admin/clients']);
  });

  it('an administrator without any second factor is led to add one, and back', async () => {
    const { directory } = op.instance;
    await directory.create({
      username: 'carol',
      password: `quick:${PASSWORD}`,
      groups: ['admins'],
      provenance: 'cli',
    });
    const carol = op.browser();
    const page = await signIn(op, carol, 'carol', undefined, '/admin/audit');
    assertEquals(page.url.pathname, '/login/second-factor');
    const [, link = ''] = /href="([^"]*\/account\/totp\?[^"]*)"/.exec(page.text) ?? [];
    const enrol = await carol.get(link.replaceAll('&amp;', '&'));
    const fields = new Map(hiddenFields(enrol.text));
    assertEquals([enrol.status, fields.get('console')], [200, '/admin/audit']);
  });

  it('whoever leaves the group loses it at the next request, and has it again with the group', async () => {
    const { alice, instance } = op;
    const groups = alice.groups.filter((each) => each !== 'admins');
    await updatePerson(alice.id, { groups }, CLI, instance.engine());
    await everywhere(op.admin, (answer, where) => assertEquals(answer.status, 403, where));
    await updatePerson(alice.id, { groups: alice.groups }, CLI, instance.engine());
    assertEquals((await op.admin.get('/admin')).status, 200);
  });

  it('whoever is disabled, or signed out, loses it at the next request', async () => {
    const other = await openConsole();
    const mine = op;
    op = other;
    try {
      await other.instance.directory.disable(other.alice.id);
      await everywhere(other.admin, (answer, where) => leadsTo(answer, where, '/login?'));
    } finally {
      op = mine;
      await other.close();
    }
  });

  it('every page is there for an administrator at two factors, and is kept by nobody', async () => {
    for (const { path } of exampleRows(op.examples)) {
      const { status, headers } = await op.admin.get(path);
      assertEquals([status, headers.get('cache-control')], [200, 'no-store'], path);
      const policy = headers.get('content-security-policy') ?? '';
      assert(!policy.includes('unsafe') && !policy.includes('script-src'), path);
    }
  });
});

describe('the console: forms', () => {
  before(async () => {
    op = await openConsole();
  });
  after(() => op.close());

  const send = (path: string, body: URLSearchParams, headers: Record<string, string> = {}) =>
    op.admin.post(path, body, headers);

  async function refusesForms(name: string, csrfOf: (page: Page) => string, origin = ISSUER) {
    const records = (await auditOf(op)).length;
    for (const { page, path } of exampleRows(op.examples)) {
      if (page.act === undefined) continue;
      const form = await op.admin.get(path);
      const body = new URLSearchParams(hiddenFields(form.text).map((pair) => [...pair]));
      body.set('csrf', csrfOf(form));
      const answer = await send(path, body, { origin });
      assertEquals(answer.status, 403, `${name}: ${path}`);
    }
    assertEquals((await auditOf(op)).length, records, name);
  }

  it('T106: no form is taken without its token, with that of another page, or from elsewhere', async () => {
    await refusesForms('none', () => '');
    const elsewhere = await op.admin.get('/admin/clients/app/revoke-grants');
    const foreign = new Map(hiddenFields(elsewhere.text)).get('csrf') ?? '';
    assert(foreign !== '');
    await refusesForms('another page', () => foreign);
    const own = (page: Page) => new Map(hiddenFields(page.text)).get('csrf') ?? '';
    await refusesForms('another origin', own, 'https://evil.example');
  });

  it('T106: a token of another session of the same person is not taken', async () => {
    const second = op.browser();
    await signIn(op, second, 'alice', op.secret);
    const form = await second.get('/admin/clients/shop/forget-consents');
    const body = new URLSearchParams(hiddenFields(form.text).map((pair) => [...pair]));
    assertEquals((await send('/admin/clients/shop/forget-consents', body)).status, 403);
  });
});

describe('the console: several issuers', () => {
  it('a session of one issuer opens the console of no other', async () => {
    const issuers = await openIssuers();
    try {
      const browser = issuers.browser(ROOT);
      const login = await browser.get(`${ROOT}/login`);
      await browser.submit(login, { username: 'alice', password: PASSWORD });
      assert(browser.cookies.has(cookieOf('ostiary_session', ROOT)));
      const other = renamed(issuers, browser, ROOT, PATH);
      const page = await other.get(`${PATH}/admin`);
      assertEquals(page.url.pathname, '/staff/login');
      const own = await browser.get(`${ROOT}/admin`);
      assertEquals(own.url.pathname, '/login/second-factor');
    } finally {
      await issuers.close();
    }
  });
});

describe('T001: where a sign-in for the console leads', () => {
  it('is a page of the console, and nowhere else', () => {
    const good = [
      '/admin',
      '/admin/clients',
      '/admin/clients/a%2Fb/edit',
      '/admin/audit?actor=cli',
    ];
    for (const address of good) assertEquals(consoleAddressOf(address), address);
    const bad = [
      '',
      '/account',
      '/admins',
      '//evil.example/admin',
      'https://evil.example/admin',
      '/admin/../login',
      '/admin/%2e%2E/login',
      '/admin/..',
      '/admin//evil.example',
      '/admin\\evil',
      '/admin#x',
      '/admin/\n',
      `/admin/${'a'.repeat(3000)}`,
    ];
    for (const address of bad) assertEquals(consoleAddressOf(address), undefined, address);
  });
});
