import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { addClient, updateClient } from '../../src/engine/administration/clients.ts';
import { bootstraps, clients } from '../../src/store/collections.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { ISSUER, type Op, openOp } from '../support/op.ts';
import { readFixture } from '../config/authelia/fixture.ts';

const CLI = { kind: 'cli' } as const;
const LIST = (name: string): string =>
  JSON.stringify([{
    client_id: 'listed',
    client_name: name,
    client_secret: 'a secret of the list',
    redirect_uris: ['https://listed.example/'],
  }, {
    client_id: 'other',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://other.example/'],
  }]);

interface Place {
  readonly file: string;
  write(text: string): Promise<void>;
  /** A start on the same store; what the log says of the bootstrap. */
  start(options?: Readonly<Record<string, unknown>>, store?: Store): Promise<Op>;
}

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-bootstrap-'));
  const file = join(directory, 'clients.json');
  const own = openMemoryStore({ now: () => 1_800_000_000 });
  try {
    await work({
      file,
      write: (text) => writeFile(file, text),
      start: (options = {}, store = own) =>
        openOp({
          config: { bootstrap: { file, ...options } },
          store: { ...store, close: () => Promise.resolve() },
          people: false,
        }),
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function nameOf(op: Op, client_id = 'listed'): Promise<string | undefined> {
  return (await clients.get(op.store, ISSUER, client_id))?.value.client_name;
}

function events(op: Op): readonly string[] {
  return op.log.map((line) => JSON.parse(line) as { event: string }).map(({ event }) => event)
    .filter((event) => event.startsWith('bootstrap.'));
}

describe('bootstrap', () => {
  it('brings the file in at the first start, and never again', () =>
    inPlace(async ({ write, start, file }) => {
      await write(LIST('First'));
      const first = await start();
      assertEquals([await nameOf(first), events(first)], ['First', ['bootstrap.done']]);
      await updateClient('listed', { client_name: 'By hand' }, CLI, first.instance.engine());
      await first.close();
      await write(LIST('Second'));
      const second = await start();
      assertEquals([await nameOf(second), events(second)], ['By hand', []]);
      await second.close();
      await rm(file);
      const third = await start();
      assertEquals(await nameOf(third), 'By hand');
      await third.close();
    }));

  it('with override lets the file win at every start, yet clobbers nothing that came otherwise', () =>
    inPlace(async ({ write, start }) => {
      await write(LIST('First'));
      const first = await start({ override: true });
      const engine = first.instance.engine();
      await updateClient('listed', { client_name: 'By hand' }, CLI, engine);
      await addClient(
        'own',
        { redirect_uris: ['https://own.example/'] },
        { kind: 'mint' },
        CLI,
        engine,
      );
      await first.close();
      const [one, ...rest] = JSON.parse(LIST('Second')) as Record<string, unknown>[];
      await write(JSON.stringify([one, ...rest, { ...one, client_id: 'own' }]));
      const second = await start({ override: true });
      assertEquals(await nameOf(second), 'Second');
      assertEquals((await clients.get(second.store, ISSUER, 'own'))?.value.provenance, 'cli');
      assertEquals(events(second), ['bootstrap.conflict', 'bootstrap.done']);
      await second.close();
    }));

  it('a start that was cut off is followed by one that does the rest', () =>
    inPlace(async ({ write, start }) => {
      await write(LIST('First'));
      const store = openMemoryStore({ now: () => 1_800_000_000 });
      let isCut = true;
      const failing: Store = {
        ...store,
        commit(change) {
          const isOther = change.put?.some(({ key }) => key[0] === 'client' && key[2] === 'other');
          if (isCut && isOther) throw new Error('power failure');
          return store.commit(change);
        },
      };
      await assertRejects(() => start({}, failing), Error, 'power failure');
      assertEquals(await bootstraps.get(store, ISSUER), undefined);
      isCut = false;
      const op = await start({}, failing);
      assertEquals(await nameOf(op), 'First');
      assert(await clients.get(store, ISSUER, 'other') !== undefined);
      assert(await bootstraps.get(store, ISSUER) !== undefined);
      await op.close();
    }));

  it('stops the start when there is no such file', () =>
    inPlace(async ({ start, file }) => {
      await assertRejects(() => start(), TypeError, file);
    }));

  it('takes an Authelia configuration with its people, and says what it lost', () =>
    inPlace(async ({ write, start, file }) => {
      const { text, users } = await readFixture();
      await write(text);
      const people = `${file}.users.yml`;
      await writeFile(people, users);
      const op = await start({ users: people });
      assert(await op.instance.directory.findByUsername('bob') !== undefined);
      assertEquals((await clients.get(op.store, ISSUER, 'post'))?.value.provenance, 'import');
      assert(op.instance.engine().keys.describe().some(({ kid }) => kid === 'main'));
      const told = new Set(events(op));
      const { settings } = op.instance.engine();
      assert(settings.authorization_policies.size > 0 && settings.custom_lifespans.size > 0);
      for (const event of ['bootstrap.dropped', 'bootstrap.conflict']) {
        assert(told.has(event), event);
      }
      assertEquals(op.log.filter((line) => /a_secret_of|insecure_secret/.test(line)), []);
      await op.close();
    }));
});
