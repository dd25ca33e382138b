import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commandNamed } from '../../src/cli/commands.ts';
import { noteActivity } from '../../src/engine/activity.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from '../support/assert.ts';
import { openPlace, SLOW } from '../support/cli.ts';
import { ISSUER, type Op, openOp, PASSWORD } from '../support/op.ts';

const HOME = '192.0.2.1';

interface BanRow {
  readonly kind: string;
  readonly name?: string;
  readonly source: string;
  readonly failures: number;
}

async function run(
  op: Op,
  name: string,
  flags: Readonly<Record<string, string | boolean>> = {},
  positionals: readonly string[] = [],
) {
  const command = await commandNamed(name);
  assert(command?.kind === 'engine');
  const invocation = { positionals, flags, files: {}, directory: '/' };
  const result = await command.run(op.instance.engine(), invocation);
  return { result, printed: result.kind === 'done' ? command.print(result.value) : '' };
}

async function bans(op: Op): Promise<readonly (readonly (string | undefined)[])[]> {
  const { result } = await run(op, 'ban list');
  assert(result.kind === 'done');
  const rows = (result.value as unknown as { bans: readonly BanRow[] }).bans;
  return rows.map(({ kind, name, source }) => [kind, name, source]);
}

/** Alice, somebody unknown, a client and what is none have all failed too often from one place. */
async function withBans(): Promise<Op> {
  const op = await openOp();
  const { regulation, directory } = op.instance.engine();
  const alice = await directory.findByUsername('alice');
  const accounts = [
    `user:${alice?.id}`,
    'name:nobody',
    `client:${ISSUER} app`,
    `client:${ISSUER} secret-typed-here`,
  ];
  accounts.forEach((account, index) => {
    for (let time = 0; time < 10 - index; time += 1) regulation.failed(account, HOME);
  });
  return op;
}

describe('ostiary ban list', () => {
  it('names people and clients that there are, and what was typed for others nowhere', async () => {
    const op = await withBans();
    assertEquals(await bans(op), [
      ['user', 'alice', HOME],
      ['user', undefined, HOME],
      ['client', 'app', HOME],
      ['client', undefined, HOME],
    ]);
    const { result, printed } = await run(op, 'ban list');
    assertMatch(printed, /^who +source +failures +until$/m);
    assertMatch(printed, /^alice +192\.0\.2\.1 +10 +20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
    for (const who of ['unknown name', 'client app', 'unknown client']) {
      assertStringIncludes(printed, who);
    }
    for (const typed of ['nobody', 'secret-typed-here']) {
      assertFalse(`${printed}${JSON.stringify(result)}`.includes(typed));
    }
  });

  it('says when a place as a whole has to wait', async () => {
    const op = await openOp();
    const { regulation } = op.instance.engine();
    for (let name = 0; name < 101; name += 1) regulation.failed(`name:${name}`, HOME);
    assertEquals(await bans(op), [['source', undefined, HOME]]);
    assertStringIncludes((await run(op, 'ban list')).printed, 'everybody new there');
  });
});

describe('ostiary ban lift', () => {
  for (
    const { flags, left } of [
      { flags: { user: 'Alice' }, left: ['unknown name', 'client app', 'unknown client'] },
      { flags: { user: 'nobody' }, left: ['alice', 'client app', 'unknown client'] },
      { flags: { client: 'app' }, left: ['alice', 'unknown name', 'unknown client'] },
      { flags: { user: 'alice', source: HOME }, left: ['unknown name', 'client app'] },
      { flags: { user: 'alice', source: '192.0.2.2' }, left: ['alice', 'unknown name'] },
      { flags: { source: HOME }, left: [] },
      { flags: { all: true }, left: [] },
    ] as const
  ) {
    it(`lifts those of ${JSON.stringify(flags)}, and leaves the others`, async () => {
      const op = await withBans();
      assertEquals((await run(op, 'ban lift', flags)).result.kind, 'done');
      const { printed } = await run(op, 'ban list');
      for (const who of left) assertStringIncludes(printed, who);
      if (left.length === 0) assertEquals(await bans(op), []);
    });
  }

  it('T095: the owner gets in at once after it', async () => {
    const op = await openOp();
    const signIn = async (password: string): Promise<number> => {
      const browser = op.browser();
      const form = { username: 'alice', password };
      return (await browser.submit(await browser.get('/login'), form)).status;
    };
    for (let attempt = 0; attempt < 5; attempt += 1) await signIn('wrong');
    assertEquals(await signIn(PASSWORD), 429);
    assertEquals((await run(op, 'ban lift', { user: 'alice' })).result, {
      kind: 'done',
      value: { lifted: 1 },
    });
    assertEquals(await signIn(PASSWORD), 200);
  });

  for (
    const { flags, problem } of [
      { flags: {}, problem: /give --user/ },
      { flags: { all: true, user: 'alice' }, problem: /give --user/ },
      { flags: { client: 'app', user: 'alice' }, problem: /either/ },
      { flags: { user: 'a b' }, problem: /no name/ },
    ]
  ) {
    it(`refuses ${JSON.stringify(flags)}`, async () => {
      const op = await withBans();
      const { result } = await run(op, 'ban lift', flags);
      assert(result.kind === 'refused');
      assertMatch(result.problem, problem);
      assertEquals((await bans(op)).length, 4);
    });
  }
});

describe('ostiary user activity', () => {
  it('lists what happened, newest first, and nothing that turns a terminal', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const { id = '' } = await engine.directory.findByUsername('alice') ?? {};
    const place = { address: HOME, user_agent: 'Firefox\u001b[2J' };
    await noteActivity(id, { kind: 'signed_in', amr: ['pwd'], ...place }, engine);
    op.clock.now += 1;
    await noteActivity(id, { kind: 'application_revoked', client_id: 'app', ...place }, engine);
    const { printed } = await run(op, 'user activity', {}, ['alice']);
    assertMatch(
      printed,
      /^when +what +address +client +browser\n.*application_revoked +192\.0\.2\.1 +app .*\n.*signed_in /,
    );
    assertFalse(printed.includes('\u001b'));
  });

  it('of nobody there is none', async () => {
    const op = await openOp();
    assertEquals((await run(op, 'user activity', {}, ['nobody'])).result.kind, 'refused');
  });
});

describe('bans and the processes that know them', () => {
  it('T094: are the server’s while it runs, and outlive its end and kill -9', SLOW, async () => {
    const place = await openPlace();
    try {
      await writeFile(join(place.directory, 'ostiary.yaml'), 'issuer: http://localhost:9091\n');
      const list = async () =>
        (await place.json(['ban', 'list']) as { bans: readonly BanRow[] }).bans;
      const failAs = async (address: string, client_id: string): Promise<void> => {
        const body = new URLSearchParams({
          grant_type: 'authorization_code',
          code: 'x',
          client_id,
          client_secret: 'wrong',
        });
        for (let attempt = 0; attempt < 14; attempt += 1) {
          await (await fetch(`${address}/token`, { method: 'POST', body })).text();
        }
      };
      let served = await place.serve();
      await failAs(served.address, 'one');
      const [ban] = await list();
      assertEquals([ban?.kind, ban?.source], ['client', '127.0.0.1']);
      await served.stop();
      assertEquals((await list()).length, 1);

      served = await place.serve();
      await failAs(served.address, 'two');
      assertEquals((await list()).length, 2);
      // What is lifted is written, and with it all that was waiting to be.
      assertEquals(await place.json(['ban', 'lift', '--client', 'one']), { lifted: 1 });
      await served.stop('SIGKILL');
      assertEquals((await list()).length, 1);
      assertEquals(await place.json(['ban', 'lift', '--all']), { lifted: 1 });
      assertEquals(await list(), []);
    } finally {
      await place.close();
    }
  });
});
