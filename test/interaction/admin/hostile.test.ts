import { after, before, describe, it } from 'node:test';
import { addClient } from '../../../src/engine/administration/clients.ts';
import { updatePerson } from '../../../src/engine/administration/people.ts';
import { openMemoryStore } from '../../../src/store/memory.ts';
import type { Store } from '../../../src/store/store.ts';
import { clients } from '../../../src/store/collections.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../../support/assert.ts';
import { type ConsoleOp, exampleRows, openConsole } from '../../support/console.ts';
import { CLI, ISSUER } from '../../support/op.ts';

const MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'`';
const TURNED = 'gpj.\u202eexe\u0007\u2066';

describe('the console: hostile values', () => {
  let op: ConsoleOp;
  before(async () => {
    op = await openConsole();
    const engine = op.instance.engine();
    const metadata = {
      client_name: MARKUP + TURNED,
      redirect_uris: ['https://app.example/callback'],
      'client_name#de': MARKUP,
    };
    assertEquals((await addClient('evil', metadata, { kind: 'mint' }, CLI, engine)).kind, 'done');
    const known = { claims: { name: MARKUP }, attributes: { more: MARKUP + 'z'.repeat(10_000) } };
    assertEquals((await updatePerson(op.bob.id, known, CLI, engine)).kind, 'done');
  });
  after(() => op.close());

  it('CWE-79, CWE-117: no value becomes markup, turns the words around, or hides in them', async () => {
    const examples = { ...op.examples, client_id: 'evil' };
    const paths = [
      ...exampleRows(examples).map(({ path }) => path),
      '/admin/people?query=bob',
      `/admin/clients/evil/claims?user=bob&scope=openid+profile`,
    ];
    let seen = 0;
    for (const path of paths) {
      const { text } = await op.admin.get(path);
      assertFalse(/<script|<img src=x|onerror=alert\(1\)>/.test(text), path);
      // In a field to be edited it stands as it is; a browser isolates what is in there.
      const shown = text.replace(/<textarea[^]*?<\/textarea>|value="[^"]*"/g, '');
      assertFalse(shown.includes(TURNED), path);
      if (text.includes('&lt;script&gt;')) seen += 1;
    }
    assert(seen >= 8, `${seen} pages showed it`);
  });

  it('what is asked for is shown as text: in searches, in names that are not there', async () => {
    const query = new URLSearchParams({
      query: MARKUP,
      group: MARKUP,
      actor: MARKUP,
      user: MARKUP,
    });
    for (const path of ['people', 'clients', 'audit', 'grants', 'sessions', 'clients/app/claims']) {
      const { status, text } = await op.admin.get(`/admin/${path}?${query}`);
      assert([200, 404].includes(status), path);
      assertFalse(text.includes('<script'), path);
    }
    for (const path of ['people', 'clients', 'audit']) {
      const { status, text } = await op.admin.get(`/admin/${path}/${encodeURIComponent(MARKUP)}`);
      assertEquals(status, 404, path);
      assertFalse(text.includes('<script'), path);
    }
  });

  it('odd requests get a readable page: cursors, encodings, names of prototypes, repeated fields', async () => {
    const rows: readonly (readonly [path: string, status: number])[] = [
      ['/admin/clients?after=nonsense', 400],
      ['/admin/clients?after=W10', 400],
      ['/admin/clients?query=%FF', 400],
      [`/admin/clients?query=${'a'.repeat(5000)}`, 200],
      ['/admin/clients/%00', 404],
      ['/admin/clients/%E0%A4%A', 404],
      ['/admin/people/__proto__', 404],
      ['/admin/keys/constructor/rotate', 404],
      ['/admin/configuration/__proto__/unset', 404],
      ['/admin/clients/new?kind=constructor', 200],
      ['/admin/audit?after=WyIxIl0', 200],
      ['/admin/nowhere', 404],
      ['/admin/grants?done=__proto__', 200],
      ['/admin/backchannel-requests/__proto__/approve', 404],
    ];
    for (const [path, status] of rows) {
      assertEquals((await op.admin.get(path)).status, status, path);
    }
    const form = await op.admin.get('/admin/clients/new?kind=web');
    const twice = await op.admin.submit(form, { client_id: ['a', 'b'] }, {}, 'name="csrf"');
    assertEquals(twice.status, 400);
    const huge = await op.admin.submit(form, { client_id: 'x'.repeat(300_000) }, {}, 'name="csrf"');
    assertEquals(huge.status, 413);
    const long = await op.admin.submit(
      form,
      { client_id: 'long', client_name: 'n'.repeat(10_000), redirect_uris: 'https://a.example/' },
      {},
      'name="csrf"',
    );
    assertEquals(long.status, 400);
    assertStringIncludes(long.text, 'id="client_name-problem"');
    const odd = { client_id: 'a b\u0000', redirect_uris: 'https://a.example/' };
    const named = await op.admin.submit(form, odd, {}, 'name="csrf"');
    assertEquals(named.status, 400);
    assertStringIncludes(named.text, 'id="client_id-problem"');
  });

  it('a client whose ID is a word of ours, or holds slashes, has its page', async () => {
    const engine = op.instance.engine();
    const metadata = { redirect_uris: ['https://app.example/callback'] };
    for (const client_id of ['new', 'https://app.example/a?b'.replace('?', '='), 'a~b:c@d+e']) {
      await addClient(client_id, metadata, { kind: 'mint' }, CLI, engine);
      const list = await op.admin.get(`/admin/clients?query=${encodeURIComponent(client_id)}`);
      const [, link = ''] = /<span class="name"><a\s+href="([^"]*)"/.exec(list.text) ?? [];
      const page = await op.admin.get(link);
      assertStringIncludes(page.text, 'id="client-id"');
      assertStringIncludes(page.text, `<code id="client-id">${client_id}</code>`);
    }
  });
});

describe('the console: a hundred thousand clients', () => {
  it('a page of the list reads as much as it shows, wherever it is; a search reads a bounded part', async () => {
    const memory = openMemoryStore();
    const read = { clients: 0 };
    const counted: Store = {
      ...memory,
      async *list<T>(prefix: Parameters<Store['list']>[0], options?: Parameters<Store['list']>[1]) {
        for await (const entry of memory.list<T>(prefix as never, options as never)) {
          if (entry.key[0] === 'client') read.clients += 1;
          yield entry;
        }
      },
    } as Store;
    const op = await openConsole({ store: counted });
    try {
      const shop = await clients.get(op.store, ISSUER, 'shop');
      assert(shop !== undefined);
      for (let start = 0; start < 100_000; start += 100) {
        const put = Array.from({ length: 100 }, (_, i) => {
          const client_id = `c${String(start + i).padStart(6, '0')}`;
          return clients.put([ISSUER, client_id], { ...shop.value, client_id });
        });
        await memory.commit({ put });
      }
      let path = '/admin/clients';
      for (let page = 0; page < 4; page += 1) {
        read.clients = 0;
        const { text } = await op.admin.get(path);
        assert(read.clients <= 60, `${read.clients} read for page ${page}`);
        const [, next = ''] = /id="next" href="([^"]*)"/.exec(text) ?? [];
        path = next.replaceAll('&amp;', '&');
      }
      read.clients = 0;
      const whole = await op.admin.get('/admin/clients?query=c099999');
      assertStringIncludes(whole.text, '<code>c099999</code>');
      assert(read.clients <= 2100, `${read.clients} read for a search`);
      read.clients = 0;
      assertEquals((await op.admin.get('/admin')).status, 200);
      assert(read.clients <= 300, `${read.clients} read for the overview`);
    } finally {
      await op.close();
    }
  });
});
