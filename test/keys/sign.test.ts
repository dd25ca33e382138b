import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { ALGORITHMS } from '../../src/keys/algorithms.ts';
import type { Keys } from '../../src/keys/keys.ts';
import { signWithSecret } from '../../src/keys/sign.ts';
import { HMAC_ALGS, SIGNING_ALGS } from '../../src/spec/identifiers.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { openTestKeys } from '../support/keys.ts';

const issuer = 'https://op.example';
const now = () => 1_800_000_000;

let opened: Promise<Keys> | undefined;

/** One set for the file, as RSA keys take their time. */
function open(): Promise<Keys> {
  return opened ??= openTestKeys({
    store: openMemoryStore({ now }),
    issuer,
    now,
  });
}

async function jwksOf(keys: Keys): Promise<JSONWebKeySet> {
  return JSON.parse(await keys.jwksText()) as JSONWebKeySet;
}

function signatureOf(jwt: string): Buffer {
  return Buffer.from(jwt.split('.')[2] ?? '', 'base64url');
}

describe('RFC 7518 §3.1: signatures of every algorithm', () => {
  for (const alg of SIGNING_ALGS) {
    it(`${alg}: jose verifies it by the JWKS, we verify it, and neither verifies a changed one`, async () => {
      const keys = await open();
      const jwt = await keys.sign(alg, 'JWT', { iss: issuer, sub: 's' });
      const jwks = createLocalJWKSet(await jwksOf(keys));
      const { payload, protectedHeader } = await jwtVerify(jwt, jwks, { algorithms: [alg] });
      assertEquals([payload.sub, protectedHeader.alg], ['s', alg]);
      assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.sub, 's');

      const [header, , signature] = jwt.split('.');
      const other = Buffer.from(JSON.stringify({ iss: issuer, sub: 't' })).toString('base64url');
      const changed = signatureOf(jwt);
      changed[10] = (changed[10] ?? 0) ^ 1;
      for (
        const forged of [
          `${header}.${other}.${signature}`,
          `${jwt.slice(0, jwt.lastIndexOf('.'))}.${changed.toString('base64url')}`,
        ]
      ) {
        await assertRejects(() => jwtVerify(forged, jwks));
        assertEquals(await keys.verifyOwn(forged, 'JWT'), undefined);
      }
    });
  }

  it('kid chooses a key of the algorithm, and no other', async () => {
    const keys = await open();
    await keys.ensure('sig', SIGNING_ALGS);
    const { keys: published } = await jwksOf(keys);
    for (const alg of SIGNING_ALGS) {
      const kid = published.find((key) => key.alg === alg)?.kid ?? '';
      const jwt = await keys.sign(alg, 'JWT', { iss: issuer }, kid);
      assertEquals(decodeProtectedHeader(jwt).kid, kid);
    }
    const es256 = published.find(({ alg }) => alg === 'ES256')?.kid;
    for (const kid of ['unknown', '', es256]) {
      await assertRejects(() => keys.sign('RS256', 'JWT', { iss: issuer }, kid), TypeError, 'kid');
    }
  });

  it('has no typ where there is none', async () => {
    const keys = await open();
    const header = decodeProtectedHeader(await keys.sign('ES256', undefined, { iss: issuer }));
    assertEquals(Object.keys(header).sort(), ['alg', 'kid']);
  });
});

describe('RFC 7518 §3.4: signatures of elliptic curves', () => {
  // Of so many signatures some have an R or S with a zero in front, and some with a byte less: one in 128 each.
  for (const [alg, count] of [['ES256', 1000], ['ES384', 300], ['ES512', 300]] as const) {
    it(`${alg}: are of one length and jose verifies them, whatever zeros R and S begin with`, async () => {
      const keys = await open();
      await keys.ensure('sig', [alg]);
      const jwks = createLocalJWKSet(await jwksOf(keys));
      const algorithm = ALGORITHMS[alg];
      assert(algorithm.kty === 'EC');
      for (let i = 0; i < count; i += 1) {
        const jwt = await keys.sign(alg, 'JWT', { iss: issuer, jti: String(i) });
        assertEquals(signatureOf(jwt).length, 2 * algorithm.integerBytes);
        assertEquals((await jwtVerify(jwt, jwks)).payload.jti, String(i));
        assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.jti, String(i));
      }
    });
  }
});

describe('Core §10.1: signatures with the client secret', () => {
  it('take the UTF-8 of the secret, and jose verifies them with no other', async () => {
    for (const alg of HMAC_ALGS) {
      const secret = 'sécret of 64 bytes or more, as HS512 should have it: 0123456789abcdef';
      const jwt = signWithSecret(alg, 'JWT', { sub: 's' }, secret);
      const { payload, protectedHeader } = await jwtVerify(jwt, new TextEncoder().encode(secret));
      assertEquals([payload.sub, protectedHeader.alg, protectedHeader.kid], ['s', alg, undefined]);
      await assertRejects(() => jwtVerify(jwt, new TextEncoder().encode(`${secret}x`)));
    }
  });
});
