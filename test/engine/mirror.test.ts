import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { mirrorFile } from '../../src/engine/mirror.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { AuditRecord, GrantRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { obtainCode, REDIRECT_URI, tokensOf } from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

const FILE = { issuer: ISSUER, storage: { engine: 'memory' } };
const OTHER = {
  client_id: 'other',
  client_secret: '$plaintext$another secret of 32 characters',
  grant_types: ['client_credentials'],
};

async function grantTo(client_id: string, op: Op): Promise<void> {
  const code = await obtainCode(op, { client_id });
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  await tokensOf(await op.post('/token', form, basic(client_id)));
}

async function reload(op: Op, config: Readonly<Record<string, unknown>>): Promise<void> {
  // Records of one moment have no order.
  op.clock.now += 1;
  assertEquals(await op.instance.reload(requireConfig({ ...FILE, ...config })), []);
}

async function audits(store: Store): Promise<readonly (readonly unknown[])[]> {
  const all: AuditRecord[] = [];
  for await (const { value } of store.list<AuditRecord>(['audit'])) all.push(value);
  return all.map(({ actor, action, target, changes }) => [actor.kind, action, target, changes])
    .reverse();
}

async function grantsOf(store: Store): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const { value } of store.list<GrantRecord>(['grant'])) all.push(value.client_id);
  return all;
}

describe('the mirror of the configuration file', () => {
  it('a client that comes, changes or goes leaves a record; that of the first start does not', async () => {
    const op = await openOp();
    await reload(op, { clients: [CLIENT] });
    assertEquals(await audits(op.store), []);
    await reload(op, { clients: [CLIENT, OTHER] });
    await reload(op, { clients: [CLIENT, { ...OTHER, client_name: 'Other' }] });
    const secret = '$plaintext$a new secret of 32 characters';
    await reload(op, {
      clients: [CLIENT, { ...OTHER, client_name: 'Other', client_secret: secret }],
    });
    await reload(op, { clients: [CLIENT] });
    const records = await audits(op.store);
    assertEquals(records.map(([kind, action, target]) => [kind, action, target]), [
      ['file', 'client.created', 'other'],
      ['file', 'client.changed', 'other'],
      ['file', 'client.changed', 'other'],
      ['file', 'client.removed', 'other'],
    ]);
    assertEquals(records[1]?.[3], { client_name: { after: 'Other' } });
    assertEquals(records[2]?.[3], {
      client_secret: { before: '(secret)', after: '(secret)' },
    });
    const stored: unknown[] = [];
    for await (const { value } of op.store.list([])) stored.push(value);
    assert(!JSON.stringify(stored).includes('secret of 32 characters'));
    await op.close();
  });

  it('a client that is gone loses its grants and consents, and others keep theirs', async () => {
    const op = await openOp({ config: { clients: [CLIENT, { ...CLIENT, client_id: 'kept' }] } });
    await grantTo('app', op);
    await grantTo('kept', op);
    assertEquals((await grantsOf(op.store)).toSorted(), ['app', 'kept']);
    await reload(op, { clients: [{ ...CLIENT, client_id: 'kept' }] });
    assertEquals(await grantsOf(op.store), ['kept']);
    await op.close();
  });

  it('what the file was robbed of while no server ran is noticed at the next start', async () => {
    const memory = openMemoryStore({ now: () => 1_800_000_000 });
    const store = { ...memory, close: () => Promise.resolve() };
    const first = await openOp({ store });
    await grantTo('app', first);
    await first.close();
    assertEquals(await grantsOf(store), ['app']);
    const second = await openOp({ store, people: false, config: { clients: [OTHER] } });
    await second.close();
    assertEquals(await grantsOf(store), []);
    const actions = (await audits(store)).map(([, action, target]) => `${action} ${target}`);
    assertEquals(actions.toSorted(), ['client.created other', 'client.removed app']);
  });

  it('clients of the store stay as they are', async () => {
    const op = await openOp();
    const { addClient } = await import('../../src/engine/administration/clients.ts');
    const metadata = { grant_types: ['client_credentials'] };
    const engine = op.instance.engine();
    await addClient('stored', metadata, { kind: 'mint' }, { kind: 'cli' }, engine);
    await reload(op, { clients: [] });
    const left: string[] = [];
    for await (const { key } of op.store.list(['client'])) left.push(key.at(-1) ?? '');
    assertEquals(left, ['stored']);
    await op.close();
  });

  it('an option that the file says otherwise leaves a record', async () => {
    const op = await openOp();
    await reload(op, { clients: [CLIENT], sign_up: 'open' });
    await reload(op, { clients: [CLIENT], sign_up: 'closed' });
    await reload(op, { clients: [CLIENT] });
    assertEquals(await audits(op.store), [
      ['file', 'options.changed', 'sign_up', { sign_up: { after: 'open' } }],
      ['file', 'options.changed', 'sign_up', { sign_up: { before: 'open', after: 'closed' } }],
      ['file', 'options.changed', 'sign_up', { sign_up: { before: 'closed' } }],
    ]);
    await op.close();
  });

  it('what is cut off is done by the next run', async () => {
    const op = await openOp();
    await grantTo('app', op);
    const engine = op.instance.engine();
    const without = { ...engine, settings: { ...engine.settings, clients: new Map() } };
    let commits = 0;
    const dying: Store = {
      ...op.store,
      commit(change) {
        commits += 1;
        if (commits > 1) throw new Error('killed');
        return op.store.commit(change);
      },
    };
    await mirrorFile(new Map(), { ...without, store: dying }).then(
      () => assert(false, 'it was not cut off'),
      (error: Error) => assertEquals(error.message, 'killed'),
    );
    assertEquals(await grantsOf(op.store), []);
    await mirrorFile(new Map(), without);
    const left: string[] = [];
    for await (const { key } of op.store.list(['mirror'])) left.push(key.join(' '));
    assertEquals(left, []);
    await op.close();
  });

  it('a client too long for a record is mirrored by its mark alone', async () => {
    const op = await openOp();
    const redirect_uris = Array.from(
      { length: 40 },
      (_, index) => `https://app.example/${'x'.repeat(1500)}/${index}`,
    );
    await reload(op, { clients: [CLIENT, { ...CLIENT, client_id: 'long', redirect_uris }] });
    await reload(op, { clients: [CLIENT, { ...CLIENT, client_id: 'long' }] });
    const records = await audits(op.store);
    assertEquals(records.map(([, action]) => action), ['client.created', 'client.changed']);
    assert(CLIENT_SECRET.length > 0 && !JSON.stringify(records).includes(CLIENT_SECRET));
    await op.close();
  });
});
