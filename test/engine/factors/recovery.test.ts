import { describe, it } from 'node:test';
import { enrolPasskey, registrationOptions } from '../../../src/engine/factors/passkey.ts';
import {
  checkRecoveryCode,
  newRecoveryCodes,
  remainingRecoveryCodes,
} from '../../../src/engine/factors/recovery.ts';
import { recoveries } from '../../../src/store/collections.ts';
import { assert, assertEquals, assertFalse, assertMatch } from '../../support/assert.ts';
import { createAuthenticator } from '../../support/authenticator.ts';
import { ISSUER, openOp } from '../../support/op.ts';

async function withCodes() {
  const op = await openOp();
  const engine = op.instance.engine();
  return { op, engine, codes: await newRecoveryCodes('alice', engine) };
}

describe('recovery codes', () => {
  it('are ten, of 79 bits, all different, without letters that look alike', async () => {
    const { codes } = await withCodes();
    assertEquals(new Set(codes).size, 10);
    for (const code of codes) assertMatch(code, /^[a-hjkmnp-z2-9]{4}(?:-[a-hjkmnp-z2-9]{4}){3}$/);
  });

  it('are kept as digests', async () => {
    const { op, codes } = await withCodes();
    const record = JSON.stringify((await recoveries.get(op.store, 'alice'))?.value);
    for (const code of codes) {
      assertFalse(record.includes(code) || record.includes(code.replaceAll('-', '')));
    }
  });

  it('work once each, in any case and however they are grouped', async () => {
    const { engine, codes: [one = '', two = '', three = ''] } = await withCodes();
    assert(await checkRecoveryCode('alice', one, engine));
    assertFalse(await checkRecoveryCode('alice', one, engine));
    assert(await checkRecoveryCode('alice', ` ${two.toUpperCase().replaceAll('-', ' ')}`, engine));
    assert(await checkRecoveryCode('alice', three.replaceAll('-', ''), engine));
    assertEquals(await remainingRecoveryCodes('alice', engine), 7);
  });

  it('of 20 uses at once one counts', async () => {
    const { engine, codes: [code = ''] } = await withCodes();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => checkRecoveryCode('alice', code, engine)),
    );
    assertEquals(results.filter((isRight) => isRight).length, 1);
  });

  it('two different ones at once both count', async () => {
    const { engine, codes } = await withCodes();
    const results = await Promise.all(
      codes.slice(0, 4).map((code) => checkRecoveryCode('alice', code, engine)),
    );
    assertEquals(results, [true, true, true, true]);
    assertEquals(await remainingRecoveryCodes('alice', engine), 6);
  });

  it('are nobody else’s', async () => {
    const { engine, codes: [code = ''] } = await withCodes();
    await newRecoveryCodes('bob', engine);
    assertFalse(await checkRecoveryCode('bob', code, engine));
    assertFalse(await checkRecoveryCode('nobody', code, engine));
  });

  it('from before no longer count once there are new ones', async () => {
    const { engine, codes: [code = ''] } = await withCodes();
    const [fresh = ''] = await newRecoveryCodes('alice', engine);
    assertFalse(await checkRecoveryCode('alice', code, engine));
    assert(await checkRecoveryCode('alice', fresh, engine));
  });

  for (const typed of ['', '-', 'a', '0000-0000-0000-0000', 'x'.repeat(100_000), '\u0000']) {
    it(`${JSON.stringify(typed.slice(0, 20))} is none`, async () => {
      const { engine } = await withCodes();
      assertFalse(await checkRecoveryCode('alice', typed, engine));
    });
  }
});

describe('T100: recovery codes from before the first factor', () => {
  it('are gone with it', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const alice = await engine.directory.findByUsername('alice');
    assert(alice !== undefined);
    const [planted = ''] = await newRecoveryCodes(alice.id, engine);
    const authenticator = createAuthenticator({ origin: ISSUER });
    const response = authenticator.create(await registrationOptions(alice, 'b', engine));
    assertEquals(await enrolPasskey(alice, { response, name: '' }, 'b', engine), 'enrolled');
    assertFalse(await checkRecoveryCode(alice.id, planted, engine));
  });
});
