/** Passkeys of people whom several issuers share. */
import { describe, it } from 'node:test';
import {
  assertionOptions,
  checkAssertion,
  enrolPasskey,
  registrationOptions,
} from '../../../src/engine/factors/passkey.ts';
import {
  canShowSecondFactor,
  hasSecondFactor,
  listFactors,
} from '../../../src/engine/factors/factors.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { factors } from '../../../src/store/collections.ts';
import { openMemoryStore } from '../../../src/store/memory.ts';
import type { PasskeyRecord, UserRecord } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../../support/assert.ts';
import { type Authenticator, createAuthenticator } from '../../support/authenticator.ts';
import { has } from '../../support/browser.ts';
import { ALICE, authorizationUrl } from '../../support/flow.ts';
import { CLIENT, type Op, openOp } from '../../support/op.ts';

const BINDING = 'this browser';
const ONE = 'https://one.example.com';
const TWO = 'https://two.example.com';

interface House {
  readonly store: Store;
  readonly one: Op;
  readonly two: Op;
  readonly alice: UserRecord;
}

/** Two issuers over one store. */
async function openHouse(config: Readonly<Record<string, unknown>> = {}): Promise<House> {
  const store = openMemoryStore({ now: () => 1_800_000_000 });
  const clients = [{ ...CLIENT, authorization_policy: 'two_factor' }];
  const [one, two] = [
    await openOp({ store, config: { clients, ...config, issuer: ONE } }),
    await openOp({ store, people: false, config: { clients, ...config, issuer: TWO } }),
  ];
  const alice = await one.instance.directory.findByUsername('alice');
  assert(alice !== undefined);
  return { store, one, two, alice };
}

function authenticatorAt(origin: string): Authenticator {
  return createAuthenticator({ origin });
}

async function enrol({ one, alice }: House, authenticator: Authenticator): Promise<void> {
  const engine = one.instance.engine();
  const response = authenticator.create(await registrationOptions(alice, BINDING, engine));
  assertEquals(await enrolPasskey(alice, { response, name: 'K' }, BINDING, engine), 'enrolled');
}

/** A sign-in where no name was given; the authenticator says what it says. */
async function signIn(op: Op, authenticator: Authenticator): Promise<'ok' | 'refused'> {
  const engine = op.instance.engine();
  const response = authenticator.get(await assertionOptions({ binding: BINDING }, engine));
  const attempt = { response, binding: BINDING, requireUserVerification: true };
  return (await checkAssertion(attempt, engine)).kind;
}

async function passkeyOf({ one, alice }: House): Promise<PasskeyRecord> {
  const [factor] = await listFactors(alice.id, one.instance.engine());
  assert(factor?.kind === 'passkey');
  return factor;
}

describe('WebAuthn §4: the RP ID of a passkey', () => {
  it('is kept, and at an issuer of another host the passkey is neither offered nor accepted', async () => {
    const house = await openHouse();
    const authenticator = authenticatorAt(ONE);
    await enrol(house, authenticator);
    assertEquals((await passkeyOf(house)).rp_id, 'one.example.com');
    const engine = house.two.instance.engine();
    const offered = JSON.stringify([
      await assertionOptions({ user: house.alice, binding: BINDING }, engine),
      await registrationOptions(house.alice, BINDING, engine),
    ]);
    assertFalse(offered.includes(authenticator.id));
    // As an authenticator would answer that does not care for whom it made the key.
    const options = await assertionOptions({ binding: BINDING }, engine);
    const response = authenticator.get(options, { origin: TWO });
    const attempt = { response, binding: BINDING, requireUserVerification: true };
    assertEquals((await checkAssertion(attempt, engine)).kind, 'refused');
    assert(house.two.log.some((line) => line.includes('it belongs to another host')));
    assertEquals(await signIn(house.one, authenticator), 'ok');
  });

  it('that issuers have in common makes a passkey good at all of them', async () => {
    const house = await openHouse({ passkey_rp_id: 'example.com' });
    const authenticator = authenticatorAt(ONE);
    await enrol(house, authenticator);
    assertEquals((await passkeyOf(house)).rp_id, 'example.com');
    assertEquals(await signIn(house.one, authenticator), 'ok');
    const engine = house.two.instance.engine();
    const options = await assertionOptions({ user: house.alice, binding: BINDING }, engine);
    assertStringIncludes(JSON.stringify(options), authenticator.id);
    const response = authenticator.get(options, { origin: TWO });
    const attempt = { response, binding: BINDING, requireUserVerification: true };
    assertEquals((await checkAssertion(attempt, engine)).kind, 'ok');
  });

  it('that a record does not hold yet is that of the issuer where it is used first', async () => {
    const house = await openHouse();
    const authenticator = authenticatorAt(ONE);
    await enrol(house, authenticator);
    const { rp_id: _, ...old } = await passkeyOf(house);
    await house.store.commit({ put: [factors.put([house.alice.id, old.id], old)] });
    for (const op of [house.one, house.two]) {
      assert(await canShowSecondFactor(house.alice.id, op.instance.engine()));
    }
    assertEquals(await signIn(house.one, authenticator), 'ok');
    assertEquals((await passkeyOf(house)).rp_id, 'one.example.com');
    assertFalse(await canShowSecondFactor(house.alice.id, house.two.instance.engine()));
  });
});

describe('a passkey of another host', () => {
  it('T100: guards the account all the same, so that a password alone adds no factor', async () => {
    const house = await openHouse();
    await enrol(house, authenticatorAt(ONE));
    const engine = house.two.instance.engine();
    assert(await hasSecondFactor(house.alice.id, engine));
    const browser = house.two.browser();
    await browser.submit(await browser.get('/login'), ALICE, {}, 'id="username"');
    for (const path of ['/account/totp', '/account/passkey']) {
      const page = await browser.get(path);
      assertEquals([page.status, page.url.pathname], [200, '/login/second-factor']);
      assert(has(page, 'elsewhere') && page.text.includes('one.example.com'));
    }
  });

  it('leads whoever needs a second factor to where it is of use, with nothing to add here', async () => {
    const house = await openHouse();
    await enrol(house, authenticatorAt(ONE));
    const browser = house.two.browser();
    const login = await browser.get(authorizationUrl());
    const page = await browser.submit(login, ALICE, {}, 'id="username"');
    assertEquals(page.url.pathname, '/login/second-factor');
    assert(has(page, 'elsewhere'));
    for (const id of ['enrol-totp', 'enrol-passkey', 'passkey', 'totp']) assertFalse(has(page, id));
  });

  it('is named as such on the account page, and only there', async () => {
    const house = await openHouse();
    await enrol(house, authenticatorAt(ONE));
    for (const [op, isElsewhere] of [[house.one, false], [house.two, true]] as const) {
      const browser = op.browser();
      await browser.submit(await browser.get('/login'), ALICE, {}, 'id="username"');
      const { status, text } = await browser.get('/account/factors');
      assertEquals([status, text.includes('for <bdi>one.example.com</bdi>')], [200, isElsewhere]);
    }
  });
});

describe('passkey_rp_id', () => {
  const ROWS: readonly (readonly [rpId: string, issuer: string, isRight: boolean])[] = [
    ['auth.example.com', 'https://auth.example.com/x', true],
    ['example.com', 'https://auth.example.com:8443', true],
    ['localhost', 'http://localhost:9091', true],
    ['com', 'https://auth.example.com', false],
    ['ample.com', 'https://auth.example.com', false],
    ['other.example.com', 'https://auth.example.com', false],
    ['sub.auth.example.com', 'https://auth.example.com', false],
    ['https://example.com', 'https://auth.example.com', false],
    ['Example.com', 'https://auth.example.com', false],
    ['', 'https://auth.example.com', false],
    ['0.0.1', 'http://127.0.0.1:9091', false],
  ];
  for (const [passkey_rp_id, issuer, isRight] of ROWS) {
    it(`${passkey_rp_id} is ${isRight ? '' : 'not '}one for ${issuer}`, () => {
      const result = parseConfig({ issuer, passkey_rp_id });
      assertEquals(result.ok, isRight, JSON.stringify(result));
      const isNamed = !result.ok &&
        result.mistakes.every(({ path, problem }) =>
          path.join() === 'passkey_rp_id' && problem.startsWith('must be the host of the issuer')
        );
      assert(
        result.ok ? result.config.issuers[0].settings.passkey_rp_id === passkey_rp_id : isNamed,
      );
    });
  }
});
