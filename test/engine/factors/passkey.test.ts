import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  assertionOptions,
  checkAssertion,
  enrolPasskey,
  registrationOptions,
} from '../../../src/engine/factors/passkey.ts';
import {
  listFactors,
  removeAllFactors,
  removeFactor,
} from '../../../src/engine/factors/factors.ts';
import { newRecoveryCodes, remainingRecoveryCodes } from '../../../src/engine/factors/recovery.ts';
import type { PasskeyRecord, UserRecord } from '../../../src/store/records.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertStringIncludes,
} from '../../support/assert.ts';
import {
  type Authenticator,
  coseOf,
  createAuthenticator,
  FLAGS,
  type Mischief,
} from '../../support/authenticator.ts';
import { ISSUER, type Op, openOp } from '../../support/op.ts';

const HERE = 'this browser';

/** All else is right, so that it fails for this alone. */
interface Refusal {
  readonly name: string;
  /** What the log says. */
  readonly because: string;
  readonly mischief: Mischief;
}

async function userOf({ instance }: Op, username = 'alice'): Promise<UserRecord> {
  const user = await instance.directory.findByUsername(username);
  assert(user !== undefined);
  return user;
}

async function addBob(op: Op): Promise<UserRecord> {
  await op.instance.directory.create({ username: 'bob', provenance: 'cli' });
  return await userOf(op, 'bob');
}

async function enrol(
  op: Op,
  authenticator: Authenticator,
  mischief: Mischief = {},
): Promise<'enrolled' | 'refused' | 'known' | 'full'> {
  const engine = op.instance.engine();
  const user = await userOf(op);
  const options = await registrationOptions(user, HERE, engine);
  const response = authenticator.create(options, mischief);
  return await enrolPasskey(user, { response, name: 'Key' }, HERE, engine);
}

/** A provider where alice has a passkey. */
async function enrolled(options: Partial<Parameters<typeof createAuthenticator>[0]> = {}) {
  const op = await openOp();
  const authenticator = createAuthenticator({ origin: ISSUER, ...options });
  assertEquals(await enrol(op, authenticator), 'enrolled');
  return { op, authenticator, engine: op.instance.engine(), alice: await userOf(op) };
}

async function passkeyOf(op: Op): Promise<PasskeyRecord> {
  const [factor] = await listFactors((await userOf(op)).id, op.instance.engine());
  assert(factor?.kind === 'passkey');
  return factor;
}

describe('WebAuthn §7.1: a passkey is taken in', () => {
  for (const alg of [-7, -257] as const) {
    it(`with algorithm ${alg}`, async () => {
      const { op } = await enrolled({ alg });
      const passkey = await passkeyOf(op);
      assertEquals(passkey.algorithm, alg === -7 ? 'ES256' : 'RS256');
      assertEquals(passkey.transports, ['hybrid', 'internal']);
      assertEquals(passkey.name, 'Key');
    });
  }

  it('with extensions, and without user verification', async () => {
    const op = await openOp();
    const authenticator = createAuthenticator({ origin: ISSUER, isVerifying: false });
    assertEquals(await enrol(op, authenticator, { extensions: Buffer.from([0xa0]) }), 'enrolled');
  });

  it('the options name nobody by their id, and leave out what is there already', async () => {
    const { engine, alice, authenticator } = await enrolled();
    const options = JSON.stringify(await registrationOptions(alice, HERE, engine));
    assertFalse(options.includes(alice.id));
    assert(options.includes(`"id":"${authenticator.id}"`));
    assert(options.includes('"attestation":"none"'));
  });

  const { publicKey: weak } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { publicKey: other } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const offCurve = coseOf(other, -7);
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
  const refusals: readonly Refusal[] = [
    {
      name: 'step 7: another type',
      because: 'ClientData type',
      mischief: { type: 'webauthn.get' },
    },
    {
      name: 'step 8: another challenge',
      because: 'ClientData challenge',
      mischief: { challenge: 'AAAA' },
    },
    {
      name: 'step 9: another origin',
      because: 'ClientData origin',
      mischief: { origin: 'https://evil.example' },
    },
    {
      name: 'step 9: another port',
      because: 'ClientData origin',
      mischief: { origin: `${ISSUER}:8443` },
    },
    {
      name: 'step 10: a frame of another site',
      because: 'in a frame of another site',
      mischief: { crossOrigin: true },
    },
    {
      name: 'step 10: crossOrigin that is no truth value',
      because: 'in a frame of another site',
      mischief: { crossOrigin: 'false' },
    },
    {
      name: 'step 11: a frame',
      because: 'the page was in a frame',
      mischief: { topOrigin: 'https://evil.example' },
    },
    { name: 'step 14: another RP ID', because: 'RpIdHash', mischief: { rpId: 'evil.example' } },
    {
      name: 'step 15: nobody present',
      because: 'nobody was present',
      mischief: { flags: FLAGS.uv },
    },
    {
      name: 'step 17: backed up, yet not eligible',
      because: 'backed up, yet it cannot be',
      mischief: { flags: FLAGS.up | FLAGS.bs },
    },
    {
      name: 'step 20: an algorithm that was not offered',
      because: 'not offered',
      mischief: { alg: -8 },
    },
    {
      name: 'a weak RSA key',
      because: 'no RSA key of 2048',
      mischief: { cose: coseOf(weak, -257) },
    },
    {
      name: 'a point that is not on the curve',
      because: 'the public key is none',
      mischief: { cose: offCurve },
    },
    { name: 'a key that is none', because: 'not offered', mischief: { cose: Buffer.from([0xa0]) } },
    {
      name: 'CBOR with a tag',
      because: 'CBOR has a tag',
      mischief: { cose: Buffer.from([0xc0, 0xa0]) },
    },
    {
      name: 'CBOR that is cut off',
      because: 'CBOR is cut off',
      mischief: { cose: Buffer.from([0xa5, 0x01]) },
    },
    {
      name: 'CBOR that nests without end',
      because: 'CBOR is too deep',
      mischief: { cose: Buffer.alloc(64, 0x81) },
    },
    {
      name: 'data after the end',
      because: 'goes on after its end',
      mischief: { trailing: Buffer.from([0]) },
    },
    {
      name: 'another id outside',
      because: 'two ids',
      mischief: { id: Buffer.alloc(32).toString('base64url') },
    },
  ];
  for (const { name, because, mischief } of refusals) {
    it(`T101: refused for ${name}`, async () => {
      const op = await openOp();
      const authenticator = createAuthenticator({ origin: ISSUER });
      assertEquals(await enrol(op, authenticator, mischief), 'refused');
      assertStringIncludes(op.log.at(-1) ?? '', because);
      assertEquals(await listFactors((await userOf(op)).id, op.instance.engine()), []);
    });
  }

  it('T101: a challenge for another browser, person or ceremony is none', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const user = await userOf(op);
    const authenticator = createAuthenticator({ origin: ISSUER });
    const elsewhere = await registrationOptions(user, 'another browser', engine);
    const forSigningIn = await assertionOptions({ user, binding: HERE }, engine);
    const own = await registrationOptions(user, HERE, engine) as { readonly challenge: string };
    for (const options of [elsewhere, { ...own, ...forSigningIn as typeof own }]) {
      const response = authenticator.create({ ...own, ...options as typeof own });
      assertEquals(await enrolPasskey(user, { response, name: '' }, HERE, engine), 'refused');
    }
  });

  it('T101: a challenge is good for five minutes, and once', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const user = await userOf(op);
    const late = await registrationOptions(user, HERE, engine);
    op.clock.now += 301;
    const slow = createAuthenticator({ origin: ISSUER }).create(late);
    assertEquals(await enrolPasskey(user, { response: slow, name: '' }, HERE, engine), 'refused');
    const options = await registrationOptions(user, HERE, engine);
    const [one, two] = [1, 2].map(() => createAuthenticator({ origin: ISSUER }).create(options));
    assertEquals(await enrolPasskey(user, { response: one, name: '' }, HERE, engine), 'enrolled');
    assertEquals(await enrolPasskey(user, { response: two, name: '' }, HERE, engine), 'refused');
  });

  it('step 26: a credential that somebody has is nobody else’s', async () => {
    const { op, authenticator } = await enrolled();
    const bob = await addBob(op);
    const engine = op.instance.engine();
    const response = authenticator.create(await registrationOptions(bob, HERE, engine));
    assertEquals(await enrolPasskey(bob, { response, name: '' }, HERE, engine), 'known');
    assertEquals(await listFactors(bob.id, engine), []);
  });

  it('at most ten', async () => {
    const op = await openOp();
    const outcomes: string[] = [];
    for (let i = 0; i < 11; i++) {
      outcomes.push(await enrol(op, createAuthenticator({ origin: ISSUER })));
    }
    assertEquals(outcomes, [...Array<string>(10).fill('enrolled'), 'full']);
  });

  const shapes: readonly unknown[] = [
    undefined,
    null,
    '',
    7,
    [],
    {},
    { id: 'x', type: 'public-key' },
    { id: 'AAAA', rawId: 'BBBB', type: 'public-key', response: {} },
    { id: 'AAAA', type: 'public-key', response: { clientDataJSON: '!', attestationObject: 'oA' } },
    {
      id: 'AAAA',
      type: 'public-key',
      response: { clientDataJSON: 'e30', attestationObject: 'oA' },
    },
    {
      id: 'AAAA',
      type: 'public-key',
      response: { clientDataJSON: 'bnVsbA', attestationObject: 'A'.repeat(40_000) },
    },
    { __proto__: null, constructor: 1 },
  ];
  it('whatever else comes is refused, and breaks nothing', async () => {
    const op = await openOp();
    const engine = op.instance.engine();
    const user = await userOf(op);
    for (const response of shapes) {
      assertEquals(await enrolPasskey(user, { response, name: '' }, HERE, engine), 'refused');
      const attempt = { response, user, binding: HERE, requireUserVerification: false };
      assertEquals((await checkAssertion(attempt, engine)).kind, 'refused');
    }
  });
});

describe('WebAuthn §7.2: a passkey proves who somebody is', () => {
  for (const alg of [-7, -257] as const) {
    it(`as a second factor, with algorithm ${alg}`, async () => {
      const { engine, authenticator, alice } = await enrolled({ alg });
      const options = await assertionOptions({ user: alice, binding: HERE }, engine);
      const response = authenticator.get(options, { userHandle: null });
      const result = await checkAssertion(
        { response, user: alice, binding: HERE, requireUserVerification: false },
        engine,
      );
      assertEquals(result.kind === 'ok' && result.user.id, alice.id);
      assertEquals(result.kind === 'ok' && result.amr, ['pop', 'hwk', 'user', 'mfa']);
    });
  }

  it('as the only factor, of whoever the authenticator names', async () => {
    const { engine, authenticator, alice } = await enrolled({ isSynced: true });
    const response = authenticator.get(await assertionOptions({ binding: HERE }, engine));
    const result = await checkAssertion(
      { response, binding: HERE, requireUserVerification: true },
      engine,
    );
    assertEquals(result.kind === 'ok' && result.user.id, alice.id);
    assertEquals(result.kind === 'ok' && result.amr, ['pop', 'swk', 'user', 'mfa']);
  });

  it('RFC 8176: without user verification it is one factor', async () => {
    const { engine, authenticator, alice } = await enrolled({ isVerifying: false });
    const response = authenticator.get(
      await assertionOptions({ user: alice, binding: HERE }, engine),
    );
    const result = await checkAssertion(
      { response, user: alice, binding: HERE, requireUserVerification: false },
      engine,
    );
    assertEquals(result.kind === 'ok' && result.amr, ['pop', 'hwk', 'user']);
    assertEquals(result.kind === 'ok' && result.isUserVerified, false);
  });

  it('every signature of ECDSA verifies, also those with short numbers', async () => {
    const { engine, authenticator, alice } = await enrolled();
    for (let i = 0; i < 400; i++) {
      const options = await assertionOptions({ user: alice, binding: HERE }, engine);
      const result = await checkAssertion({
        response: authenticator.get(options),
        user: alice,
        binding: HERE,
        requireUserVerification: true,
      }, engine);
      assertEquals(result.kind, 'ok');
    }
  });

  const refusals: readonly Refusal[] = [
    {
      name: 'step 11: another type',
      because: 'clientData type',
      mischief: { type: 'webauthn.create' },
    },
    {
      name: 'step 12: another challenge',
      because: 'ClientData challenge',
      mischief: { challenge: 'AAAA' },
    },
    {
      name: 'step 13: another origin',
      because: 'ClientData origin',
      mischief: { origin: 'http://op.example' },
    },
    {
      name: 'step 14: a frame of another site',
      because: 'in a frame of another site',
      mischief: { crossOrigin: true },
    },
    {
      name: 'step 15: a frame',
      because: 'the page was in a frame',
      mischief: { topOrigin: ISSUER },
    },
    { name: 'step 16: another RP ID', because: 'RpIdHash', mischief: { rpId: 'example' } },
    {
      name: 'step 17: nobody present',
      because: 'missing userPresent',
      mischief: { flags: FLAGS.uv },
    },
    {
      name: 'step 18: nobody verified',
      because: 'missing userVerified',
      mischief: { flags: FLAGS.up },
    },
    {
      name: 'step 19: backed up, yet not eligible',
      because: 'backed up, yet it cannot be',
      mischief: { flags: FLAGS.up | FLAGS.uv | FLAGS.bs },
    },
    {
      name: 'step 20: eligible all of a sudden',
      because: 'cannot change',
      mischief: { flags: FLAGS.up | FLAGS.uv | FLAGS.be },
    },
    {
      name: 'step 6: another user handle',
      because: 'names somebody else',
      mischief: { userHandle: 'AAAA' },
    },
    {
      name: 'step 5: an unknown credential',
      because: 'nobody has this passkey',
      mischief: { id: 'AAAA' },
    },
    {
      name: 'data after the end',
      because: 'goes on after its end',
      mischief: { trailing: Buffer.from([0xa0]) },
    },
    {
      name: 'step 24: another signature',
      because: 'Invalid signature',
      mischief: {
        signature: (made) =>
          Buffer.concat([made.subarray(0, -1), Buffer.from([(made.at(-1) ?? 0) ^ 1])]),
      },
    },
    {
      name: 'an empty signature',
      because: 'no ECDSA signature',
      mischief: { signature: () => Buffer.from([0]) },
    },
    {
      name: 'a signature of zeros',
      because: 'Invalid signature',
      mischief: { signature: () => Buffer.from('3006020100020100', 'hex') },
    },
  ];
  for (const { name, because, mischief } of refusals) {
    it(`T101: refused for ${name}`, async () => {
      const { op, engine, authenticator, alice } = await enrolled();
      const options = await assertionOptions({ user: alice, binding: HERE }, engine);
      const response = authenticator.get(options, mischief);
      const result = await checkAssertion(
        { response, user: alice, binding: HERE, requireUserVerification: true },
        engine,
      );
      assertEquals(result.kind, 'refused');
      assertStringIncludes(op.log.at(-1) ?? '', because);
    });
  }

  it('step 25: a counter that goes back is a copy’s', async () => {
    const { op, engine, authenticator, alice } = await enrolled({ counts: true });
    const attempt = async (mischief: Mischief = {}) => {
      const options = await assertionOptions({ user: alice, binding: HERE }, engine);
      const response = authenticator.get(options, mischief);
      return (await checkAssertion(
        { response, user: alice, binding: HERE, requireUserVerification: false },
        engine,
      )).kind;
    };
    assertEquals(await attempt({ signCount: 9 }), 'ok');
    assertEquals(await attempt({ signCount: 9 }), 'refused');
    assertEquals(await attempt({ signCount: 3 }), 'refused');
    assertEquals(await attempt({ signCount: 0 }), 'refused');
    const warnings = op.log.filter((line) => line.includes('passkey.counter_went_back'));
    assertEquals(warnings.length, 3);
    assert(warnings.every((line) => line.includes('"level":"warn"')));
    assertEquals(await attempt({ signCount: 10 }), 'ok');
    assertEquals((await passkeyOf(op)).sign_count, 10);
  });

  it('T101: an answer counts once, of 20 at the same time, too', async () => {
    const { engine, authenticator, alice } = await enrolled();
    const response = authenticator.get(
      await assertionOptions({ user: alice, binding: HERE }, engine),
    );
    const attempt = { response, user: alice, binding: HERE, requireUserVerification: true };
    const results = await Promise.all(
      Array.from({ length: 20 }, () => checkAssertion(attempt, engine)),
    );
    assertEquals(results.filter(({ kind }) => kind === 'ok').length, 1);
    assertEquals((await checkAssertion(attempt, engine)).kind, 'refused');
  });

  it('T101: it is bound to the browser, and to five minutes', async () => {
    const { op, engine, authenticator, alice } = await enrolled();
    const options = await assertionOptions({ user: alice, binding: HERE }, engine);
    const attempt = { user: alice, requireUserVerification: true };
    const elsewhere = { ...attempt, binding: 'elsewhere', response: authenticator.get(options) };
    assertEquals((await checkAssertion(elsewhere, engine)).kind, 'refused');
    op.clock.now += 300;
    const late = { ...attempt, binding: HERE, response: authenticator.get(options) };
    assertEquals((await checkAssertion(late, engine)).kind, 'refused');
  });

  it('somebody else’s passkey is not a second factor of one’s own', async () => {
    const { op, engine, authenticator } = await enrolled();
    const bob = await addBob(op);
    const options = await assertionOptions({ user: bob, binding: HERE }, engine);
    const result = await checkAssertion({
      response: authenticator.get(options),
      user: bob,
      binding: HERE,
      requireUserVerification: false,
    }, engine);
    assertEquals(result.kind, 'refused');
  });

  it('without a person, an answer that names nobody is refused', async () => {
    const { engine, authenticator } = await enrolled();
    const options = await assertionOptions({ binding: HERE }, engine);
    const response = authenticator.get(options, { userHandle: null });
    const attempt = { response, binding: HERE, requireUserVerification: true };
    assertEquals((await checkAssertion(attempt, engine)).kind, 'refused');
  });

  it('a disabled or removed person has no passkey', async () => {
    const { op, engine, authenticator, alice } = await enrolled();
    const attempt = async () => {
      const response = authenticator.get(await assertionOptions({ binding: HERE }, engine));
      const attempt = { response, binding: HERE, requireUserVerification: true };
      return (await checkAssertion(attempt, engine)).kind;
    };
    await op.instance.directory.disable(alice.id);
    assertEquals(await attempt(), 'refused');
    await op.instance.directory.enable(alice.id);
    assertEquals(await attempt(), 'ok');
    await op.instance.directory.remove(alice.id);
    assertEquals(await attempt(), 'refused');
  });
});

describe('factors are taken away', () => {
  it('one by one, with whatever finds them, and the recovery codes with the last', async () => {
    const { op, engine, authenticator, alice } = await enrolled();
    const second = createAuthenticator({ origin: ISSUER });
    op.clock.now += 1;
    await enrol(op, second);
    await newRecoveryCodes(alice.id, engine);
    const [first, other] = await listFactors(alice.id, engine);
    assert(await removeFactor(alice.id, first?.id ?? '', engine));
    assertFalse(await removeFactor(alice.id, first?.id ?? '', engine));
    assertNotEquals(await remainingRecoveryCodes(alice.id, engine), 0);
    assertEquals(await enrol(op, authenticator), 'enrolled');
    assert(await removeFactor(alice.id, other?.id ?? '', engine));
    assertEquals(await removeAllFactors(alice.id, engine), 1);
    assertEquals(await remainingRecoveryCodes(alice.id, engine), 0);
    assertEquals(await enrol(op, second), 'enrolled');
  });

  it('nobody takes another’s', async () => {
    const { op, engine } = await enrolled();
    const { id } = await passkeyOf(op);
    const bob = await addBob(op);
    assertFalse(await removeFactor(bob.id, id, engine));
    assertEquals((await passkeyOf(op)).id, id);
  });
});
