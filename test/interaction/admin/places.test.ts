import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { describe, it } from 'node:test';
import { listAudits } from '../../../src/engine/administration/audits.ts';
import { enrolTotp, newTotp } from '../../../src/engine/factors/totp.ts';
import { findClient } from '../../../src/engine/clients.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../../support/assert.ts';
import type { Browser } from '../../support/browser.ts';
import { openConsole } from '../../support/console.ts';
import { openIssuers, PATH, ROOT } from '../../support/issuers.ts';
import { ISSUER, openOp, PASSWORD, quickHasher } from '../../support/op.ts';

/** A digest as the file may hold one, which the tests’ hasher takes for that of the password. */
const DIGEST = `$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$${'A'.repeat(43)}`;

/** Signs in to the console with an authenticator app that is added for it. */
async function enterConsole(
  username: string,
  browser: Browser,
  engine: Engine,
  clock: { now: number },
): Promise<void> {
  const user = await engine.directory.findByUsername(username);
  assert(user !== undefined);
  const { sealed, secret } = newTotp(user, engine);
  const code = () => new TOTP({ secret }).generate({ timestamp: clock.now * 1000 });
  assertEquals(await enrolTotp(user, { sealed, code: code(), name: '' }, engine), 'enrolled');
  clock.now += 60;
  const { issuer } = engine.settings;
  const login = await browser.get(`${issuer}/admin`);
  const page = await browser.submit(login, { username, password: PASSWORD });
  const there = await browser.submit(page, { totp: code() }, {}, 'name="totp"');
  assertEquals(there.url.href, `${issuer}/admin`);
}

describe('the console of one issuer of several', () => {
  it('is about that issuer alone, says which, and leads nowhere else', async () => {
    const issuers = await openIssuers();
    try {
      const engine = issuers.engine(PATH);
      const browser = issuers.browser(PATH);
      await enterConsole('alice', browser, engine, issuers.clock);
      const form = await browser.get(`${PATH}/admin/clients/new?kind=browser`);
      assertStringIncludes(form.text, PATH);
      for (const [, href = ''] of form.text.matchAll(/(?:href|action)="(http[^"]*)"/g)) {
        assert(href.startsWith(`${PATH}/`), href);
      }
      const fields = {
        client_id: 'of-staff',
        redirect_uris: 'https://a.example/cb',
        scope: 'openid',
        authorization_policy: 'one_factor',
        token_endpoint_auth_method: 'none',
        'grant_types:authorization_code': 'yes',
        'response_types:code': 'yes',
        'response_modes:query': 'yes',
      };
      const made = await browser.submit(form, fields, {}, 'name="csrf"');
      assertEquals([made.status, made.url.pathname], [200, '/staff/admin/clients/of-staff']);
      assert(await findClient('of-staff', issuers.engine(PATH)) !== undefined);
      assertEquals(await findClient('of-staff', issuers.engine(ROOT)), undefined);
      const actions = async (issuer: string) =>
        (await listAudits({ action: 'client' }, { limit: 9 }, issuers.engine(issuer))).items.length;
      assertEquals([await actions(PATH), await actions(ROOT)], [1, 0]);
    } finally {
      await issuers.close();
    }
  });
});

describe('the console with people in a users file', () => {
  it('writes into the file what it lets be written', async () => {
    await withUsersFile(0o600, async ({ browser, path, file }) => {
      const edit = await browser.get(`${path}/edit`);
      const typed = { name: 'Ben the Second', groups: 'staff' };
      const saved = await browser.submit(edit, typed, {}, 'name="csrf"');
      assertEquals([saved.status, saved.url.href], [200, `${path}?done=person_saved`]);
      assertStringIncludes(await readFile(file, 'utf8'), 'Ben the Second');
      const disable = await browser.get(`${path}/disable`);
      assertStringIncludes((await browser.submit(disable, {}, {}, 'csrf')).text, 'is disabled');
      await writeFile(file, 'users: [');
      const enable = await browser.get(`${path}/enable`);
      assertEquals((await browser.submit(enable, {}, {}, 'csrf')).status, 403);
      const broken = await browser.submit(edit, typed, {}, 'name="csrf"');
      assert([400, 409].includes(broken.status), `${broken.status}`);
      assertStringIncludes(broken.text, 'Ben the Second');
    });
  });

  it('says of a file that nobody may write that people are changed there', async () => {
    await withUsersFile(0o400, async ({ browser, path, file }) => {
      const before = await readFile(file, 'utf8');
      const page = await browser.get(path);
      assertStringIncludes(page.text, 'id="of-file"');
      for (const verb of ['edit', 'disable', 'enable', 'remove', 'reset-link']) {
        assertFalse(page.text.includes(`${path}/${verb}`), verb);
        assertEquals((await browser.get(`${path}/${verb}`)).status, 409, verb);
      }
      assertEquals((await browser.get(`${ISSUER}/admin/people/new`)).status, 409);
      assertFalse((await browser.get(`${ISSUER}/admin/people`)).text.includes('people/new'));
      assertEquals(await readFile(file, 'utf8'), before);
    });
  });
});

interface UsersFile {
  /** Where ada is signed in, an administrator. */
  readonly browser: Browser;
  /** Of ben. */
  readonly path: string;
  readonly file: string;
}

async function withUsersFile(
  mode: number,
  visit: (place: UsersFile) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-console-'));
  const file = join(directory, 'users.yaml');
  const person = (name: string, group: string) =>
    `  ${name}:\n    displayname: ${name}\n    password: '${DIGEST}'\n    groups: [${group}]\n`;
  await writeFile(file, `users:\n${person('ada', 'admins')}${person('ben', 'staff')}`);
  await chmod(file, mode);
  const hasher = {
    ...quickHasher(),
    verify: (password: string, given: string) =>
      Promise.resolve(given === DIGEST && password === PASSWORD),
  };
  const op = await openOp({ config: { users_file: file }, people: false, hasher });
  try {
    const browser = op.browser();
    await enterConsole('ada', browser, op.instance.engine(), op.clock);
    const ben = await op.instance.directory.findByUsername('ben');
    await visit({ browser, path: `${ISSUER}/admin/people/${ben?.id}`, file });
  } finally {
    await op.close();
    await rm(directory, { recursive: true });
  }
}

describe('the overview', () => {
  it('tells what is wrong: messages that are not handed on', async () => {
    const op = await openConsole();
    try {
      assertFalse((await op.admin.get('/admin')).text.includes('not handed on'));
      const { observations } = op.instance.engine();
      observations.saw(ISSUER, { kind: 'notifier', value: 'connection refused' });
      assertStringIncludes((await op.admin.get('/admin')).text, 'not handed on');
      op.clock.now += 60;
      observations.delivered(ISSUER);
      assertFalse((await op.admin.get('/admin')).text.includes('not handed on'));
    } finally {
      await op.close();
    }
  });

  it('the account of an administrator has a link to it, that of others has none', async () => {
    const op = await openConsole();
    try {
      assertStringIncludes((await op.admin.get('/account')).text, 'id="to-console"');
      const bob = op.browser();
      await bob.submit(await bob.get('/login'), { username: 'bob', password: PASSWORD });
      assertFalse((await bob.get('/account')).text.includes('id="to-console"'));
    } finally {
      await op.close();
    }
  });
});
