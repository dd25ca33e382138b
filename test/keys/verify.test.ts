/** Signatures of others: RFC 8725 and threats T046 to T048, T129. */
import {
  CompactSign,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type GenerateKeyPairResult,
  type JWK,
  SignJWT,
} from 'jose';
import { describe, it } from 'node:test';
import { MAX_JWT_LENGTH, peekJwt, verifyJwt } from '../../src/keys/verify.ts';
import {
  CLIENT_SIGNING_ALGS,
  type ClientSigningAlg,
  HMAC_ALGS,
  SIGNING_ALGS,
  type SigningAlg,
} from '../../src/spec/identifiers.ts';
import { assert, assertEquals } from '../support/assert.ts';

const SECRET = 'a secret that is long enough for HS512: 0123456789abcdef0123456789';
const pairs = new Map<string, Promise<GenerateKeyPairResult>>();

/** One for all RSA algorithms would do but for jose, which binds a key to its algorithm. */
function pairOf(alg: SigningAlg): Promise<GenerateKeyPairResult> {
  const pair = pairs.get(alg) ?? generateKeyPair(alg, { extractable: true });
  pairs.set(alg, pair);
  return pair;
}

async function publicOf(alg: SigningAlg, members: Partial<JWK> = {}): Promise<JWK> {
  return { ...await exportJWK((await pairOf(alg)).publicKey), ...members };
}

async function signed(
  alg: SigningAlg,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return await new SignJWT({ sub: 's' }).setProtectedHeader({ alg, ...header })
    .sign((await pairOf(alg)).privateKey);
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function subOf(
  jwt: string,
  keys: readonly JWK[],
  algs: readonly ClientSigningAlg[] = CLIENT_SIGNING_ALGS,
): Promise<unknown> {
  return (await verifyJwt(jwt, { keys }, algs))?.payload.sub;
}

describe('verifyJwt', () => {
  for (const alg of SIGNING_ALGS) {
    it(`T046: ${alg}: takes what jose signed, only where the algorithm is allowed, and nothing changed`, async () => {
      const jwt = await signed(alg, { kid: 'k', typ: 'x+jwt' });
      const keys = [await publicOf(alg, { kid: 'k', use: 'sig', alg })];
      const read = await verifyJwt(jwt, { keys }, [alg]);
      assertEquals(read, { header: { alg, kid: 'k', typ: 'x+jwt' }, payload: { sub: 's' } });
      const others = CLIENT_SIGNING_ALGS.filter((each) => each !== alg);
      assertEquals(await subOf(jwt, keys, others), undefined);
      assertEquals(await subOf(jwt, keys, []), undefined);
      const [header, , signature = ''] = jwt.split('.');
      const raw = Buffer.from(signature, 'base64url');
      raw[raw.length - 1] = (raw[raw.length - 1] ?? 0) ^ 1;
      for (
        const forged of [
          `${header}.${part({ sub: 't' })}.${signature}`,
          `${part({ alg, kid: 'k' })}.${part({ sub: 's' })}.${signature}`,
          `${jwt.slice(0, jwt.lastIndexOf('.') + 1)}${raw.toString('base64url')}`,
          `${jwt.slice(0, jwt.lastIndexOf('.') + 1)}${signature.slice(0, -4)}`,
          `${jwt}AAAA`,
          `${jwt}=`,
          `${jwt}\n`,
          ` ${jwt}`,
          jwt.slice(0, jwt.lastIndexOf('.') + 1),
          jwt.slice(0, jwt.lastIndexOf('.')),
        ]
      ) assertEquals(await subOf(forged, keys, [alg]), undefined, forged);
    });
  }

  it('T046: HMAC takes the secret only, and an empty one never', async () => {
    for (const alg of HMAC_ALGS) {
      const sign = (secret: string): Promise<string> =>
        new SignJWT({ sub: 's' }).setProtectedHeader({ alg })
          .sign(new TextEncoder().encode(secret));
      const jwt = await sign(SECRET);
      assertEquals((await verifyJwt(jwt, { secret: SECRET }, [alg]))?.payload.sub, 's');
      for (const secret of [`${SECRET} `, SECRET.slice(1), '']) {
        assertEquals(await verifyJwt(jwt, { secret }, [alg]), undefined);
      }
      const others = HMAC_ALGS.filter((each) => each !== alg);
      assertEquals(await verifyJwt(jwt, { secret: SECRET }, others), undefined);
    }
  });

  it('T046: RFC 8725 §2.1: alg none, in any spelling, is nothing to us', async () => {
    const keys = [await publicOf('ES256')];
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'toString', '__proto__']) {
      for (const signature of ['', 'AAAA']) {
        const jwt = `${part({ alg })}.${part({ sub: 's' })}.${signature}`;
        assertEquals(await subOf(jwt, keys), undefined, alg);
        assertEquals(await verifyJwt(jwt, { secret: SECRET }, CLIENT_SIGNING_ALGS), undefined);
      }
    }
  });

  it('T047: RFC 8725 §2.1: an RSA public key is no HMAC secret, in whatever form it is written', async () => {
    const { publicKey } = await pairOf('RS256');
    const jwk = await publicOf('RS256');
    const spki = await exportSPKI(publicKey);
    for (const secret of [JSON.stringify(jwk), spki, spki.trim(), jwk.n ?? '']) {
      const jwt = await new SignJWT({ sub: 's' }).setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(secret));
      assertEquals(await subOf(jwt, [jwk]), undefined);
    }
  });

  it('T047: a secret verifies nothing but HMAC, and a symmetric JWK verifies nothing', async () => {
    const rs256 = await signed('RS256');
    assertEquals(await verifyJwt(rs256, { secret: SECRET }, CLIENT_SIGNING_ALGS), undefined);
    const k = Buffer.from(SECRET).toString('base64url');
    const hs256 = await new SignJWT({ sub: 's' }).setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
    assertEquals(await subOf(hs256, [{ kty: 'oct', k }]), undefined);
  });

  it('T047: a key is for the algorithms of its type, curve, and own word', async () => {
    const jwt = await signed('RS256');
    const rsa = await publicOf('RS256');
    assertEquals(await subOf(jwt, [rsa]), 's');
    for (
      const members of [
        { alg: 'PS256' },
        { alg: 'RS512' },
        { use: 'enc' },
        { key_ops: ['encrypt'] },
        { kty: 'EC' },
      ]
    ) assertEquals(await subOf(jwt, [{ ...rsa, ...members }]), undefined, JSON.stringify(members));
    assertEquals(await subOf(jwt, [{ ...rsa, use: 'sig', key_ops: ['verify'] }]), 's');
    // RFC 9864 has a name of its own for it.
    assertEquals(
      await subOf(await signed('EdDSA'), [await publicOf('EdDSA', { alg: 'Ed25519' })]),
      's',
    );
    assertEquals(await subOf(await signed('ES384'), [await publicOf('ES256')]), undefined);
  });

  it('T048: CVE-2018-0114: keys and addresses of keys in the header are not looked at', async () => {
    const theirs = await publicOf('ES256');
    const ours = await publicOf('ES384');
    for (
      const header of [
        { jwk: theirs },
        { jku: 'https://evil.example/jwks' },
        { x5u: 'https://evil.example/cert' },
        { x5c: ['AAAA'] },
        { kid: '../../../dev/null', jwk: theirs },
      ]
    ) {
      const jwt = await signed('ES256', header);
      assertEquals(await subOf(jwt, [ours]), undefined, JSON.stringify(header));
      // With the key registered, what the header says besides does no harm.
      assertEquals(await subOf(jwt, [theirs]), 's', JSON.stringify(header));
    }
  });

  it('T048: RFC 7515 §4.1.11: an extension that must be understood is refused, an empty list too', async () => {
    const { privateKey } = await pairOf('ES256');
    const keys = [await publicOf('ES256')];
    const b64 = await new CompactSign(new TextEncoder().encode('{"sub":"s"}'))
      .setProtectedHeader({ alg: 'ES256', crit: ['b64'], b64: true }).sign(privateKey);
    assertEquals(await subOf(b64, keys), undefined);
    for (const crit of [[], ['exp'], ['https://x.example/ext'], null, 'exp']) {
      const input = `${part({ alg: 'ES256', crit, exp: 1 })}.${part({ sub: 's' })}`;
      assertEquals(await subOf(`${input}.${await rawSignature(input)}`, keys), undefined);
    }
    const input = `${part({ alg: 'ES256', exp: 1 })}.${part({ sub: 's' })}`;
    assertEquals(await subOf(`${input}.${await rawSignature(input)}`, keys), 's');
  });

  it('takes the key that the kid names, or one without a name, and tries all without a kid', async () => {
    const [mine, other] = [
      await publicOf('ES256'),
      await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey),
    ];
    const [named, unnamed] = [await signed('ES256', { kid: 'a' }), await signed('ES256')];
    assertEquals(await subOf(named, [{ ...other, kid: 'b' }, { ...mine, kid: 'a' }]), 's');
    assertEquals(await subOf(named, [{ ...mine, kid: 'b' }]), undefined);
    assertEquals(await subOf(named, [other, mine]), 's');
    assertEquals(await subOf(named, [{ ...other, kid: 'a' }, mine]), undefined);
    assertEquals(await subOf(unnamed, [{ ...other, kid: 'a' }, { ...mine, kid: 'b' }]), 's');
    assertEquals(await subOf(unnamed, [other]), undefined);
  });

  it('T052: RFC 8725 §3.5: a weak or malformed key verifies nothing and throws nothing', async () => {
    const { n = '', ...rsa } = await publicOf('RS256');
    const jwt = await signed('RS256');
    for (const broken of ['', 'AQAB', n.slice(0, 100), `${n}=`, `${n}!`]) {
      assertEquals(await subOf(jwt, [{ ...rsa, n: broken }]), undefined);
    }
    const { x = '', ...ec } = await publicOf('ES256');
    const other = `${x.startsWith('A') ? 'B' : 'A'}${x.slice(1)}`;
    assertEquals(await subOf(await signed('ES256'), [{ ...ec, x: other }]), undefined);
  });

  it('T129: does not even parse a JWT over 16 KiB', async () => {
    const { privateKey } = await pairOf('ES256');
    const keys = [await publicOf('ES256')];
    const sized = (padding: number): Promise<string> =>
      new SignJWT({ sub: 's', padding: 'x'.repeat(padding) }).setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey);
    const [long, short] = [await sized(12_200), await sized(12_000)];
    assert(long.length > MAX_JWT_LENGTH && short.length < MAX_JWT_LENGTH);
    assertEquals([await subOf(short, keys), await subOf(long, keys)], ['s', undefined]);
    assertEquals(peekJwt(long), undefined);
  });

  it('takes a JSON object only, in header and payload, as UTF-8', async () => {
    const keys = [await publicOf('ES256')];
    const bytes = (...values: number[]): string => Buffer.from(values).toString('base64url');
    for (
      const [header, payload] of [
        [part(['ES256']), part({})],
        [part({ alg: ['ES256'] }), part({})],
        [part({ alg: 'ES256', kid: 1 }), part({})],
        [part({ alg: 'ES256', typ: {} }), part({})],
        [part({ alg: 'ES256' }), part([])],
        [part({ alg: 'ES256' }), part(null)],
        [part({ alg: 'ES256' }), part('s')],
        [part({ alg: 'ES256' }), bytes(0x7b, 0x7d, 0xff)],
        [part({ alg: 'ES256' }), bytes(0x7b)],
      ] as const
    ) {
      const input = `${header}.${payload}`;
      const jwt = `${input}.${await rawSignature(input)}`;
      assertEquals(await verifyJwt(jwt, { keys }, SIGNING_ALGS), undefined, input);
      assertEquals(peekJwt(jwt), undefined);
    }
  });

  it('peekJwt reads without a key', async () => {
    const jwt = await signed('ES256', { kid: 'k' });
    assertEquals(peekJwt(jwt), { header: { alg: 'ES256', kid: 'k' }, payload: { sub: 's' } });
    for (const bad of ['', '.', '..', 'a.b.c', 'a.b.c.d.e', '💥']) {
      assertEquals(peekJwt(bad), undefined);
    }
  });
});

/** By the ES256 key, over whatever. */
async function rawSignature(input: string): Promise<string> {
  const key = (await pairOf('ES256')).privateKey as CryptoKey;
  const bytes = new TextEncoder().encode(input);
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes);
  return Buffer.from(signature).toString('base64url');
}
