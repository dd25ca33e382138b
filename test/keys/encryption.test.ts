/** JWE to us and to others: RFC 7516, Core §10.2, threats T049, T051, T129. */
import {
  compactDecrypt,
  CompactEncrypt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { MAX_JWE_LENGTH } from '../../src/keys/decrypt.ts';
import { encryptTo, secretKey } from '../../src/keys/encrypt.ts';
import type { Keys } from '../../src/keys/keys.ts';
import {
  ASYMMETRIC_ENCRYPTION_ALGS,
  CONTENT_ENCRYPTIONS,
  type ContentEncryption,
  ENCRYPTION_ALGS,
  SYMMETRIC_ENCRYPTION_ALGS,
} from '../../src/spec/identifiers.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assert, assertEquals, assertRejects } from '../support/assert.ts';
import { openTestKeys } from '../support/keys.ts';

const now = () => 1_800_000_000;
const SECRET = 'a sécret of the client';
const ANY = { algs: ENCRYPTION_ALGS, encs: CONTENT_ENCRYPTIONS };
const TEXT = 'eyJ.ü.\u0000';

let opened: Promise<Keys> | undefined;

async function open(): Promise<Keys> {
  opened ??= openTestKeys({
    store: openMemoryStore({ now }),
    issuer: 'https://op.example',
    now,
  });
  const keys = await opened;
  await keys.ensure('enc', ASYMMETRIC_ENCRYPTION_ALGS);
  return keys;
}

async function publicKey(alg: string): Promise<JWK> {
  const { keys } = JSON.parse(await (await open()).jwksText()) as JSONWebKeySet;
  const key = keys.find((each) => each.alg === alg);
  assert(key !== undefined, alg);
  return key;
}

interface Header {
  readonly alg: string;
  readonly enc: string;
  readonly [member: string]: unknown;
}

async function encrypted(header: Header, text = TEXT, key?: JWK | Uint8Array): Promise<string> {
  const used = key ?? await publicKey(header.alg);
  return await new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header)
    .encrypt(used instanceof Uint8Array ? used : await importJWK(used, header.alg));
}

/** With another header in front: jose would not make such a thing. */
function reheaded(jwe: string, members: Readonly<Record<string, unknown>>): string {
  const header = { ...decodeProtectedHeader(jwe), ...members };
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...jwe.split('.').slice(1)]
    .join('.');
}

describe('Core §10.2: what is encrypted to us', () => {
  for (const alg of ASYMMETRIC_ENCRYPTION_ALGS) {
    it(`${alg}: opens with each enc, by kid and without`, async () => {
      const keys = await open();
      const { kid } = await publicKey(alg);
      for (const enc of CONTENT_ENCRYPTIONS) {
        const only = { algs: [alg], encs: [enc] };
        assertEquals(await keys.decrypt(await encrypted({ alg, enc, kid }), only), TEXT, enc);
        assertEquals(await keys.decrypt(await encrypted({ alg, enc }), only), TEXT, enc);
      }
    });
  }

  for (const alg of SYMMETRIC_ENCRYPTION_ALGS) {
    it(`${alg}: opens with each enc, with the secret and no other`, async () => {
      const keys = await open();
      for (const enc of CONTENT_ENCRYPTIONS) {
        const jwe = await encrypted({ alg, enc }, TEXT, keyOf(alg, enc));
        assertEquals(await keys.decrypt(jwe, { ...ANY, secret: SECRET }), TEXT, enc);
        for (const secret of ['another', '', undefined]) {
          assertEquals(await keys.decrypt(jwe, { ...ANY, secret }), undefined);
        }
      }
    });
  }

  it('the left-most bits of SHA-256, SHA-384 and SHA-512 of the secret are the key', () => {
    const digest = (name: string): Buffer => createHash(name).update(SECRET).digest();
    const key = (...args: Parameters<typeof secretKey>): Buffer => Buffer.from(secretKey(...args));
    assertEquals(key('A128KW', 'A256GCM', SECRET), digest('sha256').subarray(0, 16));
    assertEquals(key('A192GCMKW', 'A128GCM', SECRET), digest('sha256').subarray(0, 24));
    assertEquals(key('A256KW', 'A128GCM', SECRET), digest('sha256'));
    assertEquals(key('dir', 'A128CBC-HS256', SECRET), digest('sha256'));
    assertEquals(key('dir', 'A192CBC-HS384', SECRET), digest('sha384'));
    assertEquals(key('dir', 'A256CBC-HS512', SECRET), digest('sha512'));
  });

  it('T049: takes the algorithms that it is told, and no others', async () => {
    const keys = await open();
    for (const alg of ['RSA-OAEP', 'ECDH-ES'] as const) {
      const jwe = await encrypted({ alg, enc: 'A128GCM' });
      assertEquals(await keys.decrypt(jwe, ANY), TEXT);
      for (
        const options of [
          { algs: [], encs: CONTENT_ENCRYPTIONS },
          { algs: ENCRYPTION_ALGS, encs: [] },
          { algs: ['RSA-OAEP-256', 'ECDH-ES+A128KW'] as const, encs: CONTENT_ENCRYPTIONS },
          { algs: ENCRYPTION_ALGS, encs: ['A256GCM'] as const },
        ]
      ) assertEquals(await keys.decrypt(jwe, options), undefined);
    }
  });

  it('T049, T051: zip, crit, PBES2 and RSA1_5 are refused', async () => {
    const keys = await open();
    const jwe = await encrypted({ alg: 'RSA-OAEP', enc: 'A128GCM' });
    const { kid } = await publicKey('RSA-OAEP');
    for (
      const members of [
        { zip: 'DEF' },
        { zip: '' },
        { crit: ['exp'], exp: 1 },
        { crit: [] },
        { alg: 'RSA1_5', kid },
        { alg: 'PBES2-HS256+A128KW', p2s: 'AAAAAAAAAAA', p2c: 2_147_483_647 },
        { alg: 'none' },
        { alg: 'constructor' },
        { alg: ['RSA-OAEP'] },
        { enc: 'none' },
        { enc: 'XC20P' },
      ]
    ) {
      const forged = reheaded(jwe, members);
      assertEquals(
        await keys.decrypt(forged, { ...ANY, secret: SECRET }),
        undefined,
        JSON.stringify(members),
      );
    }
    // One that an attacker can make whole, as the secret is theirs.
    const pbes2 = await new CompactEncrypt(new TextEncoder().encode(TEXT))
      .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM' })
      .encrypt(new TextEncoder().encode(SECRET));
    assertEquals(await keys.decrypt(pbes2, { ...ANY, secret: SECRET }), undefined);
  });

  it('T051: whatever was changed, the answer is the same', async () => {
    const keys = await open();
    for (const [alg, key] of [['RSA-OAEP-256'], ['ECDH-ES+A256KW'], ['A128KW', SECRET]] as const) {
      const enc = 'A128CBC-HS256';
      const jwe = await encrypted({ alg, enc }, TEXT, key && keyOf(alg, enc));
      const parts = jwe.split('.');
      for (const index of parts.keys()) {
        for (const change of [flipped, (): string => '', (text: string): string => `${text}AAAA`]) {
          const changed = parts.map((each, at) => at === index ? change(each) : each).join('.');
          const opened = await keys.decrypt(changed, { ...ANY, secret: SECRET });
          assertEquals(opened, undefined, `${alg} ${index}`);
        }
      }
      for (const bad of [parts.slice(0, 4).join('.'), `${jwe}.`, `${jwe}\n`, '....', '']) {
        assertEquals(await keys.decrypt(bad, { ...ANY, secret: SECRET }), undefined);
      }
    }
  });

  it('T051: a kid that is not ours, or of another alg, opens nothing', async () => {
    const keys = await open();
    const { kid } = await publicKey('RSA-OAEP-256');
    for (const other of ['unknown', '', kid, 7]) {
      const jwe = await encrypted({ alg: 'RSA-OAEP', enc: 'A128GCM', kid: other });
      assertEquals(await keys.decrypt(jwe, ANY), undefined);
    }
  });

  it('T129: does not even parse a JWE over 32 KiB', async () => {
    const keys = await open();
    const sized = (length: number): Promise<string> =>
      encrypted({ alg: 'ECDH-ES', enc: 'A128GCM' }, 'x'.repeat(length));
    const [short, long] = [await sized(24_000), await sized(24_500)];
    assert(short.length < MAX_JWE_LENGTH && long.length > MAX_JWE_LENGTH);
    assertEquals((await keys.decrypt(short, ANY))?.length, 24_000);
    assertEquals(await keys.decrypt(long, ANY), undefined);
  });

  it('takes UTF-8 only', async () => {
    const keys = await open();
    const jwe = await new CompactEncrypt(new Uint8Array([0xff, 0xfe]))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM' })
      .encrypt(await importJWK(await publicKey('ECDH-ES'), 'ECDH-ES'));
    assertEquals(await keys.decrypt(jwe, ANY), undefined);
  });
});

describe('Core §10.2: what we encrypt', () => {
  for (const alg of ASYMMETRIC_ENCRYPTION_ALGS) {
    it(`${alg}: jose opens it with the private key, kid, cty and typ in the header`, async () => {
      const pair = await generateKeyPair(alg, { extractable: true });
      // What a key says of itself beside does no harm.
      const jwk = { ...await exportJWK(pair.publicKey), kid: 'k', use: 'enc', alg, key_ops: [] };
      for (const enc of ['A128CBC-HS256', 'A256GCM'] as const) {
        const jwe = await encryptTo(TEXT, { alg, enc, jwk, cty: 'JWT', typ: 'JWT' });
        const { plaintext, protectedHeader } = await compactDecrypt(jwe, pair.privateKey);
        assertEquals(new TextDecoder().decode(plaintext), TEXT);
        const { epk: _, ...header } = protectedHeader;
        assertEquals(header, { alg, enc, kid: 'k', cty: 'JWT', typ: 'JWT' });
      }
    });
  }

  it('ECDH-ES: to every curve that a client may register', async () => {
    for (const crv of ['P-256', 'P-384', 'P-521', 'X25519']) {
      const pair = await generateKeyPair('ECDH-ES', { crv, extractable: true });
      const jwk = await exportJWK(pair.publicKey);
      const jwe = await encryptTo(TEXT, { alg: 'ECDH-ES+A128KW', enc: 'A128GCM', jwk });
      const { plaintext } = await compactDecrypt(jwe, pair.privateKey);
      assertEquals(new TextDecoder().decode(plaintext), TEXT, crv);
    }
  });

  it('symmetric algorithms: jose opens it with the key from the secret', async () => {
    for (const alg of SYMMETRIC_ENCRYPTION_ALGS) {
      for (const enc of CONTENT_ENCRYPTIONS) {
        const jwe = await encryptTo(TEXT, { alg, enc, secret: SECRET, cty: 'JWT' });
        const { plaintext, protectedHeader } = await compactDecrypt(jwe, keyOf(alg, enc));
        assertEquals(new TextDecoder().decode(plaintext), TEXT);
        assertEquals([protectedHeader.alg, protectedHeader.cty], [alg, 'JWT']);
      }
    }
  });

  it('T052: encrypts to no weak key, and to nobody in particular never', async () => {
    const rsa = await publicKey('RSA-OAEP');
    const enc = 'A128GCM';
    for (
      const to of [
        { alg: 'RSA-OAEP', enc },
        { alg: 'RSA-OAEP', enc, secret: SECRET },
        { alg: 'RSA-OAEP', enc, jwk: { ...rsa, n: rsa.n?.slice(0, 171) ?? '' } },
        { alg: 'RSA-OAEP', enc, jwk: { ...rsa, e: 'AQ' } },
        { alg: 'A128KW', enc },
        { alg: 'A128KW', enc, secret: '' },
        { alg: 'dir', enc, jwk: rsa },
      ] as const
    ) await assertRejects(() => encryptTo(TEXT, to), TypeError);
  });
});

function keyOf(alg: string, enc: ContentEncryption): Uint8Array {
  const bytes = alg === 'dir' ? CONTENT_BYTES[enc] : Number(alg.slice(1, 4)) / 8;
  const name = bytes <= 32 ? 'sha256' : bytes <= 48 ? 'sha384' : 'sha512';
  return new Uint8Array(createHash(name).update(SECRET).digest().subarray(0, bytes));
}

const CONTENT_BYTES = {
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
};

/** Another character in the middle, where every bit counts. */
function flipped(text: string): string {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}
