import { describe, it } from 'node:test';
import { listAudits } from '../../../src/engine/administration/audits.ts';
import { commandNamed } from '../../../src/cli/commands.ts';
import { endedPut } from '../../../src/engine/deliveries/new_delivery.ts';
import {
  audits,
  consents,
  grants,
  sessions,
  userGrants,
  userSessions,
} from '../../../src/store/collections.ts';
import type {
  AuditRecord,
  ConsentRecord,
  GrantRecord,
  SessionRecord,
} from '../../../src/store/records.ts';
import { assert, assertEquals } from '../../support/assert.ts';
import { CLI, ISSUER, type Op, openOp } from '../../support/op.ts';

const SECRET = 'a secret that is not shown 0123';

interface Step {
  readonly command: string;
  readonly words?: readonly string[];
  readonly flags?: Readonly<Record<string, string | boolean | readonly string[]>>;
  readonly stdin?: string;
  readonly action: string;
  readonly target: string;
  readonly fields?: readonly string[];
}

const REDIRECT = { 'redirect-uri': ['https://new.example/a'] };

async function run(op: Op, { command, words = [], flags = {}, stdin }: Step): Promise<void> {
  const found = await commandNamed(command);
  assert(found?.kind === 'engine', command);
  const invocation = {
    positionals: words,
    flags,
    files: {},
    directory: '.',
    ...stdin && { stdin },
  };
  const result = await found.run(op.instance.engine(), invocation);
  assertEquals(result.kind, 'done', `${command}: ${JSON.stringify(result)}`);
}

async function recordsOf(op: Op): Promise<readonly AuditRecord[]> {
  const all: AuditRecord[] = [];
  for await (const { value } of audits.list(op.store, [])) all.push(value);
  return all;
}

async function plant(op: Op, user: string): Promise<void> {
  const grant = (id: string) => ({ id, user, client_id: 'app', scope: ['openid'] });
  const session = (sid: string) => ({ sid, user, secret_digest: SECRET, clients: [] });
  const ofOther = { ...session('s4'), user: 'somebody else' } as unknown as SessionRecord;
  await op.store.commit({
    put: [
      ...['g1', 'g2', 'g3'].flatMap((id) => [
        grants.put([ISSUER, id], grant(id) as unknown as GrantRecord),
        userGrants.put([ISSUER, user, id], true),
      ]),
      ...['s1', 's2', 's3'].flatMap((id) => [
        sessions.put([ISSUER, id], session(id) as unknown as SessionRecord),
        userSessions.put([ISSUER, user, id], true),
      ]),
      sessions.put([ISSUER, 's4'], ofOther),
      endedPut({
        id: 'd1',
        kind: 'backchannel_logout',
        client_id: 'app',
        content: { sid: 's0' },
        created_at: op.clock.now,
        attempts: 7,
        outcome: 'given_up',
        ended_at: op.clock.now,
      }, ISSUER),
      consents.put(
        [ISSUER, user, 'app', 'd'],
        { user, client_id: 'app', digest: 'd' } as unknown as ConsentRecord,
      ),
    ],
  });
}

describe('T150: what administrators change by commands', () => {
  it('each leaves exactly one record, which names the change and holds no secret', async () => {
    const op = await openOp();
    const alice = (await op.instance.directory.findByUsername('alice'))?.id ?? '';
    await plant(op, alice);
    const bob = async () => (await op.instance.directory.findByUsername('bob'))?.id ?? '';
    const steps: readonly Step[] = [
      {
        command: 'client add',
        words: ['new'],
        flags: REDIRECT,
        stdin: SECRET,
        action: 'client.created',
        target: 'new',
        fields: ['client_secret', 'redirect_uris'],
      },
      {
        command: 'client update',
        words: ['new'],
        flags: { name: 'New' },
        action: 'client.changed',
        target: 'new',
        fields: ['client_name'],
      },
      {
        command: 'client secret',
        words: ['new'],
        action: 'client.changed',
        target: 'new',
        fields: ['client_secret'],
      },
      { command: 'client remove', words: ['new'], action: 'client.removed', target: 'new' },
      {
        command: 'user add',
        words: ['bob'],
        stdin: 'bob has a password',
        action: 'user.created',
        target: 'bob',
        fields: ['password', 'username'],
      },
      {
        command: 'user passwd',
        words: ['bob'],
        stdin: 'bob has another one',
        action: 'user.password_set',
        target: 'bob',
        fields: ['password'],
      },
      { command: 'user reset-link', words: ['bob'], action: 'user.reset_link_made', target: 'bob' },
      {
        command: 'user disable',
        words: ['bob'],
        action: 'user.disabled',
        target: 'bob',
        fields: ['disabled'],
      },
      { command: 'user enable', words: ['bob'], action: 'user.enabled', target: 'bob' },
      {
        command: 'user reset-factors',
        words: ['bob'],
        action: 'user.factors_reset',
        target: 'bob',
      },
      { command: 'user remove', words: ['bob'], action: 'user.removed', target: 'bob' },
      { command: 'grant revoke', words: ['g1'], action: 'grant.revoked', target: 'g1' },
      {
        command: 'grant revoke',
        flags: { user: 'alice', client: 'app' },
        action: 'grants.revoked',
        target: `${alice} app`,
      },
      { command: 'delivery retry', words: ['d1'], action: 'delivery.retried', target: 'd1' },
      { command: 'session revoke', words: ['s1'], action: 'session.revoked', target: 's1' },
      {
        command: 'session revoke',
        flags: { user: 'alice' },
        action: 'sessions.revoked',
        target: alice,
      },
      {
        command: 'session revoke',
        flags: { all: true },
        action: 'sessions.revoked',
        target: ISSUER,
      },
      {
        command: 'consent revoke',
        flags: { user: 'alice' },
        action: 'consents.revoked',
        target: alice,
      },
      { command: 'ban lift', flags: { client: 'app' }, action: 'bans.lifted', target: 'app' },
    ];
    let seen = await recordsOf(op);
    for (const step of steps) {
      op.clock.now += 1;
      const before = await bob();
      await run(op, step);
      const after = await recordsOf(op);
      assertEquals(after.length, seen.length + 1, step.command);
      seen = after;
      const [record] = after;
      const target = step.target === 'bob' ? before || await bob() : step.target;
      assertEquals([record?.action, record?.target], [step.action, target], step.command);
      assertEquals(record?.actor, CLI);
      const fields = Object.keys(record?.changes ?? {});
      for (const field of step.fields ?? []) {
        assert(fields.includes(field), `${step.action} ${field}`);
      }
    }
    const text = JSON.stringify([seen, op.log]);
    for (const secret of [SECRET, 'bob has', 'quick:', '$hmac', 'reset-password?token']) {
      assert(!text.includes(secret), secret);
    }
    await op.close();
  });

  it('leaves none where nothing was changed', async () => {
    const op = await openOp();
    for (const command of ['grant revoke', 'session revoke', 'consent revoke']) {
      await run(op, { command, flags: { user: 'alice' }, action: '', target: '' });
    }
    assertEquals(await recordsOf(op), []);
    await op.close();
  });

  it('of the first administrator, too', async () => {
    const op = await openOp({ people: false });
    const browser = op.browser();
    const page = await browser.get(await op.instance.setupLink() ?? '');
    await browser.submit(page, {
      username: 'root',
      password: 'correct horse battery',
      repeat: 'correct horse battery',
    });
    const root = (await op.instance.directory.findByUsername('root'))?.id ?? '?';
    const [record] = await recordsOf(op);
    assertEquals([record?.action, record?.target], ['user.created', root]);
    assertEquals(record?.actor, { kind: 'console', user: root });
    await op.close();
  });
});

describe('the list of audit records', () => {
  it('is of one issuer and what all share, filtered, page by page', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const other = { ...engine, settings: { ...engine.settings, issuer: 'https://other.example' } };
    const { audit } = await import('../../../src/engine/audit.ts');
    const api = { kind: 'api', client_id: 'robot' } as const;
    const write = async (
      action: string,
      target: string,
      by: AuditRecord['actor'],
      where = engine,
    ) => {
      await op.store.commit({ put: [audit({ action, target }, by, where)] });
      op.clock.now += 1;
    };
    const start = op.clock.now;
    await write('client.created', 'a', CLI);
    await write('client.changed', 'a', api);
    await write('client.created', 'b', api, other);
    await write('key.rotated', 'k', CLI);
    await write('client.removed', 'a', CLI);
    const list = async (filter: object, request: object = {}) => {
      const { items, next } = await listAudits(filter, { limit: 10, ...request }, engine);
      return [items.map(({ action }) => action), next !== undefined] as const;
    };
    assertEquals(await list({}), [
      ['client.removed', 'key.rotated', 'client.changed', 'client.created'],
      false,
    ]);
    assertEquals(await list({ actor: 'robot' }), [['client.changed'], false]);
    assertEquals(await list({ actor: 'api' }), [['client.changed'], false]);
    assertEquals(await list({ action: 'client' }), [
      ['client.removed', 'client.changed', 'client.created'],
      false,
    ]);
    assertEquals(await list({ action: 'key.rotated' }), [['key.rotated'], false]);
    assertEquals(await list({ action: 'ke' }), [[], false]);
    assertEquals(await list({ target: 'k' }), [['key.rotated'], false]);
    assertEquals(await list({ since: start + 3 }), [['client.removed', 'key.rotated'], false]);
    const found: string[] = [];
    let after: readonly string[] | undefined;
    let pages = 0;
    do {
      const page = await listAudits(
        { action: 'client' },
        { limit: 1, maxScanned: 2, ...after && { after } },
        engine,
      );
      assert(page.items.length <= 1);
      found.push(...page.items.map(({ action }) => action));
      after = page.next;
      pages += 1;
    } while (after !== undefined && pages < 20);
    assertEquals(found, ['client.removed', 'client.changed', 'client.created']);
    await op.close();
  });
});
