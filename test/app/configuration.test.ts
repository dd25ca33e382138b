import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import { addClient } from '../../src/engine/administration/clients.ts';
import type { Configuration, OptionChange } from '../../src/engine/configuration.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Actor, AuditRecord } from '../../src/store/records.ts';
import type { JsonValue, Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertRejects, assertStringIncludes } from '../support/assert.ts';
import { CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const BY: Actor = { kind: 'cli' };
const SECOND = `${ISSUER}/second`;

function configuration(op: Op): Configuration {
  return op.instance.engine().configuration;
}

async function set(op: Op, path: string, value: JsonValue): Promise<void> {
  const outcome = await configuration(op).change([{ path, value }], BY);
  assertEquals(outcome.kind, 'done', JSON.stringify(outcome));
}

async function problemOf(op: Op, ...changes: OptionChange[]): Promise<string> {
  const outcome = await configuration(op).change(changes, BY);
  assert(outcome.kind === 'refused', 'the change was taken over');
  return outcome.problem;
}

async function audits(store: Store): Promise<readonly AuditRecord[]> {
  const all: AuditRecord[] = [];
  for await (const { value } of store.list<AuditRecord>(['audit'])) all.push(value);
  return all;
}

async function optionsOf(op: Op): Promise<Readonly<Record<string, unknown>>> {
  const all = await configuration(op).options();
  return Object.fromEntries(
    all.filter(({ provenance }) => provenance !== 'file').map(({ path, value }) => [path, value]),
  );
}

describe('options in the store', () => {
  it('count from the next request on, with a record of who set them', async () => {
    const op = await openOp();
    const before = op.instance.engine();
    await set(op, 'sign_up', 'open');
    assertEquals(before.settings.sign_up, 'closed');
    assertEquals(op.instance.engine().settings.sign_up, 'open');
    const page = await op.fetch('/sign-up');
    assertEquals(page.status, 200);
    await page.text();
    const [record, ...others] = await audits(op.store);
    assertEquals(others, []);
    assertEquals(
      [record?.actor, record?.action, record?.target, record?.issuer, record?.changes],
      [BY, 'options.changed', 'sign_up', ISSUER, { sign_up: { after: 'open' } }],
    );
    await op.close();
  });

  it('are told with their provenance, beside those of the file', async () => {
    const op = await openOp({ config: { lifespans: { id_token: '10m' } } });
    await set(op, 'lifespans.access_token', '5m');
    const views = (await configuration(op).options()).map((
      { path, value, provenance },
    ) => [path, value, provenance]);
    assertEquals(views, [
      ['lifespans.access_token', '5m', 'cli'],
      ['lifespans.id_token', '10m', 'file'],
    ]);
    assertEquals(op.instance.engine().settings.lifespans.access_token, 300);
    assertEquals(op.instance.engine().settings.lifespans.id_token, 600);
    await op.close();
  });

  it('are judged whole: one that contradicts others changes nothing', async () => {
    const op = await openOp();
    const problem = await problemOf(op, {
      path: 'authorization_policies.staff',
      value: { default_policy: 'deny', rules: [{ policy: 'one_factor', networks: ['office'] }] },
    });
    assertStringIncludes(problem, 'authorization_policies.staff.rules[0].networks');
    assertEquals(await optionsOf(op), {});
    assertEquals(await audits(op.store), []);
    const outcome = await configuration(op).change([
      { path: 'definitions.networks.office', value: ['10.0.0.0/8'] },
      {
        path: 'authorization_policies.staff',
        value: { default_policy: 'deny', rules: [{ policy: 'one_factor', networks: ['office'] }] },
      },
    ], BY);
    assertEquals(outcome.kind, 'done');
    assert(op.instance.engine().settings.authorization_policies.has('staff'));
    // The other way round it must not go, either.
    assertStringIncludes(
      await problemOf(op, { path: 'definitions.networks.office', value: null }),
      'authorization_policies.staff',
    );
    await op.close();
  });

  it('with a mistake are refused with its place and its rule', async () => {
    const op = await openOp();
    const outcome = await configuration(op).change(
      [{ path: 'lifespans.access_token', value: 'soon' }],
      BY,
    );
    assert(outcome.kind === 'refused');
    assertEquals(outcome.mistakes.map(({ path }) => path), [['lifespans', 'access_token']]);
    assertStringIncludes(outcome.problem, 'the store');
    await op.close();
  });

  it('are not for what the file sets', async () => {
    const op = await openOp({ config: { pkce: 'always' } });
    assertStringIncludes(await problemOf(op, { path: 'pkce', value: 'public' }), 'change it there');
    const kept = await configuration(op).change(
      [{ path: 'pkce', value: 'public' }, { path: 'sign_up', value: 'open' }],
      { kind: 'import' },
      { others: 'keep' },
    );
    assert(kept.kind === 'done');
    assertEquals(kept.value.kept.map(({ path }) => path), ['pkce']);
    assertEquals(await optionsOf(op), { sign_up: 'open' });
    await op.close();
  });

  it('brought in by somebody else are kept by an import, and replaced where it may', async () => {
    const op = await openOp();
    await set(op, 'sign_up', 'open');
    const change = { path: 'sign_up', value: 'closed' };
    const kept = await configuration(op).change([change], { kind: 'import' }, { others: 'keep' });
    assert(kept.kind === 'done' && kept.value.kept.length === 1);
    assertEquals(await optionsOf(op), { sign_up: 'open' });
    await configuration(op).change([change], { kind: 'import' }, { others: 'replace' });
    assertEquals(await optionsOf(op), { sign_up: 'closed' });
    await op.close();
  });

  it('that are so already are no change', async () => {
    const op = await openOp();
    await set(op, 'sign_up', 'open');
    const version = await configuration(op).version();
    await set(op, 'sign_up', 'open');
    assertEquals(await configuration(op).version(), version);
    assertEquals((await audits(op.store)).length, 1);
    await op.close();
  });

  it('are shown as they would be, and stay as they are', async () => {
    const op = await openOp();
    const outcome = await configuration(op).change(
      [{ path: 'lifespans', value: { access_token: '5m', id_token: '5m' } }],
      BY,
      { isDry: true },
    );
    assert(outcome.kind === 'done');
    assertEquals(outcome.value.changes, {
      'lifespans.access_token': { after: '5m' },
      'lifespans.id_token': { after: '5m' },
    });
    assertEquals(outcome.value.settings.lifespans.access_token, 300);
    assertEquals(await optionsOf(op), {});
    assertEquals(op.instance.engine().settings.lifespans.access_token, 3600);
    await op.close();
  });

  it('go back to the default, one or all below a path', async () => {
    const op = await openOp();
    await set(op, 'lifespans', { access_token: '5m', id_token: '5m' });
    await set(op, 'lifespans.access_token', null);
    assertEquals(await optionsOf(op), { 'lifespans.id_token': '5m' });
    await set(op, 'lifespans', null);
    assertEquals(await optionsOf(op), {});
    assertEquals(op.instance.engine().settings.lifespans.id_token, 3600);
    assertStringIncludes(await problemOf(op, { path: 'lifespans', value: null }), 'says nothing');
    await op.close();
  });

  it('that clients of the store rest on stay', async () => {
    const op = await openOp();
    await set(op, 'lifespans.custom.short', { access_token: '1m' });
    const metadata = { grant_types: ['client_credentials'], lifespan: 'short' };
    const engine = op.instance.engine();
    assertEquals((await addClient('machine', metadata, { kind: 'mint' }, BY, engine)).kind, 'done');
    const problem = await problemOf(op, { path: 'lifespans.custom.short', value: null });
    assertStringIncludes(problem, 'client machine: lifespan');
    assert(op.instance.engine().settings.custom_lifespans.has('short'));
    await op.close();
  });

  it('are there at the next start', async () => {
    const store = openMemoryStore({ now: () => 1_800_000_000 });
    const keeping = { ...store, close: () => Promise.resolve() };
    const first = await openOp({ store: keeping });
    await set(first, 'scopes.reports', { claims: ['email'] });
    await first.close();
    const second = await openOp({ store: keeping, people: false });
    assert(second.instance.engine().settings.scopes.has('reports'));
    await second.close();
  });

  it('survive a reload of the file, which wins where it says something by then', async () => {
    const op = await openOp();
    await set(op, 'sign_up', 'open');
    await set(op, 'pkce', 'always');
    const file = { issuer: ISSUER, clients: [CLIENT], storage: { engine: 'memory' } };
    assertEquals(await op.instance.reload(requireConfig({ ...file, pkce: 'public' })), []);
    const { settings } = op.instance.engine();
    assertEquals([settings.sign_up, settings.pkce], ['open', 'public']);
    const shadowed = (await configuration(op).options()).filter((each) => each.shadowed);
    assertEquals(shadowed.map(({ path }) => path), ['pkce']);
    assertEquals(await op.instance.reload(requireConfig(file)), []);
    assertEquals(op.instance.engine().settings.pkce, 'always');
    await op.close();
  });

  it('that no longer hold with a new file keep it from taking over', async () => {
    const networks = { office: ['10.0.0.0/8'] };
    const op = await openOp({ config: { definitions: { networks } } });
    await set(op, 'authorization_policies.staff', {
      default_policy: 'deny',
      rules: [{ policy: 'one_factor', networks: ['office'] }],
    });
    const without = requireConfig({ issuer: ISSUER, storage: { engine: 'memory' } });
    const mistakes = await op.instance.reload(without);
    assertEquals(mistakes.map(({ path }) => path.slice(0, 2)), [[
      'authorization_policies',
      'staff',
    ]]);
    assert(op.instance.engine().settings.clients.has('app'));
    await op.close();
  });

  it('that do not hold stop a start with every mistake, and can be taken back all the same', async () => {
    const store = openMemoryStore({ now: () => 1_800_000_000 });
    const keeping = { ...store, close: () => Promise.resolve() };
    const first = await openOp({ store: keeping });
    await set(first, 'lifespans.access_token', '5m');
    await first.close();
    const key = ['option', ISSUER, 'lifespans', 'access_token'] as const;
    const entry = await store.get<{ value: string }>(key);
    assert(entry !== undefined);
    await store.commit({ put: [{ key, value: { ...entry.value, value: 'soon' } }] });
    const error = await assertRejects(() => openOp({ store: keeping, people: false }), TypeError);
    assertStringIncludes(error.message, 'lifespans.access_token');
    const mending = await openOp({ store: keeping, people: false, isLenient: true });
    const back = [{ path: 'lifespans.access_token', value: null }];
    assertEquals((await configuration(mending).change(back, BY, { isDry: true })).kind, 'done');
    assert((await store.get(key)) !== undefined);
    await set(mending, 'lifespans.access_token', null);
    await mending.close();
    await (await openOp({ store: keeping, people: false })).close();
  });

  it('of two who change them at once both count, or one learns of the other', async () => {
    const op = await openOp();
    const version = await configuration(op).version();
    const results = await Promise.all(
      ['open', 'closed'].map((value) =>
        configuration(op).change([{ path: 'sign_up', value }], BY, { version })
      ),
    );
    assertEquals(results.map(({ kind }) => kind).toSorted(), ['done', 'refused']);
    assert(results.some((each) => each.kind === 'refused' && each.isConflict === true));
    await Promise.all([
      set(op, 'lifespans.access_token', '5m'),
      set(op, 'lifespans.id_token', '5m'),
      set(op, 'scopes.a', {}),
    ]);
    assertEquals(Object.keys(await optionsOf(op)).length, 4);
    await op.close();
  });
});

describe('issuers in the store', () => {
  it('are served from the next request on, with keys of their own, and no longer once removed', async () => {
    const op = await openOp();
    const at = async (path: string): Promise<number> => {
      const response = await op.fetch(path);
      await response.text();
      return response.status;
    };
    const discovery = '/second/.well-known/openid-configuration';
    assertEquals(await at(discovery), 404);
    const added = await configuration(op).addIssuer(SECOND, BY);
    assertEquals(added.kind, 'done', JSON.stringify(added));
    assertEquals(await at(discovery), 200);
    const [first, second] = op.instance.engines();
    assert(second !== undefined);
    assertEquals(second.settings.clients.size, 0);
    const kids = [first, second].map((each) => each.keys.describe().map(({ kid }) => kid));
    assertEquals((kids[0] ?? []).filter((kid) => kids[1]?.includes(kid)), []);
    assertEquals(
      (await second.configuration.change([{ path: 'name', value: 'Second' }], BY)).kind,
      'done',
    );
    assertEquals(first.settings.issuer, ISSUER);
    assertEquals((await configuration(op).options()).map(({ path }) => path), []);
    const issuers = (await configuration(op).issuers()).map((
      each,
    ) => [each.issuer, each.provenance]);
    assertEquals(issuers, [[ISSUER, 'file'], [SECOND, 'cli']]);
    assertEquals((await configuration(op).removeIssuer(SECOND, BY)).kind, 'done');
    assertEquals(await at(discovery), 404);
    const actions = (await audits(op.store)).map(({ action }) => action);
    assertEquals(actions.toSorted(), ['issuer.added', 'issuer.removed', 'options.changed']);
    await op.close();
  });

  const REFUSED: readonly (readonly [url: string, problem: RegExp])[] = [
    ['second', /must be an https URL/],
    ['http://other.example', /https/],
    [ISSUER, /already/],
    [`${ISSUER}/token`, /paths in common/],
    [`${ISSUER}/account/x`, /paths in common/],
  ];

  for (const [url, problem] of REFUSED) {
    it(`${url} is none: ${problem.source}`, async () => {
      const op = await openOp();
      const outcome = await configuration(op).addIssuer(url, BY);
      assert(outcome.kind === 'refused' && problem.test(outcome.problem), JSON.stringify(outcome));
      await op.close();
    });
  }

  it('of the file are removed there', async () => {
    const op = await openOp();
    const outcome = await configuration(op).removeIssuer(ISSUER, BY);
    assert(outcome.kind === 'refused' && /change it there/.test(outcome.problem));
    await op.close();
  });
});
