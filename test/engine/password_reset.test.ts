import { describe, it } from 'node:test';
import { changePassword, type PasswordChangeResult } from '../../src/engine/change_password.ts';
import { findReset, newResetLink, redeemReset } from '../../src/engine/password_reset.ts';
import { findSession, startSession } from '../../src/engine/session.ts';
import type { UserRecord } from '../../src/store/records.ts';
import { assert, assertEquals, assertNotEquals } from '../support/assert.ts';
import { type Op, openOp, PASSWORD, quickHasher } from '../support/op.ts';

const NEXT = 'a bridge of stone';
const PLACE = { address: '203.0.113.7', user_agent: 'test' };

async function alice(op: Op): Promise<UserRecord> {
  const user = await op.instance.directory.findByUsername('alice');
  assert(user !== undefined);
  return user;
}

async function linkFor(op: Op): Promise<string> {
  const { url } = newResetLink(await alice(op), op.instance.engine());
  return new URL(url).searchParams.get('token') ?? '';
}

async function redeem(op: Op, token: string | undefined, password: string = NEXT): Promise<string> {
  const fields = { token, password, product: 'Ostiary' };
  return (await redeemReset(fields, op.instance.engine())).kind;
}

async function hasPassword(op: Op, password: string): Promise<boolean> {
  const { password: digest = '' } = await alice(op);
  return await op.instance.hasher.verify(password, digest) === true;
}

describe('links for a new password', () => {
  it('sets it once: a link that was used is nothing any more', async () => {
    const op = await openOp();
    const token = await linkFor(op);
    assertEquals(await redeem(op, token), 'done');
    assert(await hasPassword(op, NEXT));
    assertEquals(await redeem(op, token, 'another new password'), 'void');
    assert(await hasPassword(op, NEXT));
  });

  it('looking uses nothing up', async () => {
    const op = await openOp();
    const token = await linkFor(op);
    for (let i = 0; i < 3; i++) {
      assertEquals((await findReset(token, op.instance.engine()))?.username, 'alice');
    }
    assertEquals(await redeem(op, token), 'done');
  });

  it('of two who use it at once, one sets the password', async () => {
    const op = await openOp();
    const token = await linkFor(op);
    const passwords = ['a bridge of stone', 'a tunnel of wood', 'a ladder of rope'];
    const kinds = await Promise.all(passwords.map((password) => redeem(op, token, password)));
    assertEquals(kinds.filter((kind) => kind === 'done').length, 1);
    assertEquals(kinds.filter((kind) => kind === 'void').length, 2);
    assert(await hasPassword(op, passwords[kinds.indexOf('done')] ?? ''));
  });

  it('of two links, the other is void once one was used', async () => {
    const op = await openOp();
    const [first, second] = [await linkFor(op), await linkFor(op)];
    assertNotEquals(first, second);
    assertEquals([await redeem(op, second), await redeem(op, first)], ['done', 'void']);
  });

  it('ends after its lifetime', async () => {
    const op = await openOp({ config: { password_reset: { lifetime: '30m' } } });
    const token = await linkFor(op);
    op.clock.now += 30 * 60 - 1;
    assert(await findReset(token, op.instance.engine()) !== undefined);
    op.clock.now += 1;
    assertEquals(await redeem(op, token), 'void');
    assert(await hasPassword(op, PASSWORD));
  });

  it('lives as long as it says, however often sealing keys change', async () => {
    const op = await openOp({
      config: { password_reset: { lifetime: '7d' }, lifespans: { refresh_token: '1h' } },
    });
    const token = await linkFor(op);
    op.clock.now += 1;
    await op.instance.engine().keys.rotate('seal', { isNow: true });
    op.clock.now += 6 * 24 * 3600;
    assertEquals(await redeem(op, token), 'done');
  });

  const overtaken: readonly {
    readonly name: string;
    readonly by: (op: Op, user: UserRecord) => Promise<unknown>;
  }[] = [
    {
      name: 'the password was changed meanwhile',
      by: ({ instance }, { id }) => instance.directory.setPassword(id, 'quick:changed meanwhile'),
    },
    {
      name: 'the same password was set again meanwhile',
      by: ({ instance }, { id }) => instance.directory.setPassword(id, `quick:${PASSWORD}`),
    },
    {
      name: 'the person was disabled',
      by: ({ instance }, { id }) => instance.directory.disable(id),
    },
    {
      name: 'the person was disabled and enabled again',
      by: async ({ instance }, { id }) => {
        await instance.directory.disable(id);
        await instance.directory.enable(id);
      },
    },
    { name: 'the person was removed', by: ({ instance }, { id }) => instance.directory.remove(id) },
  ];
  for (const { name, by } of overtaken) {
    it(`is void when ${name}`, async () => {
      const op = await openOp();
      const token = await linkFor(op);
      op.clock.now += 1;
      await by(op, await alice(op));
      assertEquals(await findReset(token, op.instance.engine()), undefined);
      assertEquals(await redeem(op, token), 'void');
      const user = await op.instance.directory.findByUsername('alice');
      assertNotEquals(user?.password, `quick:${NEXT}`);
    });
  }

  it('a change between the look and the write wins', async () => {
    const changed = Promise.withResolvers<void>();
    const hashing = Promise.withResolvers<void>();
    let isSlow = false;
    const op = await openOp({
      hasher: {
        ...quickHasher(),
        async hash(password) {
          if (isSlow) {
            hashing.resolve();
            await changed.promise;
          }
          return `quick:${password}`;
        },
      },
    });
    const token = await linkFor(op);
    isSlow = true;
    const redeeming = redeem(op, token);
    await hashing.promise;
    await op.instance.directory.setPassword((await alice(op)).id, 'quick:set by the operator');
    changed.resolve();
    assertEquals(await redeeming, 'void');
    assert(await hasPassword(op, 'set by the operator'));
  });

  it('what is no link of ours is void: changed, of another purpose, of nobody', async () => {
    const op = await openOp();
    const { keys } = op.instance.engine();
    const token = await linkFor(op);
    const last = token.endsWith('A') ? 'B' : 'A';
    const text = JSON.stringify([(await alice(op)).id, op.clock.now + 100, 'x']);
    const others = [
      undefined,
      '',
      'x',
      `${token.slice(0, -1)}${last}`,
      `${token}A`,
      keys.seal('access token', text),
      keys.seal('authorization request', text),
      keys.seal('password reset', text),
    ];
    for (const other of others) assertEquals(await redeem(op, other), 'void');
    assert(await hasPassword(op, PASSWORD));
    assertEquals(await redeem(op, token), 'done');
  });

  it('a weak password is refused with the reason, and the link stays', async () => {
    const op = await openOp();
    const token = await linkFor(op);
    const engine = op.instance.engine();
    const result = await redeemReset({ token, password: 'short', product: 'Ostiary' }, engine);
    assertEquals(result, { kind: 'weak', weakness: { reason: 'too_short', count: 8 } });
    assertEquals(await redeem(op, token, 'alice@alice.example'), 'weak');
    assertEquals(await redeem(op, token), 'done');
  });

  it('too many hashes at once: busy, and the link stays', async () => {
    let isBusy = false;
    const hash = (password: string) => Promise.resolve(isBusy ? undefined : `quick:${password}`);
    const op = await openOp({ hasher: { ...quickHasher(), hash } });
    const token = await linkFor(op);
    isBusy = true;
    assertEquals(await redeem(op, token), 'busy');
    isBusy = false;
    assertEquals(await redeem(op, token), 'done');
  });

  it('T102: sessions from before end at once', async () => {
    const op = await openOp();
    const cookie = await sessionOf(op);
    assert(await findSession(cookie, op.instance.engine()) !== undefined);
    assertEquals(await redeem(op, await linkFor(op)), 'done');
    assertEquals(await findSession(cookie, op.instance.engine()), undefined);
  });
});

async function sessionOf(op: Op): Promise<string> {
  const engine = op.instance.engine();
  const started = startSession({
    user: await alice(op),
    remember: false,
    amr: ['pwd'],
    acr: 'one_factor',
    previous: undefined,
    place: PLACE,
  }, engine);
  await engine.store.commit(started.change);
  return started.cookie;
}

async function change(
  op: Op,
  fields: { readonly current?: string; readonly next?: string } = {},
): Promise<PasswordChangeResult> {
  return await changePassword(await alice(op), {
    current: PASSWORD,
    next: NEXT,
    source: '203.0.113.7',
    product: 'Ostiary',
    ...fields,
  }, op.instance.engine());
}

describe('changing the password', () => {
  it('T102: who knows it sets another; sessions from before end, one from after holds', async () => {
    const op = await openOp();
    const cookie = await sessionOf(op);
    assertEquals(await change(op), 'changed');
    assert(await hasPassword(op, NEXT));
    assertEquals(await findSession(cookie, op.instance.engine()), undefined);
    // In the very instant of the change, as the clock of this test stands still.
    const after = await sessionOf(op);
    assert(await findSession(after, op.instance.engine()) !== undefined);
  });

  it('a wrong one changes nothing, nor does a weak one', async () => {
    const op = await openOp();
    assertEquals(await change(op, { current: 'not my password' }), {
      kind: 'refused',
      reason: 'wrong',
    });
    assertEquals(await change(op, { next: 'short' }), {
      kind: 'refused',
      reason: 'weak',
      weakness: { reason: 'too_short', count: 8 },
    });
    assert(await hasPassword(op, PASSWORD));
  });

  it('T093: guessing is slowed like sign-ins, the right one included', async () => {
    const op = await openOp();
    const reasons: string[] = [];
    for (let i = 0; i < 8; i++) {
      const result = await change(op, { current: `guess ${i}` });
      reasons.push(result === 'changed' ? result : result.reason);
    }
    assertEquals(reasons[0], 'wrong');
    assertEquals(reasons.at(-1), 'slow_down');
    const right = await change(op);
    assertEquals(right === 'changed' ? right : right.reason, 'slow_down');
    assert(await hasPassword(op, PASSWORD));
    op.clock.now += 3600;
    assertEquals(await change(op), 'changed');
  });

  it('of two changes at once, one counts', async () => {
    const op = await openOp();
    const nexts = ['a bridge of stone', 'a tunnel of wood'];
    const results = await Promise.all(nexts.map((next) => change(op, { next })));
    assertEquals(results.filter((result) => result === 'changed').length, 1);
    assert(await hasPassword(op, nexts[results.indexOf('changed')] ?? ''));
  });

  it('a digest of other software is no hindrance, though the sign-in replaces it', async () => {
    let isOld = true;
    const op = await openOp({
      hasher: {
        ...quickHasher(),
        verify: (password, digest) => Promise.resolve(digest.endsWith(`:${password}`)),
        needsRehash: (digest) => digest.startsWith('old:'),
        hash: (password) => Promise.resolve(`${isOld ? 'old' : 'quick'}:${password}`),
      },
    });
    isOld = false;
    assertEquals((await alice(op)).password, `old:${PASSWORD}`);
    assertEquals(await change(op), 'changed');
    assertEquals((await alice(op)).password, `quick:${NEXT}`);
  });

  it('a disabled person changes nothing', async () => {
    const op = await openOp();
    await op.instance.directory.disable((await alice(op)).id);
    assertEquals(await change(op), { kind: 'refused', reason: 'wrong' });
  });
});
