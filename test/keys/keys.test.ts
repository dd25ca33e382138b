import { decodeProtectedHeader, type JSONWebKeySet, SignJWT } from 'jose';
import { describe, it } from 'node:test';
import { LEAD_SECONDS, REREAD_SECONDS } from '../../src/keys/key_state.ts';
import type { Keys } from '../../src/keys/keys.ts';
import { ASYMMETRIC_ENCRYPTION_ALGS, SIGNING_ALGS } from '../../src/spec/identifiers.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { KeyRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import {
  assert,
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertRejects,
} from '../support/assert.ts';
import { openTestKeys } from '../support/keys.ts';

const issuer = 'https://op.example';
const storageKey = new Uint8Array(32).fill(1);
const clock = { now: 1_800_000_000 };
const now = () => clock.now;

function open(
  store: Store,
  overrides: { issuer?: string; storageKey?: Uint8Array } = {},
): Promise<Keys> {
  return openTestKeys({ store, issuer, storageKey, now, ...overrides });
}

async function jwksOf(keys: Keys): Promise<JSONWebKeySet> {
  return JSON.parse(await keys.jwksText()) as JSONWebKeySet;
}

describe('keys', () => {
  it('T053: the JWKS holds public members only, with unique kid, use and alg', async () => {
    const { keys } = await jwksOf(await open(openMemoryStore({ now })));
    assertEquals(keys.map(({ alg }) => alg).sort(), ['ES256', 'EdDSA', 'RS256']);
    assertEquals(new Set(keys.map(({ kid }) => kid)).size, keys.length);
    for (const key of keys) {
      assertEquals(key.use, 'sig');
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
        assertFalse(secret in key, secret);
      }
    }
    const rsa = keys.find(({ alg }) => alg === 'RS256');
    assertEquals(rsa?.n?.length, 342);
  });

  it('T053: keys for every use and algorithm are made when they are asked for, one of each', async () => {
    const store = openMemoryStore({ now });
    const keys = await open(store);
    await keys.ensure('sig', SIGNING_ALGS);
    await keys.ensure('enc', ASYMMETRIC_ENCRYPTION_ALGS);
    const before = await keys.jwksText();
    const published = (await jwksOf(keys)).keys;
    for (
      const [use, algs] of [['sig', SIGNING_ALGS], ['enc', ASYMMETRIC_ENCRYPTION_ALGS]] as const
    ) {
      const ours = published.filter((key) => key.use === use).map(({ alg }) => alg ?? '');
      assertEquals(ours.sort(), [...algs].sort());
    }
    assertEquals(new Set(published.map(({ kid }) => kid)).size, published.length);
    for (const key of published) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) {
        assertFalse(secret in key, secret);
      }
    }
    await keys.ensure('sig', SIGNING_ALGS);
    await keys.ensure('enc', ASYMMETRIC_ENCRYPTION_ALGS);
    assertEquals(await keys.jwksText(), before);
    assertEquals(await (await open(store)).jwksText(), before);
  });

  it('T146: whoever asks for a key at once gets the same: callers, and starters on one store', async () => {
    const store = openMemoryStore({ now });
    const both = await Promise.all([open(store), open(store)]);
    const work = both.flatMap((keys) => [
      keys.sign('ES384', 'JWT', { iss: issuer }),
      keys.sign('ES384', 'JWT', { iss: issuer }),
      keys.ensure('sig', ['ES512', 'ES384']),
      keys.ensure('enc', ['ECDH-ES']),
      keys.ensure('enc', ['ECDH-ES', 'ECDH-ES+A128KW']),
    ]);
    const jwts = (await Promise.all(work)).filter((each) => each !== undefined);
    assertEquals(jwts.length, 4);
    assertEquals(new Set(jwts.map((jwt) => decodeProtectedHeader(jwt).kid)).size, 1);
    assertEquals(new Set(await Promise.all(both.map((keys) => keys.jwksText()))).size, 1);
    const algs = (await jwksOf(await open(store))).keys.map(({ alg }) => alg).sort();
    assertEquals(algs, ['ECDH-ES', 'ECDH-ES+A128KW', 'ES256', 'ES384', 'ES512', 'EdDSA', 'RS256']);
  });

  it('signs while other keys are made and sealing keys rotate, and loses none of them', async () => {
    const store = openMemoryStore({ now });
    const keys = await open(store);
    const sealed = keys.seal('access token', 'x');
    await Promise.all([
      keys.ensure('sig', ['ES384']),
      keys.rotate('seal', { isNow: true }),
      keys.ensure('enc', ['ECDH-ES']),
      keys.sign('ES512', 'JWT', { iss: issuer }),
    ]);
    const algs = (await jwksOf(keys)).keys.map(({ alg }) => alg).sort();
    assertEquals(algs, ['ECDH-ES', 'ES256', 'ES384', 'ES512', 'EdDSA', 'RS256']);
    assertEquals(keys.open('access token', sealed), 'x');
    assertEquals(await keys.jwksText(), await (await open(store)).jwksText());
  });

  it('T146: are made once for a store, and anew for another', async () => {
    const store = openMemoryStore({ now });
    const [first, second] = [await open(store), await open(store)];
    assertEquals(await first.jwksText(), await second.jwksText());
    assertNotEquals(
      await first.jwksText(),
      await (await open(openMemoryStore({ now }))).jwksText(),
    );
  });

  it('T146: two starters on one empty store end with the same keys', async () => {
    const store = openMemoryStore({ now });
    const both = await Promise.all([open(store), open(store), open(store)]);
    assertEquals(new Set(await Promise.all(both.map((keys) => keys.jwksText()))).size, 1);
    const sealed = both[0]?.seal('access token', 'x') ?? '';
    for (const keys of both) assertEquals(keys.open('access token', sealed), 'x');
  });

  it('T042: private halves rest sealed: no record shows one', async () => {
    const store = openMemoryStore({ now });
    await (await open(store)).jwksText();
    for await (const { value } of store.list<KeyRecord>(['key'])) {
      assertFalse('d' in (value.public_jwk ?? {}));
      assertFalse(/"d"/.test(JSON.stringify(value)));
    }
  });

  it('T135: another storage key stops the start instead of making fresh keys', async () => {
    const store = openMemoryStore({ now });
    const before = await (await open(store)).jwksText();
    await assertRejects(
      () => open(store, { storageKey: new Uint8Array(32).fill(2) }),
      TypeError,
      'storage key',
    );
    assertEquals(await (await open(store)).jwksText(), before);
  });

  it('belong to one issuer: nothing of one is anything at another', async () => {
    const store = openMemoryStore({ now });
    const [one, other] = [
      await open(store),
      await open(store, { issuer: 'https://other.example' }),
    ];
    assertNotEquals(await one.jwksText(), await other.jwksText());
    assertEquals(other.open('access token', one.seal('access token', 'x')), undefined);
    assertFalse(other.isMac('csrf', 'x', one.mac('csrf', 'x')));
    assertEquals(
      await other.verifyOwn(await one.sign('ES256', 'JWT', { iss: issuer }), 'JWT'),
      undefined,
    );
  });
});

describe('verifyOwn', () => {
  it('T013: takes an expired token of ours', async () => {
    const keys = await open(openMemoryStore({ now }));
    const jwt = await keys.sign('ES256', 'JWT', { iss: issuer, sub: 's', exp: 1000 });
    assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.sub, 's');
  });

  it('T050: takes no kind in the place of another', async () => {
    const keys = await open(openMemoryStore({ now }));
    assertEquals(
      await keys.verifyOwn(await keys.sign('ES256', 'at+jwt', { iss: issuer }), 'JWT'),
      undefined,
    );
    assertEquals(
      await keys.verifyOwn(await keys.sign('ES256', 'JWT', { iss: issuer }), 'at+jwt'),
      undefined,
    );
  });

  it('T046, T047, T048: takes no other algorithm, key or key header', async () => {
    const keys = await open(openMemoryStore({ now }));
    const genuine = await keys.sign('RS256', 'JWT', { iss: issuer, sub: 's' });
    const { kid } = decodeProtectedHeader(genuine);
    const [, payload, signature] = genuine.split('.');
    const header = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const publicKey = (await jwksOf(keys)).keys.find((key) => key.kid === kid);
    const hmacKey = new TextEncoder().encode(JSON.stringify(publicKey));
    const attacks: Record<string, string> = {
      'alg none': `${header({ alg: 'none', typ: 'JWT', kid })}.${payload}.`,
      'alg None, signed': `${header({ alg: 'None', typ: 'JWT', kid })}.${payload}.${signature}`,
      'HMAC with the public key': await new SignJWT({ iss: issuer, sub: 's' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: kid ?? '' }).sign(hmacKey),
      'another alg over the same kid': `${
        header({ alg: 'PS256', typ: 'JWT', kid })
      }.${payload}.${signature}`,
      'unknown kid': `${header({ alg: 'RS256', typ: 'JWT', kid: 'x' })}.${payload}.${signature}`,
      'key in the header': `${
        header({ alg: 'RS256', typ: 'JWT', jwk: publicKey })
      }.${payload}.${signature}`,
      'changed payload': `${genuine.split('.')[0]}.${
        header({ iss: issuer, sub: 'other' })
      }.${signature}`,
      'not a JWT': 'x.y.z',
    };
    assertEquals((await keys.verifyOwn(genuine, 'JWT'))?.sub, 's');
    for (const [name, jwt] of Object.entries(attacks)) {
      assertEquals(await keys.verifyOwn(jwt, 'JWT'), undefined, name);
    }
  });

  it('T143: takes an iat of a clock that is a little ahead, not one a minute ahead', async () => {
    const keys = await open(openMemoryStore({ now }));
    for (
      const [ahead, accepted] of [[0, true], [10, true], [60, true], [61, false], [
        86_400,
        false,
      ]] as const
    ) {
      const jwt = await keys.sign('ES256', 'JWT', {
        iss: issuer,
        sub: 's',
        iat: clock.now + ahead,
      });
      assertEquals(await keys.verifyOwn(jwt, 'JWT') !== undefined, accepted, String(ahead));
    }
  });

  it('T143: takes no iat of a clock that was set back since, even if it was taken before', async () => {
    const { now: before } = clock;
    const keys = await open(openMemoryStore({ now }));
    const jwt = await keys.sign('ES256', 'JWT', { iss: issuer, sub: 's', iat: before });
    assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.sub, 's');
    clock.now = before - 61;
    try {
      assertEquals(await keys.verifyOwn(jwt, 'JWT'), undefined);
    } finally {
      clock.now = before;
    }
    assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.sub, 's');
  });

  it('T129: does not even parse a JWT over 16 KiB', async () => {
    const keys = await open(openMemoryStore({ now }));
    const jwt = await keys.sign('ES256', 'JWT', {
      iss: issuer,
      sub: 's',
      padding: 'x'.repeat(20_000),
    });
    assertEquals(await keys.verifyOwn(jwt, 'JWT'), undefined);
  });
});

describe('sealing keys', () => {
  it('rotate without losing what is sealed or authenticated, and are gone when told', async () => {
    clock.now = 1_800_000_000;
    const store = openMemoryStore({ now });
    const [keys, other] = [await open(store), await open(store)];
    await keys.keepFor({ sig: 0, enc: 0, seal: 1000 });
    const kidOf = (each: Keys): string => each.seal('access token', 'x').slice(0, 6);
    const sealed = keys.seal('access token', 'x');
    const mac = keys.mac('refresh token', 'x');
    await keys.rotate('seal');
    const superseded = clock.now + LEAD_SECONDS.seal;
    assertEquals(kidOf(keys), sealed.slice(0, 6));
    await other.refresh();
    clock.now = superseded - 1;
    assertEquals(kidOf(keys), sealed.slice(0, 6));
    clock.now = superseded;
    assertNotEquals(kidOf(keys), sealed.slice(0, 6));
    assertEquals(kidOf(other), kidOf(keys));
    for (const each of [keys, other, await open(store)]) {
      assertEquals(each.open('access token', sealed), 'x');
      assert(each.isMac('refresh token', 'x', mac));
      assertEquals(each.open('access token', keys.seal('access token', 'y')), 'y');
    }
    const margin = REREAD_SECONDS + 60;
    clock.now = superseded + 1000 + margin - 1;
    assertEquals(await keys.removeGone(() => Promise.resolve(false)), []);
    assertEquals(keys.open('access token', sealed), 'x');
    clock.now += 1;
    assertEquals(await keys.removeGone(() => Promise.resolve(false)), [sealed.slice(0, 6)]);
    assertEquals(keys.open('access token', sealed), undefined);
    assertFalse(keys.isMac('refresh token', 'x', mac));
    assertEquals((await open(store)).open('access token', sealed), undefined);
  });

  it('T050: keep purposes and contexts apart', async () => {
    const keys = await open(openMemoryStore({ now }));
    const sealed = keys.seal('access token', 'x');
    assertEquals(keys.open('authorization request', sealed), undefined);
    assertEquals(keys.open('access token', sealed, 'context'), undefined);
    assertFalse(keys.isMac('csrf', 'x', keys.mac('refresh token', 'x')));
  });
});

describe('client secrets at rest', () => {
  it('T042: are salted digests that match their secret only', async () => {
    const keys = await open(openMemoryStore({ now }));
    const digest = keys.digestSecret('secret');
    assertNotEquals(digest, keys.digestSecret('secret'));
    assertFalse(digest.includes('secret'));
    assert(keys.matchesSecret('secret', digest));
    for (const wrong of ['Secret', 'secret ', '']) assertFalse(keys.matchesSecret(wrong, digest));
    for (const bad of ['', '$ostiary$', '$ostiary$x', `${digest}x`, 'secret']) {
      assertFalse(keys.matchesSecret('secret', bad));
    }
  });
});

describe('client secrets that must be had back', () => {
  it('T042: rest sealed, under one issuer and one storage key', async () => {
    const store = openMemoryStore({ now });
    const keys = await open(store);
    const secret = 'sécret';
    const sealed = keys.sealSecret(secret);
    assert(sealed.startsWith('$sealed$'));
    assertNotEquals(sealed, keys.sealSecret(secret));
    assertEquals(keys.openSecret(sealed), secret);
    assertEquals((await open(store)).openSecret(sealed), secret);
    const other = await open(openMemoryStore({ now }), { issuer: 'https://other.example' });
    const rekeyed = await open(openMemoryStore({ now }), {
      storageKey: new Uint8Array(32).fill(2),
    });
    for (const each of [other, rekeyed]) assertEquals(each.openSecret(sealed), undefined);
    const digest = keys.digestSecret(secret);
    for (const bad of ['', '$sealed$', `${sealed}A`, sealed.slice(0, -1), 'secret', digest]) {
      assertEquals(keys.openSecret(bad), undefined);
    }
  });
});

describe('Core §3.1.3.6: halfHash', () => {
  it('is the left half of the hash of the algorithm, of ours and of HMAC', async () => {
    const keys = await open(openMemoryStore({ now }));
    const text = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
    // The example of OpenID Connect Core A.3, A.4.
    assertEquals(keys.halfHash('RS256', text), '77QmUPtjPfzWtF2AnpK9RQ');
    for (const alg of ['PS256', 'ES256', 'HS256'] as const) {
      assertEquals(keys.halfHash(alg, text), '77QmUPtjPfzWtF2AnpK9RQ');
    }
    for (const alg of ['RS384', 'PS384', 'ES384', 'HS384'] as const) {
      assertEquals(Buffer.from(keys.halfHash(alg, text), 'base64url').length, 24);
    }
    for (const alg of ['RS512', 'PS512', 'ES512', 'HS512', 'EdDSA'] as const) {
      assertEquals(keys.halfHash(alg, text), keys.halfHash('RS512', text));
      assertEquals(Buffer.from(keys.halfHash(alg, text), 'base64url').length, 32);
    }
  });
});
