import { TOTP } from 'otpauth';
import { describe, it } from 'node:test';
import { hasSecondFactor, listFactors } from '../../../src/engine/factors/factors.ts';
import { checkTotp, enrolTotp, newTotp, reopenTotp } from '../../../src/engine/factors/totp.ts';
import type { UserRecord } from '../../../src/store/records.ts';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../../support/assert.ts';
import { type Op, openOp } from '../../support/op.ts';

interface Home {
  readonly op: Op;
  readonly alice: UserRecord;
}

async function openHome(): Promise<Home> {
  const op = await openOp();
  const alice = await op.instance.directory.findByUsername('alice');
  assert(alice !== undefined);
  return { op, alice };
}

function codeAt(secret: string, seconds: number): string {
  return new TOTP({ secret }).generate({ timestamp: seconds * 1000 });
}

/** Alice with an app, whose secret this is. */
async function enrolled(): Promise<Home & { readonly secret: string }> {
  const home = await openHome();
  const engine = home.op.instance.engine();
  const { sealed, secret } = newTotp(home.alice, engine);
  const code = codeAt(secret, home.op.clock.now);
  assertEquals(await enrolTotp(home.alice, { sealed, code, name: 'Phone' }, engine), 'enrolled');
  return { ...home, secret };
}

describe('T100: a secret counts once it is confirmed', () => {
  it('before that there is nothing', async () => {
    const { op, alice } = await openHome();
    const engine = op.instance.engine();
    const { secret } = newTotp(alice, engine);
    assertFalse(await hasSecondFactor(alice.id, engine));
    assertFalse(await checkTotp(alice, codeAt(secret, op.clock.now), engine));
  });

  it('a wrong code confirms nothing', async () => {
    const { op, alice } = await openHome();
    const engine = op.instance.engine();
    const { sealed, secret } = newTotp(alice, engine);
    const wrong = codeAt(secret, op.clock.now - 600);
    assertEquals(await enrolTotp(alice, { sealed, code: wrong, name: '' }, engine), 'wrong');
    assertFalse(await hasSecondFactor(alice.id, engine));
  });

  it('a secret of somebody else, one that is damaged, and one that is old are none', async () => {
    const { op, alice } = await openHome();
    const engine = op.instance.engine();
    const { sealed, secret } = newTotp(alice, engine);
    const code = codeAt(secret, op.clock.now);
    const bob = { ...alice, id: 'bob' };
    assertEquals(await enrolTotp(bob, { sealed, code, name: '' }, engine), 'expired');
    for (const broken of ['', 'x', `${sealed}x`, sealed.slice(1)]) {
      assertEquals(await enrolTotp(alice, { sealed: broken, code, name: '' }, engine), 'expired');
    }
    assertEquals(reopenTotp(sealed, alice, engine)?.secret, secret);
    op.clock.now += 900;
    const late = { sealed, code: codeAt(secret, op.clock.now), name: '' };
    assertEquals(await enrolTotp(alice, late, engine), 'expired');
    assertEquals(reopenTotp(sealed, alice, engine), undefined);
  });

  it('the code that confirmed it is used up', async () => {
    const { op, alice, secret } = await enrolled();
    const code = codeAt(secret, op.clock.now);
    assertFalse(await checkTotp(alice, code, op.instance.engine()));
  });

  it('at most ten', async () => {
    const { op, alice } = await openHome();
    const engine = op.instance.engine();
    const outcomes: string[] = [];
    for (let i = 0; i < 11; i++) {
      const { sealed, secret } = newTotp(alice, engine);
      const code = codeAt(secret, op.clock.now);
      outcomes.push(await enrolTotp(alice, { sealed, code, name: `${i}` }, engine));
    }
    assertEquals(outcomes, [...Array<string>(10).fill('enrolled'), 'full']);
  });

  it('at rest it is sealed, to this person', async () => {
    const { op, alice, secret } = await enrolled();
    const engine = op.instance.engine();
    const [factor] = await listFactors(alice.id, engine);
    assert(factor?.kind === 'totp');
    assertFalse(JSON.stringify(factor).includes(secret));
    assertEquals(engine.keys.openFactor(factor.sealed, alice.id), secret);
    assertEquals(engine.keys.openFactor(factor.sealed, 'somebody else'), undefined);
    assertEquals(factor.name, 'Phone');
  });
});

describe('T099: a code is accepted once, within one step of drift', () => {
  it('the next one, once', async () => {
    const { op, alice, secret } = await enrolled();
    op.clock.now += 30;
    const code = codeAt(secret, op.clock.now);
    assert(await checkTotp(alice, code, op.instance.engine()));
    assertFalse(await checkTotp(alice, code, op.instance.engine()));
  });

  it('one before the last that was used is none any more', async () => {
    const { op, alice, secret } = await enrolled();
    op.clock.now += 60;
    const engine = op.instance.engine();
    assert(await checkTotp(alice, codeAt(secret, op.clock.now), engine));
    assertFalse(await checkTotp(alice, codeAt(secret, op.clock.now - 30), engine));
    assert(await checkTotp(alice, codeAt(secret, op.clock.now + 30), engine));
  });

  it('two steps away it is none', async () => {
    const { op, alice, secret } = await enrolled();
    op.clock.now += 300;
    const engine = op.instance.engine();
    for (const away of [-60, 60, 3600]) {
      assertFalse(await checkTotp(alice, codeAt(secret, op.clock.now + away), engine));
    }
  });

  it('of 20 at once one is accepted', async () => {
    const { op, alice, secret } = await enrolled();
    op.clock.now += 30;
    const code = codeAt(secret, op.clock.now);
    const engine = op.instance.engine();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => checkTotp(alice, code, engine)),
    );
    assertEquals(results.filter((isAccepted) => isAccepted).length, 1);
  });

  it('of several apps each has its own', async () => {
    const { op, alice, secret } = await enrolled();
    const engine = op.instance.engine();
    const second = newTotp(alice, engine);
    const code = codeAt(second.secret, op.clock.now);
    await enrolTotp(alice, { sealed: second.sealed, code, name: '' }, engine);
    assertNotEquals(second.secret, secret);
    op.clock.now += 30;
    assert(await checkTotp(alice, codeAt(second.secret, op.clock.now), engine));
    assert(await checkTotp(alice, codeAt(secret, op.clock.now), engine));
  });
});
