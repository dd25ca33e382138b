import { describe, it } from 'node:test';
import { pageClients, showClient } from '../../../src/engine/administration/client_views.ts';
import {
  addClient,
  newClientSecret,
  removeClient,
  updateClient,
  type WrittenClient,
} from '../../../src/engine/administration/clients.ts';
import type { Outcome } from '../../../src/engine/administration/outcome.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { audits, clients, grants } from '../../../src/store/collections.ts';
import type { GrantRecord } from '../../../src/store/records.ts';
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from '../../support/assert.ts';
import { CLI, openOp } from '../../support/op.ts';

const MINT = { kind: 'mint' } as const;
const METADATA = { redirect_uris: ['https://app.example/callback'] };

async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const op = await openOp();
  await work(op.instance.engine());
  await op.close();
}

function valueOf<T>(outcome: Outcome<T>): T {
  assert(outcome.kind === 'done', JSON.stringify(outcome));
  return outcome.value;
}

function problemOf(outcome: Outcome<unknown>): string {
  assert(outcome.kind === 'refused', JSON.stringify(outcome));
  return outcome.problem;
}

async function stored(engine: Engine, client_id: string) {
  return (await clients.get(engine.store, engine.settings.issuer, client_id))?.value;
}

describe('a client added by hand', () => {
  it('gets a secret of 256 bits, of which the store keeps a digest', () =>
    withEngine(async (engine) => {
      const { client, client_secret } = valueOf(
        await addClient('new', METADATA, MINT, CLI, engine),
      );
      assert(client_secret !== undefined && /^[\w-]{64}$/.test(client_secret));
      assert(!('client_secret' in client));
      const record = await stored(engine, 'new');
      assert(!JSON.stringify(record).includes(client_secret));
      assert(engine.keys.matchesSecret(client_secret, record?.client_secret ?? ''));
      assertEquals(record?.provenance, 'cli');
    }));

  it('has the defaults of RFC 7591 §2', () =>
    withEngine(async (engine) => {
      const { client } = valueOf(await addClient('new', METADATA, MINT, CLI, engine));
      assertEquals(client.grant_types, ['authorization_code']);
      assertEquals(client.response_types, ['code']);
      assertEquals(client.token_endpoint_auth_method, 'client_secret_basic');
    }));

  it('is added once by twenty at the same time', () =>
    withEngine(async (engine) => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => addClient('new', METADATA, MINT, CLI, engine)),
      );
      assertEquals(outcomes.filter(({ kind }) => kind === 'done').length, 1);
    }));

  it('hears every problem at once', () =>
    withEngine(async (engine) => {
      const metadata = {
        redirect_uris: ['http://app.example/#x'],
        grantTypes: [],
        wibble: 1,
        contacts: 'me',
      };
      const problem = problemOf(await addClient('new', metadata, MINT, CLI, engine));
      for (
        const part of [
          'fragment',
          'grantTypes is not a known option; did you mean grant_types?',
          'wibble',
          'contacts must be a list',
        ]
      ) {
        assertStringIncludes(problem, part);
      }
    }));

  it('cannot ask for scopes or lifespans that there are not', () =>
    withEngine(async (engine) => {
      const metadata = { ...METADATA, scope: 'openid nonsense', lifespan: 'none' };
      const problem = problemOf(await addClient('new', metadata, MINT, CLI, engine));
      assertStringIncludes(problem, 'unknown scope: nonsense');
      assertStringIncludes(problem, 'lifespan must be a name under lifespans.custom');
    }));

  it('cannot take the id of a client of the file', () =>
    withEngine(async (engine) => {
      assertStringIncludes(
        problemOf(await addClient('app', METADATA, MINT, CLI, engine)),
        'defined in the configuration file',
      );
    }));

  it('cannot have an odd id', () =>
    withEngine(async (engine) => {
      for (const id of ['', 'a b', 'a\n', 'ä', 'a"', 'x'.repeat(256), '%41']) {
        assertStringIncludes(
          problemOf(await addClient(id, METADATA, MINT, CLI, engine)),
          'client_id',
        );
      }
    }));

  it('may bring its own secret, which is not repeated to anyone', () =>
    withEngine(async (engine) => {
      const secret = 'sixteen letters!';
      const given = { kind: 'given', secret } as const;
      assertEquals(
        valueOf(await addClient('new', METADATA, given, CLI, engine)).client_secret,
        undefined,
      );
      assert(engine.keys.matchesSecret(secret, (await stored(engine, 'new'))?.client_secret ?? ''));
      for (const bad of ['short', 'no\nline-breaks-in-here', 'ä'.repeat(20), 'x'.repeat(1025)]) {
        problemOf(await addClient('other', METADATA, { kind: 'given', secret: bad }, CLI, engine));
      }
    }));
});

describe('a client changed by hand', () => {
  it('keeps what is not named, and takes null back to its default', () =>
    withEngine(async (engine) => {
      await addClient(
        'new',
        { ...METADATA, client_name: 'New', scope: 'openid' },
        MINT,
        CLI,
        engine,
      );
      const before = await stored(engine, 'new');
      const changes = { scope: null, default_max_age: 60 };
      const { client } = valueOf(await updateClient('new', changes, CLI, engine));
      assertEquals(client.client_name, 'New');
      assertEquals(client.scope, 'openid profile email');
      assertEquals(client.default_max_age, 60);
      assertEquals((await stored(engine, 'new'))?.client_secret, before?.client_secret);
    }));

  it('T045: an expired secret stays so, whatever else changes, and a new one has no end', () =>
    withEngine(async (engine) => {
      valueOf(await addClient('app2', METADATA, MINT, CLI, engine));
      const before = await stored(engine, 'app2');
      assert(before !== undefined);
      const expired = { ...before, client_secret_expires_at: 1 };
      const put = clients.put([engine.settings.issuer, 'app2'], expired);
      await engine.store.commit({ put: [put] });
      valueOf(await updateClient('app2', { client_name: 'Other' }, CLI, engine));
      const after = await stored(engine, 'app2');
      assertEquals(after?.client_secret_expires_at, 1);
      assertEquals(after?.client_secret, before.client_secret);
      valueOf(await newClientSecret('app2', MINT, CLI, engine));
      assertEquals((await stored(engine, 'app2'))?.client_secret_expires_at, undefined);
    }));

  it('loses its secret when it becomes public, and gets a new one when it is no longer', () =>
    withEngine(async (engine) => {
      await addClient('new', METADATA, MINT, CLI, engine);
      const none = { token_endpoint_auth_method: 'none' };
      assertEquals(valueOf(await updateClient('new', none, CLI, engine)).client_secret, undefined);
      assertEquals((await stored(engine, 'new'))?.client_secret, undefined);
      problemOf(await newClientSecret('new', MINT, CLI, engine));
      const basic = { token_endpoint_auth_method: null };
      const { client_secret } = valueOf(await updateClient('new', basic, CLI, engine));
      assert(
        engine.keys.matchesSecret(
          client_secret ?? '',
          (await stored(engine, 'new'))?.client_secret ?? '',
        ),
      );
    }));

  it('cannot be changed into a contradiction, and then stays as it was', () =>
    withEngine(async (engine) => {
      await addClient('new', METADATA, MINT, CLI, engine);
      const before = await stored(engine, 'new');
      problemOf(await updateClient('new', { redirect_uris: [] }, CLI, engine));
      problemOf(await updateClient('new', { client_id: 'other' }, CLI, engine));
      problemOf(await updateClient('new', { client_secret: 'x' }, CLI, engine));
      problemOf(await updateClient('new', { provenance: 'file' }, CLI, engine));
      assertEquals(await stored(engine, 'new'), before);
    }));

  it('loses no change of several at the same time', () =>
    withEngine(async (engine) => {
      await addClient('new', METADATA, MINT, CLI, engine);
      const changes = [{ client_name: 'N' }, { scope: 'openid' }, { default_max_age: 5 }, {
        require_pkce: true,
      }];
      for (
        const outcome of await Promise.all(
          changes.map((each) => updateClient('new', each, CLI, engine)),
        )
      ) {
        valueOf(outcome);
      }
      const record = await stored(engine, 'new');
      assertEquals(
        [record?.client_name, record?.scope, record?.default_max_age, record?.require_pkce],
        ['N', 'openid', 5, true],
      );
    }));

  it('has one secret at a time', () =>
    withEngine(async (engine) => {
      const first: WrittenClient = valueOf(await addClient('new', METADATA, MINT, CLI, engine));
      const second = valueOf(await newClientSecret('new', MINT, CLI, engine));
      assertNotEquals(first.client_secret, second.client_secret);
      const digest = (await stored(engine, 'new'))?.client_secret ?? '';
      assertEquals(engine.keys.matchesSecret(first.client_secret ?? '', digest), false);
      assertEquals(engine.keys.matchesSecret(second.client_secret ?? '', digest), true);
    }));
});

describe('a client removed', () => {
  it('takes its grants with it, so that nobody inherits them', () =>
    withEngine(async (engine) => {
      await addClient('new', METADATA, MINT, CLI, engine);
      const { issuer } = engine.settings;
      const grant = { id: 'g1', client_id: 'new', user: 'u' } as unknown as GrantRecord;
      await engine.store.commit({
        put: [
          grants.put([issuer, 'g1'], grant),
          grants.put([issuer, 'g2'], { ...grant, id: 'g2', client_id: 'app' }),
        ],
      });
      assertEquals(valueOf(await removeClient('new', CLI, engine)), {
        client_id: 'new',
        grants: 1,
      });
      assertEquals(await grants.get(engine.store, issuer, 'g1'), undefined);
      assert(await grants.get(engine.store, issuer, 'g2') !== undefined);
      problemOf(await removeClient('new', CLI, engine));
    }));

  it('of the store stays hidden by one of the file, and can be removed', () =>
    withEngine(async (engine) => {
      await addClient('new', METADATA, MINT, CLI, engine);
      const record = await stored(engine, 'new');
      assert(record !== undefined);
      await engine.store.commit({
        put: [clients.put([engine.settings.issuer, 'app'], { ...record, client_id: 'app' })],
      });
      const { items } = await pageClients({}, { limit: 10 }, engine);
      const listed = items.map((each) => [each.client_id, each.provenance, each.shadowed]);
      assertEquals(listed, [['app', 'file', undefined], ['app', 'cli', true], [
        'new',
        'cli',
        undefined,
      ]]);
      assertEquals(valueOf(await showClient('app', engine)).provenance, 'file');
      assertEquals(valueOf(await removeClient('app', CLI, engine)).client_id, 'app');
      assertStringIncludes(
        problemOf(await removeClient('app', CLI, engine)),
        'defined in the configuration file',
      );
    }));

  it('of the file cannot be', () =>
    withEngine(async (engine) => {
      const attempts = [
        removeClient('app', CLI, engine),
        updateClient('app', { client_name: 'X' }, CLI, engine),
        newClientSecret('app', MINT, CLI, engine),
      ];
      for (const outcome of await Promise.all(attempts)) {
        assertStringIncludes(problemOf(outcome), 'defined in the configuration file');
      }
    }));
});

describe('T144: what is shown of clients', () => {
  it('holds no secret and no digest', () =>
    withEngine(async (engine) => {
      await addClient('new', METADATA, MINT, CLI, engine);
      const shown = JSON.stringify([
        await pageClients({}, { limit: 10 }, engine),
        await showClient('new', engine),
        await showClient('app', engine),
        await updateClient('new', { client_name: 'X' }, CLI, engine),
      ]);
      assert(!shown.includes('client_secret"'), shown);
      assert(!shown.includes('$ostiary$') && !shown.includes('$plaintext$'), shown);
    }));
});

describe('the list of clients', () => {
  it('comes in pages, each of which goes on where the one before ended', () =>
    withEngine(async (engine) => {
      const ids = ['a', 'app', 'b', 'c', 'd'];
      for (const id of ids.filter((each) => each !== 'app')) {
        await addClient(id, METADATA, MINT, CLI, engine);
      }
      const record = await stored(engine, 'a');
      assert(record !== undefined);
      const put = clients.put([engine.settings.issuer, 'app'], { ...record, client_id: 'app' });
      await engine.store.commit({ put: [put] });
      for (const limit of [1, 2, 3, 6, 7]) {
        const seen: string[] = [];
        let after: readonly string[] | undefined;
        do {
          const page = await pageClients({}, { limit, after }, engine);
          assert(page.items.length === limit || page.next === undefined);
          seen.push(...page.items.map(({ client_id, provenance }) => `${provenance} ${client_id}`));
          after = page.next;
        } while (after !== undefined);
        assertEquals(seen, ['file app', ...ids.map((id) => `cli ${id}`)], `pages of ${limit}`);
      }
    }));

  it('goes on though the client that ended a page is gone', () =>
    withEngine(async (engine) => {
      for (const id of ['a', 'b', 'c']) await addClient(id, METADATA, MINT, CLI, engine);
      const { next } = await pageClients({}, { limit: 3 }, engine);
      await removeClient('b', CLI, engine);
      const rest = await pageClients({}, { limit: 3, after: next }, engine);
      assertEquals(rest.items.map(({ client_id }) => client_id), ['c']);
    }));
});

describe('what was done to a client by hand', () => {
  const API = { kind: 'api', client_id: 'robot' } as const;

  async function told(engine: Engine): Promise<readonly unknown[]> {
    const rows: unknown[] = [];
    for await (const { value } of audits.list(engine.store, [])) {
      rows.unshift([value.action, value.target, value.actor, value.changes['client_name']]);
    }
    return rows;
  }

  it('T150: leaves a record of who did it, in the very commit', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    await addClient('new', { ...METADATA, client_name: 'Old' }, MINT, CLI, engine);
    op.clock.now += 1;
    await updateClient('new', { client_name: 'New' }, API, engine);
    op.clock.now += 1;
    const { client_secret } = valueOf(await newClientSecret('new', MINT, API, engine));
    op.clock.now += 1;
    assertEquals((await stored(engine, 'new'))?.provenance, 'cli');
    await removeClient('new', API, engine);
    problemOf(await removeClient('new', API, engine));
    assertEquals(await told(engine), [
      ['client.created', 'new', { kind: 'cli' }, { after: 'Old' }],
      ['client.changed', 'new', API, { before: 'Old', after: 'New' }],
      ['client.changed', 'new', API, undefined],
      ['client.removed', 'new', API, { before: 'New' }],
    ]);
    for await (const { value } of audits.list(engine.store, [])) {
      assert(!JSON.stringify(value).includes(client_secret ?? ''));
      assert(!JSON.stringify(value).includes('$ostiary$'));
    }
    const added = valueOf(await addClient('other', METADATA, MINT, API, engine));
    assertEquals(added.client.provenance, 'api');
    await op.close();
  });

  it('T085: cannot be more than a record of the store holds', () =>
    withEngine(async (engine) => {
      const contacts = Array.from({ length: 300 }, (_, index) => `${index}`.padEnd(190, '\u2020'));
      assertStringIncludes(
        problemOf(await addClient('new', { ...METADATA, contacts }, MINT, CLI, engine)),
        'metadata must be at most 40 KiB in all',
      );
    }));
});
