import { TOTP } from 'otpauth';
import { describe, it } from 'node:test';
import {
  hasSecondFactor,
  listFactors,
  MAX_FACTORS,
  removeAllFactors,
  removeFactor,
} from '../../../src/engine/factors/factors.ts';
import { enrolPasskey, registrationOptions } from '../../../src/engine/factors/passkey.ts';
import { newRecoveryCodes, remainingRecoveryCodes } from '../../../src/engine/factors/recovery.ts';
import { checkTotp, enrolTotp, newTotp } from '../../../src/engine/factors/totp.ts';
import { assert, assertEquals, assertFalse } from '../../support/assert.ts';
import { createAuthenticator } from '../../support/authenticator.ts';
import { ISSUER, openOp } from '../../support/op.ts';

async function openHome() {
  const op = await openOp();
  const engine = op.instance.engine();
  const alice = await engine.directory.findByUsername('alice');
  assert(alice !== undefined);
  const codeNow = (secret: string): string =>
    new TOTP({ secret }).generate({ timestamp: op.clock.now * 1000 });
  return {
    op,
    engine,
    alice,
    codeNow,
    /** What a form of the enrolment page brings. */
    form() {
      const { sealed, secret } = newTotp(alice, engine);
      return { sealed, secret, code: codeNow(secret), name: 'App' };
    },
    async addPasskey() {
      const options = await registrationOptions(alice, 'here', engine);
      const response = createAuthenticator({ origin: ISSUER }).create(options);
      return await enrolPasskey(alice, { response, name: 'Key' }, 'here', engine);
    },
  };
}

function count<T>(all: readonly T[], one: T): number {
  return all.filter((each) => each === one).length;
}

describe('factors come one after the other', () => {
  it('of 30 apps at once ten get in', async () => {
    const { engine, alice, form } = await openHome();
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => enrolTotp(alice, form(), engine)),
    );
    assertEquals([count(outcomes, 'enrolled'), count(outcomes, 'full')], [MAX_FACTORS, 20]);
    assertEquals((await listFactors(alice.id, engine)).length, MAX_FACTORS);
  });

  it('of 30 passkeys at once ten get in, beside ten apps, and all can be removed again', async () => {
    const { engine, alice, form, addPasskey } = await openHome();
    for (let i = 0; i < MAX_FACTORS; i++) await enrolTotp(alice, form(), engine);
    const outcomes = await Promise.all(Array.from({ length: 30 }, addPasskey));
    assertEquals([count(outcomes, 'enrolled'), count(outcomes, 'full')], [MAX_FACTORS, 20]);
    assertEquals(await removeAllFactors(alice.id, engine), 2 * MAX_FACTORS);
    assertFalse(await hasSecondFactor(alice.id, engine));
    assertEquals(await removeAllFactors(alice.id, engine), 0);
  });
});

describe('factors go one after the other', () => {
  it('of all at once one is the last, and takes the recovery codes with it', async () => {
    const { engine, alice, form, addPasskey } = await openHome();
    await enrolTotp(alice, form(), engine);
    await enrolTotp(alice, form(), engine);
    await addPasskey();
    await newRecoveryCodes(alice.id, engine);
    const all = await listFactors(alice.id, engine);
    const removed = await Promise.all(all.map(({ id }) => removeFactor(alice.id, id, engine)));
    assertEquals(removed, [true, true, true]);
    assertEquals(await listFactors(alice.id, engine), []);
    assertEquals(await remainingRecoveryCodes(alice.id, engine), 0);
  });

  it('of ten who remove the same one removes it', async () => {
    const { engine, alice, form, addPasskey } = await openHome();
    await enrolTotp(alice, form(), engine);
    await addPasskey();
    await newRecoveryCodes(alice.id, engine);
    const [factor] = await listFactors(alice.id, engine);
    assert(factor !== undefined);
    const removed = await Promise.all(
      Array.from({ length: 10 }, () => removeFactor(alice.id, factor.id, engine)),
    );
    assertEquals(count(removed, true), 1);
    assertEquals((await listFactors(alice.id, engine)).length, 1);
    assertEquals(await remainingRecoveryCodes(alice.id, engine), 10);
  });
});

describe('T099: the form that brought an app in is used up', () => {
  it('twice in a row, and 20 times at once: each code of it counts once', async () => {
    const { op, engine, alice, form, codeNow } = await openHome();
    const brought = form();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => enrolTotp(alice, brought, engine)),
    );
    assertEquals([count(outcomes, 'enrolled'), count(outcomes, 'expired')], [1, 19]);
    op.clock.now += 30;
    const code = codeNow(brought.secret);
    assertEquals(await enrolTotp(alice, { ...brought, code }, engine), 'expired');
    assert(await checkTotp(alice, code, engine));
    assertFalse(await checkTotp(alice, code, engine));
    assertEquals((await listFactors(alice.id, engine)).length, 1);
  });

  it('also once the factor was removed', async () => {
    const { op, engine, alice, form, codeNow } = await openHome();
    const brought = form();
    assertEquals(await enrolTotp(alice, brought, engine), 'enrolled');
    await removeAllFactors(alice.id, engine);
    assertEquals(await enrolTotp(alice, brought, engine), 'expired');
    op.clock.now += 899;
    const late = { ...brought, code: codeNow(brought.secret) };
    assertEquals(await enrolTotp(alice, late, engine), 'expired');
    assertFalse(await hasSecondFactor(alice.id, engine));
  });

  it('a wrong code does not use it up', async () => {
    const { engine, alice, form } = await openHome();
    const brought = form();
    const wrong = `${(Number(brought.code) + 1) % 1_000_000}`.padStart(6, '0');
    assertEquals(await enrolTotp(alice, { ...brought, code: wrong }, engine), 'wrong');
    assertEquals(await enrolTotp(alice, brought, engine), 'enrolled');
  });
});
