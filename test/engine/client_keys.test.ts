import { describe, it } from 'node:test';
import { clientKeys, createClientKeySets, type WantedKey } from '../../src/engine/client_keys.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { OutboundResult } from '../../src/net/outbound.ts';
import type { Client } from '../../src/spec/client.ts';
import { assertEquals, assertStringIncludes } from '../support/assert.ts';

const P256 = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'B'.repeat(42) + 'A' };
const P384 = { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: 'B'.repeat(64) };
const RSA = { kty: 'RSA', n: `7${'A'.repeat(341)}`, e: 'AQAB' };
const ED25519 = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) };
const X25519 = { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) };
const JWKS_URI = 'https://app.example/jwks';

function clientOf(metadata: Readonly<Record<string, unknown>>): Client {
  return { client_id: 'app', ...metadata } as unknown as Client;
}

const fetching = clientOf({ jwks_uri: JWKS_URI });

interface Fetcher {
  readonly engine: Engine;
  readonly clock: { now: number };
  readonly fetched: string[];
  readonly log: string[];
  /** What the next fetch brings. */
  answer: () => Promise<OutboundResult<unknown>> | OutboundResult<unknown>;
}

function fetcher(...keys: readonly object[]): Fetcher {
  const clock = { now: 1000 };
  const made: Fetcher = {
    clock,
    fetched: [],
    log: [],
    answer: () => setOf(...keys),
    engine: {
      now: () => clock.now,
      clientKeySets: createClientKeySets(),
      outbound: {
        async fetchJson(url: string) {
          made.fetched.push(url);
          return await made.answer();
        },
      },
      log: (level: string, event: string, fields: object) =>
        made.log.push(`${level} ${event} ${JSON.stringify(fields)}`),
    } as unknown as Engine,
  };
  return made;
}

function setOf(...keys: readonly object[]): OutboundResult<unknown> {
  return { ok: true, body: { keys }, contentType: 'application/json' };
}

const FAILED: OutboundResult<unknown> = { ok: false, problem: 'the answer has status 500' };

async function kidsOf(
  { engine }: Fetcher,
  wanted: Partial<WantedKey> = {},
  client = fetching,
): Promise<readonly (string | undefined)[]> {
  const keys = await clientKeys(client, { use: 'sig', alg: 'ES256', ...wanted }, engine);
  return keys.map(({ kid }) => kid);
}

describe('clientKeys: which keys fit', () => {
  const rows: readonly { name: string; key: object; wanted: WantedKey; fits: boolean }[] = [
    {
      name: 'no members beyond the key',
      key: P256,
      wanted: { use: 'sig', alg: 'ES256' },
      fits: true,
    },
    {
      name: 'the same kid',
      key: { ...P256, kid: 'a' },
      wanted: { use: 'sig', alg: 'ES256', kid: 'a' },
      fits: true,
    },
    {
      name: 'another kid',
      key: { ...P256, kid: 'a' },
      wanted: { use: 'sig', alg: 'ES256', kid: 'b' },
      fits: false,
    },
    {
      name: 'a kid that the key lacks',
      key: P256,
      wanted: { use: 'sig', alg: 'ES256', kid: 'b' },
      fits: true,
    },
    {
      name: 'no kid asked for',
      key: { ...P256, kid: 'a' },
      wanted: { use: 'sig', alg: 'ES256' },
      fits: true,
    },
    {
      name: 'its use',
      key: { ...P256, use: 'sig' },
      wanted: { use: 'sig', alg: 'ES256' },
      fits: true,
    },
    {
      name: 'another use',
      key: { ...P256, use: 'enc' },
      wanted: { use: 'sig', alg: 'ES256' },
      fits: false,
    },
    {
      name: 'its operation',
      key: { ...P256, key_ops: ['verify'] },
      wanted: { use: 'sig', alg: 'ES256' },
      fits: true,
    },
    {
      name: 'other operations',
      key: { ...P256, key_ops: ['deriveKey'] },
      wanted: { use: 'sig', alg: 'ES256' },
      fits: false,
    },
    {
      name: 'its alg',
      key: { ...RSA, alg: 'PS256' },
      wanted: { use: 'sig', alg: 'PS256' },
      fits: true,
    },
    {
      name: 'another alg',
      key: { ...RSA, alg: 'PS256' },
      wanted: { use: 'sig', alg: 'RS256' },
      fits: false,
    },
    { name: 'another curve', key: P384, wanted: { use: 'sig', alg: 'ES256' }, fits: false },
    { name: 'another key type', key: RSA, wanted: { use: 'sig', alg: 'ES256' }, fits: false },
    {
      name: 'T047: an RSA key for an HMAC',
      key: RSA,
      wanted: { use: 'sig', alg: 'HS256' },
      fits: false,
    },
    { name: 'T046: any key for none', key: RSA, wanted: { use: 'sig', alg: 'none' }, fits: false },
    {
      name: 'Ed25519 for EdDSA',
      key: { ...ED25519, alg: 'Ed25519' },
      wanted: { use: 'sig', alg: 'EdDSA' },
      fits: true,
    },
    { name: 'X25519 for EdDSA', key: X25519, wanted: { use: 'sig', alg: 'EdDSA' }, fits: false },
    {
      name: 'X25519 for ECDH-ES',
      key: X25519,
      wanted: { use: 'enc', alg: 'ECDH-ES+A128KW' },
      fits: true,
    },
    { name: 'P-384 for ECDH-ES', key: P384, wanted: { use: 'enc', alg: 'ECDH-ES' }, fits: true },
    {
      name: 'a signature key for RSA-OAEP',
      key: { ...RSA, use: 'sig' },
      wanted: { use: 'enc', alg: 'RSA-OAEP' },
      fits: false,
    },
    {
      name: 'RSA for RSA-OAEP-256',
      key: RSA,
      wanted: { use: 'enc', alg: 'RSA-OAEP-256' },
      fits: true,
    },
  ];
  for (const { name, key, wanted, fits } of rows) {
    it(`${name}: ${fits ? 'fits' : 'does not fit'}`, async () => {
      const keys = await clientKeys(clientOf({ jwks: { keys: [key] } }), wanted, fetcher().engine);
      assertEquals(keys, fits ? [key as never] : []);
    });
  }

  it('all keys that fit are candidates', async () => {
    const client = clientOf({ jwks: { keys: [{ ...P256, kid: 'a' }, RSA, P256] } });
    assertEquals(await kidsOf(fetcher(), {}, client), ['a', undefined]);
    assertEquals(await kidsOf(fetcher(), {}, clientOf({})), []);
  });
});

describe('T092: keys from a jwks_uri', () => {
  it('T092: are fetched once, whoever asks meanwhile', async () => {
    const from = fetcher({ ...P256, kid: 'a' });
    const all = await Promise.all([kidsOf(from), kidsOf(from, { kid: 'a' }), kidsOf(from)]);
    assertEquals(all, [['a'], ['a'], ['a']]);
    assertEquals(await kidsOf(from), ['a']);
    assertEquals(from.fetched, [JWKS_URI]);
  });

  it('T092: an unknown kid fetches anew, at most once per cool-down', async () => {
    const from = fetcher({ ...P256, kid: 'a' });
    await kidsOf(from);
    from.answer = () => setOf({ ...P256, kid: 'b' });
    from.clock.now += 9;
    assertEquals([await kidsOf(from, { kid: 'b' }), from.fetched.length], [[], 1]);
    from.clock.now += 1;
    assertEquals([await kidsOf(from, { kid: 'b' }), from.fetched.length], [['b'], 2]);
    for (let i = 0; i < 20; i++) await kidsOf(from, { kid: `guess ${i}` });
    assertEquals(from.fetched.length, 2);
  });

  it('T092: a key that did not verify asks for newer ones, at most once per cool-down', async () => {
    const from = fetcher(P256);
    await kidsOf(from);
    from.answer = () => setOf({ ...P256, kid: 'rotated' });
    assertEquals(await kidsOf(from, { newer: true }), [undefined]);
    from.clock.now += 10;
    assertEquals(await kidsOf(from, { newer: true }), ['rotated']);
    assertEquals(from.fetched.length, 2);
  });

  it('T092: requests with unknown kids at once share one fetch', async () => {
    const from = fetcher({ ...P256, kid: 'a' });
    await kidsOf(from);
    from.clock.now += 10;
    await Promise.all(Array.from({ length: 50 }, (_, i) => kidsOf(from, { kid: `guess ${i}` })));
    assertEquals(from.fetched.length, 2);
  });

  const failures: readonly { name: string; answer: OutboundResult<unknown>; problem: string }[] = [
    { name: 'a fetch that fails', answer: FAILED, problem: 'status 500' },
    { name: 'what is no set', answer: { ok: true, body: [], contentType: '' }, problem: 'JWK set' },
    {
      name: 'T052: a set with a private key',
      answer: setOf({ ...P256, d: 'AA' }),
      problem: 'public',
    },
    {
      name: 'T052: a set with a symmetric key',
      answer: setOf({ kty: 'oct', k: 'AA' }),
      problem: 'public',
    },
    { name: 'T129: a set of too many keys', answer: setOf(...Array(51).fill(P256)), problem: '50' },
  ];
  for (const { name, answer, problem } of failures) {
    it(`T092: ${name} leaves the last good set in place`, async () => {
      const from = fetcher({ ...P256, kid: 'a' });
      await kidsOf(from);
      from.answer = () => answer;
      from.clock.now += 60;
      assertEquals(await kidsOf(from, { kid: 'b' }), []);
      assertEquals(await kidsOf(from, { kid: 'a' }), ['a']);
      assertEquals(from.fetched.length, 2);
      assertStringIncludes(from.log[0] ?? '', 'client_keys.not_fetched');
      assertStringIncludes(from.log[0] ?? '', problem);
    });
  }

  it('T092: while nothing can be fetched, each cool-down brings one try', async () => {
    const from = fetcher();
    from.answer = () => FAILED;
    for (let i = 0; i < 5; i++) assertEquals(await kidsOf(from), []);
    from.clock.now += 10;
    for (let i = 0; i < 5; i++) assertEquals(await kidsOf(from), []);
    assertEquals(from.fetched.length, 2);
  });

  it('a set older than an hour is used while a new one is fetched', async () => {
    const from = fetcher({ ...P256, kid: 'a' });
    await kidsOf(from);
    const arrived = Promise.withResolvers<OutboundResult<unknown>>();
    from.answer = () => arrived.promise;
    from.clock.now += 3600;
    assertEquals([await kidsOf(from), await kidsOf(from)], [['a'], ['a']]);
    assertEquals(from.fetched.length, 2);
    arrived.resolve(setOf({ ...P256, kid: 'b' }));
    await new Promise((resolve) => setImmediate(resolve));
    assertEquals(await kidsOf(from), ['b']);
    assertEquals(from.fetched.length, 2);
  });

  it('a set older than a day is not used until a new one was asked for, and then only if there is none', async () => {
    const from = fetcher({ ...P256, kid: 'a' });
    await kidsOf(from);
    from.clock.now += 86_400;
    from.answer = () => FAILED;
    assertEquals(await kidsOf(from), ['a']);
    from.clock.now += 10;
    from.answer = () => setOf({ ...P256, kid: 'b' });
    assertEquals(await kidsOf(from), ['b']);
    assertEquals(from.fetched.length, 3);
  });

  it('a clock that is set back keeps no set from being fetched anew', async () => {
    const from = fetcher({ ...P256, kid: 'a' });
    await kidsOf(from);
    from.answer = () => setOf({ ...P256, kid: 'b' });
    from.clock.now -= 86_400;
    assertEquals([await kidsOf(from, { kid: 'b' }), from.fetched.length], [['b'], 2]);
    from.answer = () => setOf({ ...P256, kid: 'c' });
    from.clock.now -= 86_400;
    assertEquals([await kidsOf(from), from.fetched.length], [['c'], 3]);
  });

  it('each client and each address has a set of its own, 500 in all', async () => {
    const from = fetcher({ ...P256, kid: 'a' });
    const nth = (i: number): Client => clientOf({ client_id: `app ${i}`, jwks_uri: JWKS_URI });
    for (let i = 0; i < 501; i++) await kidsOf(from, {}, nth(i));
    assertEquals(from.fetched.length, 501);
    await kidsOf(from, {}, nth(500));
    assertEquals(from.fetched.length, 501);
    await kidsOf(from, {}, nth(0));
    await kidsOf(from, {}, clientOf({ client_id: 'app 0', jwks_uri: `${JWKS_URI}2` }));
    assertEquals(from.fetched.length, 503);
  });
});
