import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
} from 'jose';
import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Keys } from '../../src/keys/keys.ts';
import type { SigningAlg } from '../../src/spec/identifiers.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from '../support/assert.ts';
import { openTestKeys } from '../support/keys.ts';
import { LEAF, LEAF_KEY, MIDDLE, OTHER, OTHER_KEY, P521_LEAF, P521_ROOT, ROOT } from './chain.ts';

const issuer = 'https://op.example';
/** LEAF is valid for twenty years from late in 2026. */
const clock = { now: 1_800_000_000 };
const LEAF_ENDS = Date.parse(new X509Certificate(LEAF).validTo) / 1000;
const LEAF_BEGINS = Date.parse(new X509Certificate(LEAF).validFrom) / 1000;
const now = () => clock.now;

interface Opened {
  readonly keys: Keys;
  readonly store: Store;
  readonly log: string[];
}

async function open(store = openMemoryStore({ now })): Promise<Opened> {
  const log: string[] = [];
  const keys = await openTestKeys({
    store,
    issuer,
    now,
    log: (level, event) => log.push(`${level} ${event}`),
  });
  return { keys, store, log };
}

async function jwksOf(keys: Keys): Promise<readonly JWK[]> {
  return (JSON.parse(await keys.jwksText()) as JSONWebKeySet).keys;
}

async function imported(keys: Keys, ...args: Parameters<Keys['importKey']>): Promise<string> {
  const outcome = await keys.importKey(...args);
  assert(outcome.kind === 'done', JSON.stringify(outcome));
  return outcome.key.kid;
}

let refusing: Promise<Opened> | undefined;

async function problemOf(text: string, as: Parameters<Keys['importKey']>[1] = {}): Promise<string> {
  const { keys } = await (refusing ??= open());
  const before = await keys.jwksText();
  const outcome = await keys.importKey(text, as);
  assertEquals(await keys.jwksText(), before);
  return outcome.kind === 'refused' ? outcome.problem : `imported as ${outcome.key.kid}`;
}

async function privateJwk(alg: string, members: Partial<JWK> = {}): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...await exportJWK(privateKey), ...members };
}

describe('a key brought in', () => {
  it('T142: is published at once, and signs only when no cache of the JWKS can lack it', async () => {
    const { keys } = await open();
    const first = decodeProtectedHeader(await keys.sign('ES256', 'JWT', { iss: issuer })).kid;
    const start = clock.now;
    const kid = await imported(keys, LEAF_KEY, {});
    const published = (await jwksOf(keys)).map((key) => key.kid);
    assertEquals([published.includes(first), published.includes(kid)], [true, true]);
    for (
      const [seconds, expected] of [[0, first], [659, first], [660, kid], [9999, kid]] as const
    ) {
      clock.now = start + seconds;
      const jwt = await keys.sign('ES256', 'JWT', { iss: issuer });
      assertEquals(decodeProtectedHeader(jwt).kid, expected, `after ${seconds} s`);
    }
    clock.now = start;
  });

  it('signs then, after a restart too, and what older keys signed still verifies', async () => {
    const { keys, store } = await open();
    const old = await keys.sign('ES256', 'JWT', { iss: issuer, sub: 'old' });
    const kid = await imported(keys, LEAF_KEY, {});
    assertNotEquals(decodeProtectedHeader(old).kid, kid);
    clock.now += 660;
    for (const each of [keys, (await open(store)).keys]) {
      const jwt = await each.sign('ES256', 'JWT', { iss: issuer, sub: 'new' });
      assertEquals(decodeProtectedHeader(jwt).kid, kid);
      const jwks = createLocalJWKSet(JSON.parse(await each.jwksText()) as JSONWebKeySet);
      for (const [text, sub] of [[old, 'old'], [jwt, 'new']] as const) {
        assertEquals((await jwtVerify(text, jwks)).payload.sub, sub);
        assertEquals((await each.verifyOwn(text, 'JWT'))?.sub, sub);
      }
    }
  });

  it('is for what its type is for, unless told otherwise', async () => {
    const { keys } = await open();
    const rsa = await exportPKCS8(
      (await generateKeyPair('RS256', { extractable: true })).privateKey,
    );
    const rows: readonly (readonly [string, Parameters<Keys['importKey']>[1], string, string])[] = [
      [LEAF_KEY, {}, 'sig', 'ES256'],
      [JSON.stringify(await privateJwk('ES384')), {}, 'sig', 'ES384'],
      [JSON.stringify(await privateJwk('ES512')), {}, 'sig', 'ES512'],
      [JSON.stringify(await privateJwk('EdDSA')), {}, 'sig', 'EdDSA'],
      [OTHER_KEY, { use: 'enc' }, 'enc', 'ECDH-ES'],
      [
        JSON.stringify(await privateJwk('ES384')),
        { use: 'enc', alg: 'ECDH-ES+A256KW' },
        'enc',
        'ECDH-ES+A256KW',
      ],
      [
        JSON.stringify(await privateJwk('ES256', { use: 'enc', alg: 'ECDH-ES+A128KW' })),
        {},
        'enc',
        'ECDH-ES+A128KW',
      ],
      [rsa, {}, 'sig', 'RS256'],
      [JSON.stringify(await privateJwk('RS256', { alg: 'PS384' })), {}, 'sig', 'PS384'],
      [
        JSON.stringify(await privateJwk('RS256', { alg: 'PS384' })),
        { use: 'enc' },
        'enc',
        'RSA-OAEP-256',
      ],
      [JSON.stringify(await privateJwk('RS256')), { alg: 'RS512' }, 'sig', 'RS512'],
    ];
    for (const [text, as, use, alg] of rows) {
      const kid = await imported(keys, text, as);
      const published = (await jwksOf(keys)).find((key) => key.kid === kid);
      assertEquals([published?.use, published?.alg], [use, alg]);
      if (use === 'sig') {
        clock.now += 660;
        const jwt = await keys.sign(alg as SigningAlg, 'JWT', { iss: issuer, sub: alg });
        assertEquals(decodeProtectedHeader(jwt).kid, kid);
        assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.sub, alg);
      }
    }
    const published = await jwksOf(keys);
    assertEquals(new Set(published.map(({ kid }) => kid)).size, published.length);
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
      assert(published.every((key) => !(secret in key)), secret);
    }
  });

  it('keeps the kid that relying parties know it by', async () => {
    const { keys } = await open();
    const jwk = await privateJwk('EdDSA', { kid: '2019-key.1' });
    assertEquals(await imported(keys, JSON.stringify(jwk), {}), '2019-key.1');
    const strange = await privateJwk('ES256', { kid: 'a\nb' });
    assertEquals((await imported(keys, JSON.stringify(strange), {})).length, 43);
  });

  it('is here once, for one algorithm and under one kid', async () => {
    const { keys } = await open();
    await keys.jwksText();
    const jwk = await privateJwk('RS256', { kid: 'one' });
    assertEquals(await imported(keys, JSON.stringify(jwk), {}), 'one');
    assertEquals(await imported(keys, JSON.stringify(jwk), {}), 'one');
    const again = [
      [{ ...jwk, kid: 'two' }, {}, 'here already as one'],
      [jwk, { alg: 'PS256' }, 'one key has one alg'],
      [jwk, { use: 'enc' }, 'one key has one alg'],
      [await privateJwk('RS256', { kid: 'one' }), {}, 'another key whose kid is one'],
    ] as const;
    for (const [text, as, problem] of again) {
      const outcome = await keys.importKey(JSON.stringify(text), as);
      assertStringIncludes(outcome.kind === 'refused' ? outcome.problem : 'imported', problem);
    }
    assertEquals((await jwksOf(keys)).filter(({ alg }) => alg === 'RS256').length, 2);
  });

  it('an older one brought in again signs again', async () => {
    const { keys } = await open();
    const first = await imported(keys, LEAF_KEY, {});
    const second = await imported(keys, OTHER_KEY, {});
    clock.now += 660;
    const kidNow = async (): Promise<unknown> =>
      decodeProtectedHeader(await keys.sign('ES256', 'JWT', { iss: issuer })).kid;
    assertEquals(await kidNow(), second);
    assertEquals(await imported(keys, LEAF_KEY, {}), first);
    assertEquals(await kidNow(), first);
  });

  it('T042: rests sealed', async () => {
    const { keys, store } = await open();
    const { d = '', ...rest } = await privateJwk('ES256');
    await imported(keys, JSON.stringify({ ...rest, d }), {});
    for await (const { value } of store.list(['key'])) {
      assert(!JSON.stringify(value).includes(d));
    }
  });

  it('refuses what it cannot use, and says why', async () => {
    const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const x25519 = generateKeyPairSync('x25519').privateKey;
    const ec = await privateJwk('ES256');
    const { d: _, ...publicHalf } = ec;
    const { d } = await privateJwk('ES256');
    const pem = (label: string): string => LEAF_KEY.replaceAll('PRIVATE KEY', label);
    const rows: readonly (readonly [string, Parameters<Keys['importKey']>[1], string])[] = [
      ['', {}, 'one private key'],
      ['nonsense', {}, 'one private key'],
      ['{', {}, 'cannot be read'],
      ['{}', {}, 'cannot be read'],
      [`${LEAF_KEY}${OTHER_KEY}`, {}, 'one private key'],
      [`${JSON.stringify(ec)}\n${LEAF_KEY}`, {}, 'one private key'],
      [LEAF, {}, 'one private key'],
      [pem('PUBLIC KEY'), {}, 'PKCS #8'],
      [pem('ENCRYPTED PRIVATE KEY'), {}, 'PKCS #8'],
      [pem('RSA PRIVATE KEY'), {}, 'PKCS #8'],
      [LEAF_KEY.replace('MIGH', 'AAAA'), {}, 'cannot be read'],
      [JSON.stringify(publicHalf), {}, 'cannot be read'],
      [JSON.stringify({ kty: 'oct', k: 'AAAA' }), {}, 'cannot be read'],
      [JSON.stringify({ ...ec, d }), {}, ''],
      [rsa1024.export({ format: 'pem', type: 'pkcs8' }) as string, {}, '2048'],
      [x25519.export({ format: 'pem', type: 'pkcs8' }) as string, {}, ''],
      [LEAF_KEY, { alg: 'RS256' }, 'must be one of ES256'],
      [LEAF_KEY, { alg: 'ES384' }, 'must be one of ES256'],
      [LEAF_KEY, { alg: 'HS256' }, 'must be one of ES256'],
      [LEAF_KEY, { alg: 'toString' }, 'must be one of ES256'],
      [LEAF_KEY, { use: 'enc', alg: 'RSA-OAEP' }, 'must be one of ECDH-ES'],
      [LEAF_KEY, { alg: 'ECDH-ES' }, 'must be one of ES256'],
      [JSON.stringify({ ...ec, alg: 'RS256' }), {}, 'must be one of ES256'],
      [JSON.stringify({ ...ec, use: 'wrap' }), {}, 'use must be'],
      [JSON.stringify(await privateJwk('EdDSA')), { use: 'enc' }, 'cannot be for enc'],
    ];
    for (const [text, as, problem] of rows) {
      const found = await problemOf(text, as);
      assertStringIncludes(found, problem);
      assert(!found.startsWith('imported'), `${found}: ${text.slice(0, 40)} ${JSON.stringify(as)}`);
      assert(!found.includes(d ?? ''));
    }
  });
});

describe('RFC 7517 §4.7: X.509 certificates of a key', () => {
  it('are published as x5c, x5t and x5t#S256, the leaf first', async () => {
    const { keys } = await open();
    const chained = `${LEAF_KEY}\n${LEAF}\n${MIDDLE}${ROOT}`;
    const kid = await imported(keys, chained, {});
    const key = (await jwksOf(keys)).find((each) => each.kid === kid);
    const ders = [LEAF, MIDDLE, ROOT].map((pem) => new X509Certificate(pem).raw);
    assertEquals(key?.x5c, ders.map((der) => Buffer.from(der).toString('base64')));
    const digest = (name: string): string =>
      createHash(name).update(ders[0] ?? '').digest('base64url');
    assertEquals([key?.x5t, key?.['x5t#S256']], [digest('sha1'), digest('sha256')]);
    assertEquals(keys.describe().find((each) => each.kid === kid)?.chain_expires_at, LEAF_ENDS);
  });

  it('may follow a JWK, may end before the root, may be renewed', async () => {
    const { keys, store } = await open();
    const { d, ...rest } = createPrivateKey(LEAF_KEY)
      .export({ format: 'jwk' }) as JWK;
    const jwk = JSON.stringify({ ...rest, d, kid: 'leaf' }, undefined, 2);
    const lengths: (number | undefined)[] = [];
    for (const text of [jwk, `${jwk}\n${LEAF}`, `${jwk}\n${LEAF}${MIDDLE}`]) {
      assertEquals(await imported(keys, text, {}), 'leaf');
      const published = await jwksOf(keys);
      lengths.push(published.find(({ kid }) => kid === 'leaf')?.x5c?.length);
    }
    assertEquals(lengths, [undefined, 1, 2]);
    const reopened = (await jwksOf((await open(store)).keys)).find(({ kid }) => kid === 'leaf');
    assertEquals(reopened?.x5c?.length, 2);
  });

  it('must be in order, the leaf for the key, each signed by the next, which is an authority', async () => {
    const rows = [
      [`${LEAF_KEY}${MIDDLE}${LEAF}`, 'for another'],
      [`${LEAF_KEY}${OTHER}`, 'for another'],
      [`${LEAF_KEY}${LEAF}${ROOT}`, 'certificate 1 must be issued by the next'],
      [`${LEAF_KEY}${LEAF}${MIDDLE}${LEAF}`, 'certificate 2 must be issued by the next'],
      [`${LEAF_KEY}${LEAF}${LEAF}`, 'certificate 1 must be issued by the next'],
      [`${OTHER_KEY}${OTHER}${LEAF}`, 'certificate 1 must be issued by the next'],
      [
        `${LEAF_KEY}${LEAF}${MIDDLE.replace(/MII.{9}/, 'MIIAAAAAAAAA')}`,
        'certificate 2 cannot be read',
      ],
      [`${LEAF_KEY}${LEAF.repeat(11)}`, 'at most 10'],
    ] as const;
    for (const [text, problem] of rows) assertStringIncludes(await problemOf(text), problem);
  });

  it('may be signed on P-521, which Deno alone would not verify; changed ones are refused', async () => {
    const { keys } = await open();
    const kid = await imported(keys, `${LEAF_KEY}${P521_LEAF}${P521_ROOT}`, {});
    assertEquals((await jwksOf(keys)).find((key) => key.kid === kid)?.x5c?.length, 2);
    const der = Buffer.from(new X509Certificate(P521_LEAF).raw);
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const body = der.toString('base64');
    const forged = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
    assertStringIncludes(
      await problemOf(`${LEAF_KEY}${forged}${P521_ROOT}`),
      'certificate 1 must be issued by the next',
    );
  });

  it('out of their time, are left out with a warning, and the key stays in use', async () => {
    try {
      const { keys, log } = await open();
      const kid = await imported(keys, `${LEAF_KEY}${LEAF}${MIDDLE}${ROOT}`, {});
      const hasChain = async (): Promise<boolean> =>
        (await jwksOf(keys)).find((key) => key.kid === kid)?.x5c !== undefined;
      for (
        const [time, isThere, warnings] of [
          [LEAF_ENDS - 1, true, []],
          [LEAF_ENDS, true, []],
          [LEAF_ENDS + 1, false, ['warn key.chain_expired']],
          [LEAF_ENDS + 2, false, ['warn key.chain_expired']],
        ] as const
      ) {
        clock.now = time;
        assertEquals([await hasChain(), [...log]], [isThere, [...warnings]], String(time));
      }
      const jwt = await keys.sign('ES256', 'JWT', { iss: issuer, sub: 's' });
      assertEquals(decodeProtectedHeader(jwt).kid, kid);
      assertEquals((await keys.verifyOwn(jwt, 'JWT'))?.sub, 's');
    } finally {
      clock.now = 1_800_000_000;
    }
  });

  it('expired or not yet valid, stop neither an import nor a start', async () => {
    try {
      for (
        const [time, event] of [
          [LEAF_ENDS + 1, 'warn key.chain_expired'],
          [LEAF_BEGINS - 1, 'warn key.chain_not_yet_valid'],
        ] as const
      ) {
        clock.now = time;
        const { keys, store, log } = await open();
        const kid = await imported(keys, `${LEAF_KEY}${LEAF}`, {});
        const restarted = await open(store);
        for (const each of [{ keys, log }, restarted]) {
          const key = (await jwksOf(each.keys)).find((one) => one.kid === kid);
          assertEquals([key?.alg, key?.x5c, each.log], ['ES256', undefined, [event]]);
        }
      }
      clock.now = LEAF_BEGINS - 1;
      const { keys } = await open();
      const kid = await imported(keys, `${LEAF_KEY}${LEAF}`, {});
      await keys.jwksText();
      clock.now = LEAF_BEGINS;
      const chainLength = async () =>
        (await jwksOf(keys)).find((key) => key.kid === kid)?.x5c?.length;
      assertEquals(await chainLength(), 1);
      clock.now = LEAF_ENDS + 1;
      assertEquals(await chainLength(), undefined);
      // It was ahead, and is set back.
      clock.now = LEAF_ENDS;
      assertEquals(await chainLength(), 1);
    } finally {
      clock.now = 1_800_000_000;
    }
  });
});
