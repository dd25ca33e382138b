import { describe, it } from 'node:test';
import { createPasswordHasher } from '../../../src/accounts/password.ts';
import { readAuthelia } from '../../../src/config/authelia/read.ts';
import { readClientList } from '../../../src/config/client_list.ts';
import { addClient, updateClient } from '../../../src/engine/administration/clients.ts';
import {
  applyImport,
  type ImportOptions,
  type ImportRow,
} from '../../../src/engine/administration/import.ts';
import type { ImportPlan } from '../../../src/engine/administration/import_plan.ts';
import { requireConfig } from '../../../src/config/parse.ts';
import { audits, clients } from '../../../src/store/collections.ts';
import { openMemoryStore } from '../../../src/store/memory.ts';
import type { AuditRecord, StoredClient } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { assert, assertEquals, assertRejects, assertStringIncludes } from '../../support/assert.ts';
import { headerOf } from '../../support/flow.ts';
import { ISSUER, type Op, openOp } from '../../support/op.ts';
import { readFixture } from '../../config/authelia/fixture.ts';

const BY = { kind: 'import' } as const;
const CLI = { kind: 'cli' } as const;

function importInto(
  op: Op,
  plan: ImportPlan,
  options: Partial<ImportOptions> = {},
): Promise<readonly ImportRow[]> {
  return applyImport(plan, {
    by: BY,
    isDry: false,
    engine: () => op.instance.engine(),
    ...options,
  });
}

/** Without the one whose sector is fetched. */
async function fixturePlan(): Promise<ImportPlan> {
  const { text, users } = await readFixture();
  const plan = await readAuthelia(text, { users });
  return { ...plan, clients: plan.clients.filter(({ client_id }) => client_id !== 'pairwise') };
}

async function auditsOf(op: Op): Promise<readonly AuditRecord[]> {
  const all: AuditRecord[] = [];
  for await (const { value } of audits.list(op.store, [])) all.push(value);
  return all;
}

async function storedOf(op: Op, client_id: string): Promise<StoredClient> {
  const entry = await clients.get(op.store, ISSUER, client_id);
  assert(entry !== undefined, client_id);
  return entry.value;
}

async function dumpOf(store: Store): Promise<string> {
  const lines: string[] = [];
  for await (const { key, value } of store.list([])) lines.push(JSON.stringify([key, value]));
  return lines.join('\n');
}

function statesOf(rows: readonly ImportRow[]): Readonly<Record<string, number>> {
  const states: Record<string, number> = {};
  for (const { kind, state } of rows) {
    states[`${kind} ${state}`] = (states[`${kind} ${state}`] ?? 0) + 1;
  }
  return states;
}

const LIST = readClientList(JSON.stringify([
  { client_id: 'one', client_secret: 'a secret of one', redirect_uris: ['https://one.example/'] },
  { client_id: 'two', token_endpoint_auth_method: 'none', redirect_uris: ['https://two.example/'] },
  {
    client_id: 'three',
    client_secret: 'a secret of three',
    token_endpoint_auth_method: 'client_secret_jwt',
    redirect_uris: ['https://three.example/'],
  },
]));

describe('bringing in a plan', () => {
  it('does nothing when it is dry, everything once when it is not, and nothing the second time', async () => {
    const plan = await fixturePlan();
    const op = await openOp({ config: { ...plan.options, listen: undefined, clients: [] } });
    await op.instance.engine().keys.jwksText();
    const before = await dumpOf(op.store);
    const all = { 'key added': 3, 'person added': 2, 'client added': 39 };
    assertEquals(statesOf(await importInto(op, plan, { isDry: true })), all);
    assertEquals(await dumpOf(op.store), before);
    assertEquals(statesOf(await importInto(op, plan)), all);
    const after = await dumpOf(op.store);
    op.clock.now += 100;
    const same = { 'key same': 3, 'person same': 2, 'client same': 39 };
    assertEquals(statesOf(await importInto(op, plan, { isDry: true })), same);
    assertEquals(statesOf(await importInto(op, plan)), same);
    assertEquals(await dumpOf(op.store), after);
    await op.close();
  });

  it('T150: leaves a record of each change, without secrets, by the import', async () => {
    const plan = await fixturePlan();
    const op = await openOp({ config: { ...plan.options, listen: undefined, clients: [] } });
    await importInto(op, plan);
    const records = await auditsOf(op);
    const actions = records.map(({ action }) => action);
    assertEquals(actions.filter((action) => action === 'client.created').length, 39);
    assertEquals(actions.filter((action) => action === 'user.created').length, 2);
    assertEquals(actions.filter((action) => action === 'key.imported').length, 3);
    assertEquals(records.filter(({ actor }) => actor.kind !== 'import'), []);
    const text = JSON.stringify([records, op.log]);
    for (const secret of ['insecure_secret', '$argon2id', '$2a$', 'PRIVATE KEY', '"d":']) {
      assert(!text.includes(secret), secret);
    }
    await op.close();
  });

  it('keeps no secret as it was, but where its uses need it, and then sealed', async () => {
    const op = await openOp();
    assertEquals(statesOf(await importInto(op, LIST)), { 'client added': 3 });
    const [one, two, three] = await Promise.all(
      ['one', 'two', 'three'].map((id) => storedOf(op, id)),
    );
    assertEquals(one?.client_secret?.slice(0, 9), '$ostiary$');
    assertEquals(two?.client_secret, undefined);
    assertEquals(three?.client_secret?.slice(0, 8), '$sealed$');
    assert(!(await dumpOf(op.store)).includes('a secret of'));
    assertEquals(one?.provenance, 'import');
    await op.close();
  });

  it('changes a client of its own, and tells the difference without secrets', async () => {
    const op = await openOp();
    await importInto(op, LIST);
    const [one, ...others] = LIST.clients;
    assert(one !== undefined);
    const changed = {
      ...LIST,
      clients: [
        {
          ...one,
          client_secret: '$plaintext$another secret',
          metadata: { ...one.metadata, client_name: 'One' },
        },
        ...others,
      ],
    };
    const rows = await importInto(op, changed);
    assertEquals(rows.map(({ state }) => state), ['changed', 'same', 'same']);
    assertEquals(rows[0]?.changes, {
      client_name: { after: 'One' },
      client_secret: { before: '(secret)', after: '(secret)' },
    });
    await op.close();
  });

  it('never clobbers a client of the file, or one that came otherwise', async () => {
    const op = await openOp();
    const mint = { kind: 'mint' } as const;
    const made = await addClient(
      'one',
      { redirect_uris: ['https://own.example/'] },
      mint,
      CLI,
      op.instance.engine(),
    );
    assertEquals(made.kind, 'done');
    const before = await storedOf(op, 'one');
    const plan = readClientList(JSON.stringify([
      { client_id: 'one', client_secret: 'x', redirect_uris: ['https://evil.example/'] },
      { client_id: 'app', client_secret: 'x', redirect_uris: ['https://evil.example/'] },
    ]));
    const rows = await importInto(op, plan);
    assertEquals(rows.map(({ state }) => state), ['conflict', 'conflict']);
    assertStringIncludes(rows[0]?.why ?? '', 'came by cli');
    assertStringIncludes(rows[1]?.why ?? '', 'configuration file');
    assertEquals(await storedOf(op, 'one'), before);
    assertEquals(await clients.get(op.store, ISSUER, 'app'), undefined);
    await op.close();
  });

  it('takes back what was changed of a client since, as the file says it', async () => {
    const op = await openOp();
    await importInto(op, LIST);
    await updateClient('one', { client_name: 'By hand' }, CLI, op.instance.engine());
    const rows = await importInto(op, LIST);
    assertEquals(rows.map(({ state }) => state), ['changed', 'same', 'same']);
    assertEquals((await storedOf(op, 'one')).client_name, undefined);
    await op.close();
  });

  it('finishes at a second run what a crash cut off, wherever it did', async () => {
    const plan = await fixturePlan();
    const config = { ...plan.options, listen: undefined, clients: [] };
    let whole = 0;
    for (const cut of [0, 1, 4, 5, 20, 43]) {
      const inner = openMemoryStore({ now: () => 1_800_000_000 });
      let left = Infinity;
      const store: Store = {
        ...inner,
        commit(change) {
          left -= 1;
          if (left < 0) throw new Error('power failure');
          return inner.commit(change);
        },
      };
      const op = await openOp({ config, store });
      await op.instance.engine().keys.jwksText();
      left = cut;
      await assertRejects(() => importInto(op, plan), Error, 'power failure');
      left = Infinity;
      await importInto(op, plan);
      assertEquals(statesOf(await importInto(op, plan)), {
        'key same': 3,
        'person same': 2,
        'client same': 39,
      });
      whole += 1;
      await op.close();
    }
    assertEquals(whole, 6);
  });

  it('leaves people alone who are here already', async () => {
    const plan = await fixturePlan();
    const op = await openOp({ config: { ...plan.options, listen: undefined } });
    const { directory } = op.instance;
    await directory.create({ username: 'b0b', claims: {}, provenance: 'cli' });
    await directory.create({ username: 'carol', provenance: 'cli' });
    const rows = await importInto(op, { ...plan, keys: [], clients: [] });
    assertEquals(rows.map(({ id, state }) => [id, state]), [['bob', 'conflict'], [
      'carol',
      'conflict',
    ]]);
    assertStringIncludes(rows[0]?.why ?? '', 'b0b');
    assertEquals((await directory.findByUsername('carol'))?.password, undefined);
    await op.close();
  });

  it('keeps the digests of people, so that they sign in as before', async () => {
    const { text, users } = await readFixture();
    const plan = await readAuthelia(text, { users });
    const op = await openOp({ hasher: createPasswordHasher() });
    await importInto(op, { ...plan, keys: [], clients: [] });
    const bob = await op.instance.directory.findByUsername('bob');
    assertEquals(await op.instance.hasher.verify('insecure_secret', bob?.password ?? ''), true);
    assertEquals([bob?.provenance, bob?.claims['name'], bob?.groups, bob?.attributes], [
      'import',
      'Bob Example',
      ['staff'],
      { badge: 7 },
    ]);
    await op.close();
  });

  it('refuses a client that rests on an option which is not there', async () => {
    const plan = await fixturePlan();
    const op = await openOp();
    const rows = await importInto(op, plan);
    const row = rows.find(({ id }) => id === 'refreshing');
    assertEquals(row?.state, 'conflict');
    assertStringIncludes(row?.why ?? '', 'lifespan must be a name under lifespans.custom');
    await op.close();
  });

  it('applies options first where that can be done, and judges a dry run by what they would be', async () => {
    const plan = await fixturePlan();
    const op = await openOp({ config: { clients: [] } });
    const next = requireConfig({ issuer: ISSUER, storage: { engine: 'memory' }, ...plan.options });
    const asked: boolean[] = [];
    const applyOptions: NonNullable<ImportOptions['applyOptions']> = async (_, isDry) => {
      asked.push(isDry);
      if (!isDry) await op.instance.reload(next);
      return {
        kind: 'done',
        value: { state: 'changed', kept: [], settings: next.issuers[0].settings },
      };
    };
    const all = { 'options changed': 1, 'key added': 3, 'person added': 2, 'client added': 39 };
    assertEquals(statesOf(await importInto(op, plan, { isDry: true, applyOptions })), all);
    assertEquals(statesOf(await importInto(op, plan, { applyOptions })), all);
    assertEquals(asked, [true, false]);
    await op.close();
  });

  it('signs by the first key of an algorithm, whatever order they come in, at once where nobody knows another', async () => {
    const { text } = await readFixture();
    // The second RSA key is one that a client names.
    const named = text.replace('- key: |', '- key_id: second\n        key: |')
      .replace(
        'access_token_signed_response_key_id: main',
        'access_token_signed_response_key_id: second',
      );
    const plan = { ...await readAuthelia(named), clients: [] };
    assertEquals(plan.keys.map(({ kid }) => kid).slice(0, 2), ['main', 'second']);
    const op = await openOp({ config: { clients: [] } });
    const signer = async (): Promise<unknown> =>
      headerOf(await op.instance.engine().keys.sign('RS256', 'JWT', { iss: ISSUER }))['kid'];
    const [main, ...others] = plan.keys;
    assert(main !== undefined);
    await importInto(op, { ...plan, keys: [main] });
    assertEquals(await signer(), 'main');
    assertEquals(statesOf(await importInto(op, plan)), {
      'key added': others.length,
      'key same': 1,
    });
    assertEquals(await signer(), 'main');
    await op.close();

    const known = await openOp();
    await known.instance.engine().keys.jwksText();
    await importInto(known, plan);
    const before =
      headerOf(await known.instance.engine().keys.sign('RS256', 'JWT', { iss: ISSUER }))['kid'];
    assert(before !== 'main' && before !== 'second');
    known.clock.now += 7200;
    const later =
      headerOf(await known.instance.engine().keys.sign('RS256', 'JWT', { iss: ISSUER }))['kid'];
    assertEquals(later, 'main');
    await known.close();
  });

  it('does not take a key that another one has the name of', async () => {
    const plan = await fixturePlan();
    const op = await openOp();
    await importInto(op, { ...plan, clients: [], people: [] });
    const [main, second] = plan.keys;
    assert(main !== undefined && second !== undefined);
    const impostor = { ...main, text: second.text.replace(second.kid, main.kid) };
    const rows = await importInto(op, { ...plan, keys: [impostor], clients: [], people: [] });
    assertEquals(rows, [{
      kind: 'key',
      id: 'main',
      state: 'conflict',
      why: 'another key has this name',
    }]);
    await op.close();
  });
});
