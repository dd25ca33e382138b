/** What keys of clients must be: RFC 7517, RFC 7518 §6, RFC 8037, RFC 8725 §3.5; T052, T129. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { describe, it } from 'node:test';
import { jwkProblem, jwksProblem } from '../../src/spec/jwks.ts';
import { assertEquals, assertStringIncludes } from '../support/assert.ts';

type Members = Readonly<Record<string, unknown>>;

function jwk(pair: { readonly publicKey: unknown }): Members {
  return (pair.publicKey as ReturnType<typeof createPublicKey>).export({
    format: 'jwk',
  }) as Members;
}

const RSA = jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const P256 = jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const ED25519 = jwk(generateKeyPairSync('ed25519'));

/** A number of so many bits, in base64url. */
function bits(count: number): string {
  const bytes = Buffer.alloc(Math.ceil(count / 8), 0xff);
  bytes[0] = 0xff >> (bytes.length * 8 - count);
  return bytes.toString('base64url');
}

describe('T052: RFC 8725 §3.5: the key set of a client', () => {
  it('holds public keys of each type and curve that we know', () => {
    const keys = [
      RSA,
      { ...RSA, n: bits(2048) },
      { ...RSA, n: bits(4096) },
      { ...RSA, n: bits(8192), e: 'Aw' },
      // Leading zeros are of no account.
      {
        ...RSA,
        n: Buffer.concat([Buffer.alloc(3), Buffer.from(bits(2048), 'base64url')]).toString(
          'base64url',
        ),
      },
      P256,
      jwk(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
      jwk(generateKeyPairSync('ec', { namedCurve: 'P-521' })),
      ED25519,
      { ...ED25519, use: 'sig', alg: 'EdDSA', kid: 'a', key_ops: ['verify'] },
      { ...jwk(generateKeyPairSync('x25519')), use: 'enc' },
      { ...P256, x5c: ['AAAA'], x5u: 'https://app.example/cert', unknown: { a: 1 } },
    ];
    for (const key of keys) assertEquals(jwkProblem(key), undefined, JSON.stringify(key));
    assertEquals(jwksProblem({ keys }), undefined);
    assertEquals(jwksProblem({ keys: [] }), undefined);
  });

  for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) {
    it(`has no private member: ${member}`, () => {
      for (const key of [RSA, P256, ED25519]) {
        for (const value of ['AAAA', '', null, []]) {
          const problem = jwksProblem({ keys: [P256, { ...key, [member]: value }] });
          assertEquals(problem, `key 2 must be public: it has the member ${member}`);
        }
      }
    });
  }

  const { n, e, ...rsaWithout } = RSA;
  const { x, y, ...ecWithout } = P256;
  const rows: readonly (readonly [name: string, key: unknown, problem: string])[] = [
    ['a symmetric key', { kty: 'oct' }, 'kty'],
    ['a key of no type', { n, e }, 'kty'],
    ['a type in other letters', { ...RSA, kty: 'rsa' }, 'kty'],
    ['a type of another kind', { ...RSA, kty: ['RSA'] }, 'kty'],
    ['a type by inheritance', Object.create(RSA), 'kty'],
    ['RSA of 1024 bits', { ...RSA, n: bits(1024) }, '2048 to 8192 bits'],
    ['RSA of 2047 bits', { ...RSA, n: bits(2047) }, '2048 to 8192 bits'],
    ['RSA of 1024 bits behind zeros', { ...RSA, n: `${'A'.repeat(172)}${bits(1024)}` }, '2048'],
    ['RSA of 8193 bits', { ...RSA, n: bits(8193) }, '2048 to 8192 bits'],
    ['RSA of 16384 bits', { ...RSA, n: bits(16_384) }, '2048 to 8192 bits'],
    ['RSA without a modulus', { ...rsaWithout, e }, '2048 to 8192 bits'],
    ['RSA without an exponent', { ...rsaWithout, n }, '2048'],
    ['RSA with the exponent 0', { ...RSA, e: 'AA' }, '2048'],
    ['RSA with the exponent 1', { ...RSA, e: 'AQ' }, 'exponent'],
    ['RSA with the exponent 1 behind a zero', { ...RSA, e: 'AAE' }, 'exponent'],
    ['RSA with an even exponent', { ...RSA, e: 'AQAA' }, 'exponent'],
    ['RSA with a long exponent', { ...RSA, e: bits(40) }, 'exponent'],
    ['RSA with an exponent as long as the modulus', { ...RSA, e: n }, '2048'],
    ['RSA in standard base64', { ...RSA, n: `+/${String(n).slice(2)}` }, '2048'],
    ['RSA with padding', { ...RSA, n: `${n}==` }, '2048'],
    ['an unknown curve', { ...P256, crv: 'secp256k1' }, 'curves'],
    ['a curve that objects have', { ...P256, crv: 'constructor' }, 'curves'],
    ['Ed448', { ...ED25519, crv: 'Ed448' }, 'curves'],
    ['a curve of another type', { ...P256, crv: 'Ed25519' }, 'curves'],
    ['Ed25519 as EC', { ...ED25519, kty: 'EC' }, 'curves'],
    ['no curve', { kty: 'EC', x, y }, 'curves'],
    ['a point without y', { ...ecWithout, x }, '32 bytes'],
    ['a point without x', { ...ecWithout, y }, '32 bytes'],
    ['a short coordinate', { ...P256, x: 'AAAA' }, '32 bytes'],
    ['a coordinate of another curve', { ...P256, crv: 'P-384' }, '48 bytes'],
    ['Ed25519 for encryption', { ...ED25519, use: 'enc' }, 'use sig'],
    ['X25519 for signatures', { kty: 'OKP', crv: 'X25519', x, use: 'sig' }, 'use enc'],
    ['a kid that is no text', { ...P256, kid: 7 }, 'kid'],
    ['an empty kid', { ...P256, kid: '' }, 'kid'],
    ['a kid of 257 characters', { ...P256, kid: 'k'.repeat(257) }, 'kid'],
    ['an alg that is no text', { ...P256, alg: ['ES256'] }, 'alg'],
    ['a use that is no text', { ...P256, use: null }, 'use'],
    ['key_ops that are no list', { ...P256, key_ops: 'verify' }, 'key_ops'],
    ['key_ops that are no texts', { ...P256, key_ops: [1] }, 'key_ops'],
    ['a text', 'key', 'object'],
    ['null', null, 'object'],
    ['a list', [P256], 'object'],
  ];
  for (const [name, key, problem] of rows) {
    it(`does not hold ${name}`, () => {
      assertStringIncludes(jwksProblem({ keys: [P256, key] }) ?? 'none', 'key 2 must');
      assertStringIncludes(jwkProblem(key) ?? 'none', problem);
    });
  }

  it('is a set', () => {
    for (
      const value of [undefined, null, '', 'keys', 7, [], [P256], P256, {}, { keys: {} }, {
        keys: 'x',
      }, Object.create({ keys: [] })]
    ) {
      assertStringIncludes(jwksProblem(value) ?? 'none', 'must be a JWK set');
    }
  });

  it('T129: holds at most 50 keys in 64 KiB', () => {
    const keys = (count: number, kid: string): unknown => ({
      keys: Array.from({ length: count }, (_, index) => ({ ...P256, kid: `${index}${kid}` })),
    });
    assertEquals(jwksProblem(keys(50, '')), undefined);
    assertStringIncludes(jwksProblem(keys(51, '')) ?? '', 'at most 50 keys');
    const padded = { keys: [{ ...P256, x5c: ['A'.repeat(66_000)] }] };
    assertStringIncludes(jwksProblem(padded) ?? '', 'at most 64 KiB');
  });

  it('of jose passes', async () => {
    for (const alg of ['ES256', 'ES384', 'ES512', 'EdDSA', 'PS256', 'RSA-OAEP-256', 'ECDH-ES']) {
      const { publicKey } = await generateKeyPair(alg, { extractable: true });
      assertEquals(jwkProblem(await exportJWK(publicKey)), undefined, alg);
    }
  });
});
