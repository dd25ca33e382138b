import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const NOTHING: ImportPlan = {
  options: {},
  server_options: {},
  scopes: [],
  keys: [],
  clients: [],
  people: [],
  remarks: [],
};

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
    const all = { 'options added': 1, 'key added': 3, 'person added': 2, 'client added': 39 };
    assertEquals(statesOf(await importInto(op, plan, { isDry: true })), all);
    assertEquals(await dumpOf(op.store), before);
    assertEquals(statesOf(await importInto(op, plan)), all);
    const after = await dumpOf(op.store);
    op.clock.now += 100;
    const same = { 'options same': 1, 'key same': 3, 'person same': 2, 'client same': 39 };
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
        'options same': 1,
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
    const rows = await importInto(op, { ...NOTHING, people: plan.people });
    assertEquals(rows.map(({ id, state }) => [id, state]), [['bob', 'conflict'], [
      'carol',
      'conflict',
    ]]);
    assertStringIncludes(rows[0]?.why ?? '', 'b0b');
    assertEquals((await directory.findByUsername('carol'))?.password, undefined);
    await op.close();
  });

  it('adds people to the users file where they are kept in one, and leaves those who are there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ostiary-import-'));
    const file = join(directory, 'users.yaml');
    await writeFile(file, 'users:\n  carol:\n    # ours\n    displayname: Another Carol\n');
    const plan = { ...NOTHING, people: (await fixturePlan()).people };
    const op = await openOp({ config: { users_file: file }, people: false });
    const states = async () => (await importInto(op, plan)).map(({ id, state }) => [id, state]);
    assertEquals(await states(), [['bob', 'added'], ['carol', 'same']]);
    assertEquals(await states(), [['bob', 'same'], ['carol', 'same']]);
    const text = await readFile(file, 'utf8');
    assertStringIncludes(text, '# ours\n    displayname: Another Carol\n');
    assertStringIncludes(text, '$argon2id$v=19$m=256,t=1,p=1$');
    assertEquals((await auditsOf(op)).map(({ action }) => action), ['user.created']);
    await op.close();
    await rm(directory, { recursive: true });
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

  it('takes options over into the store first, and judges a dry run by what they would be', async () => {
    const plan = await fixturePlan();
    const op = await openOp({ config: { clients: [] } });
    await op.instance.engine().keys.jwksText();
    const before = await dumpOf(op.store);
    const all = { 'options added': 1, 'key added': 3, 'person added': 2, 'client added': 39 };
    assertEquals(statesOf(await importInto(op, plan, { isDry: true })), all);
    assertEquals(await dumpOf(op.store), before);
    assertEquals(statesOf(await importInto(op, plan)), all);
    const { settings } = op.instance.engine();
    assertEquals(settings.custom_lifespans.get('brief')?.access_token, 420);
    assertEquals([...settings.authorization_policies.keys()].toSorted(), [
      'at_the_office',
      'machines',
      'nobody',
      'staff-only',
    ]);
    assert(settings.scopes.has('reports:read'));
    const after = await dumpOf(op.store);
    const same = { 'options same': 1, 'key same': 3, 'person same': 2, 'client same': 39 };
    assertEquals(statesOf(await importInto(op, plan)), same);
    assertEquals(await dumpOf(op.store), after);
    await op.close();
  });

  it('leaves options that the file sets, or that somebody set by hand, and says so', async () => {
    const op = await openOp({
      config: {
        clients: [],
        lifespans: { access_token: '5m' },
        scopes: { read: { claims: ['email'] } },
      },
    });
    const { configuration } = op.instance.engine();
    const set = await configuration.change([{ path: 'pkce', value: 'always' }], CLI);
    assertEquals(set.kind, 'done');
    const plan = await readAuthelia(`
identity_providers:
  oidc:
    enforce_pkce: never
    lifespans: { access_token: 20m, id_token: 30m }
    clients: [ { client_id: a, public: true, redirect_uris: 'https://a.example/', scopes: [ openid, read, write ] } ]`);
    const rows = await importInto(op, plan);
    assertEquals(
      rows.map(({ kind, id, state }) => [kind, id, state]),
      [
        ['options', 'pkce, lifespans, scopes', 'added'],
        ['options', 'lifespans.access_token', 'conflict'],
        ['options', 'pkce', 'conflict'],
        ['client', 'a', 'added'],
      ],
    );
    const { settings } = op.instance.engine();
    assertEquals([settings.pkce, settings.lifespans.access_token, settings.lifespans.id_token], [
      'always',
      300,
      1800,
    ]);
    assertEquals([settings.scopes.get('read')?.claims, settings.scopes.get('write')?.claims], [[
      'email',
    ], []]);
    await importInto(op, plan, { replaces: true });
    assertEquals(op.instance.engine().settings.pkce, 'never');
    await op.close();
  });

  it('takes over more options than one commit holds, in an order in which each part holds', async () => {
    const names = Array.from({ length: 70 }, (_, at) => `n${at}`);
    const lines = (make: (name: string) => string): string => names.map(make).join('\n');
    const plan = await readAuthelia(`
definitions:
  network:
${lines((name) => `    ${name}: [ 10.0.0.0/8 ]`)}
identity_providers:
  oidc:
    authorization_policies:
${lines((name) => `      ${name}: { rules: [ { policy: one_factor, networks: [ ${name} ] } ] }`)}
    lifespans:
      custom:
${lines((name) => `        ${name}: { access_token: 2m }`)}`);
    const op = await openOp({ config: { clients: [] } });
    assertEquals(statesOf(await importInto(op, plan, { isDry: true })), { 'options added': 1 });
    assertEquals(statesOf(await importInto(op, plan)), { 'options added': 1 });
    const { settings } = op.instance.engine();
    assertEquals([settings.authorization_policies.size, settings.custom_lifespans.size], [70, 70]);
    assertEquals(statesOf(await importInto(op, plan)), { 'options same': 1 });
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
      'options same': 1,
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
    const rows = await importInto(op, { ...NOTHING, keys: [impostor] });
    assertEquals(rows, [{
      kind: 'key',
      id: 'main',
      state: 'conflict',
      why: 'another key has this name',
    }]);
    await op.close();
  });
});
