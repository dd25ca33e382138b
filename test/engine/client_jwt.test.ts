import {
  compactDecrypt,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type ClientJwt, encryptedTo, protectedJwt } from '../../src/engine/client_jwt.ts';
import { createClientKeySets } from '../../src/engine/client_keys.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Client } from '../../src/spec/client.ts';
import { OAuthError } from '../../src/spec/oauth_error.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assertEquals, assertRejects } from '../support/assert.ts';
import { openTestKeys } from '../support/keys.ts';

const now = () => 1_800_000_000;
const SECRET = 'a secret of the client, 0123456789 0123456789';
const CONTENT = { typ: 'JWT', payload: { iss: 'https://op.example', sub: 's' } } as const;

let opened: Promise<Engine> | undefined;

/** As much of an engine as is looked at. */
async function open(): Promise<Engine> {
  opened ??= openTestKeys({
    store: openMemoryStore({ now }),
    issuer: 'https://op.example',
    now,
  }).then((keys) => ({ keys, now, clientKeySets: createClientKeySets() }) as unknown as Engine);
  return await opened;
}

function clientOf(members: Readonly<Record<string, unknown>>): Client {
  return { client_id: 'app', ...members } as unknown as Client;
}

const secretive = clientOf({ client_secret: `$plaintext$${SECRET}` });

describe('protectedJwt', () => {
  it('is signed by us, with the key that is named', async () => {
    const engine = await open();
    const jwks = JSON.parse(await engine.keys.jwksText()) as JSONWebKeySet;
    const kid = jwks.keys.find(({ alg }) => alg === 'ES256')?.kid ?? '';
    for (const named of [{}, { kid }]) {
      const jwt = await protectedJwt(clientOf({}), { ...CONTENT, alg: 'ES256', ...named }, engine);
      const { payload, protectedHeader } = await jwtVerify(jwt, createLocalJWKSet(jwks));
      assertEquals([payload.sub, protectedHeader.kid, protectedHeader.typ], ['s', kid, 'JWT']);
    }
  });

  it('Core §10.1: is signed with the secret of the client, plain or sealed', async () => {
    const engine = await open();
    for (const client_secret of [`$plaintext$${SECRET}`, engine.keys.sealSecret(SECRET)]) {
      const client = clientOf({ client_secret });
      const jwt = await protectedJwt(client, { ...CONTENT, alg: 'HS256' }, engine);
      const { payload } = await jwtVerify(jwt, new TextEncoder().encode(SECRET));
      assertEquals(payload.sub, 's');
    }
  });

  it('Core §10.2: is signed, then encrypted to the one key of the client that fits', async () => {
    const engine = await open();
    const pair = await generateKeyPair('ECDH-ES', { extractable: true });
    const other = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const client = clientOf({
      jwks: {
        keys: [
          { ...await exportJWK(other.publicKey), kid: 'sig', use: 'sig' },
          { ...jwk, kid: 'other', use: 'enc', alg: 'ECDH-ES' },
          { ...jwk, kid: 'enc', use: 'enc', alg: 'ECDH-ES+A256KW' },
        ],
      },
    });
    const encryption = { alg: 'ECDH-ES+A256KW', enc: 'A192CBC-HS384' } as const;
    const jwe = await protectedJwt(client, { ...CONTENT, alg: 'EdDSA', encryption }, engine);
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, pair.privateKey);
    const { epk: _, ...header } = protectedHeader;
    assertEquals(header, { ...encryption, kid: 'enc', cty: 'JWT', typ: 'JWT' });
    const jwks = createLocalJWKSet(JSON.parse(await engine.keys.jwksText()) as JSONWebKeySet);
    assertEquals((await jwtVerify(plaintext, jwks)).payload.sub, 's');
  });

  it('Core §10.2: is signed and encrypted with the secret', async () => {
    const engine = await open();
    const encryption = { alg: 'A128KW', enc: 'A128GCM' } as const;
    const jwe = await protectedJwt(secretive, { ...CONTENT, alg: 'HS512', encryption }, engine);
    const key = createHash('sha256').update(SECRET).digest().subarray(0, 16);
    const { plaintext } = await compactDecrypt(jwe, new Uint8Array(key));
    const { payload } = await jwtVerify(plaintext, new TextEncoder().encode(SECRET));
    assertEquals(payload.sub, 's');
  });

  const digested = clientOf({ client_secret: '$ostiary$AAAA$BBBB' });
  const signing = clientOf({ jwks: { keys: [{ kty: 'EC', crv: 'P-256', use: 'sig' }] } });
  const enc = 'A128GCM';
  const rows: readonly (readonly [string, Client, Omit<ClientJwt, 'typ' | 'payload'>])[] = [
    ['HMAC without a secret', clientOf({}), { alg: 'HS256' }],
    ['HMAC where only a digest is kept', digested, { alg: 'HS384' }],
    ['HMAC with a seal that is not ours', clientOf({ client_secret: '$sealed$AAAA' }), {
      alg: 'HS256',
    }],
    ['dir where only a digest is kept', digested, {
      alg: 'ES256',
      encryption: { alg: 'dir', enc },
    }],
    ['RSA without keys', secretive, { alg: 'ES256', encryption: { alg: 'RSA-OAEP', enc } }],
    ['ECDH with a signing key', signing, { alg: 'ES256', encryption: { alg: 'ECDH-ES', enc } }],
  ];
  for (const [name, client, protection] of rows) {
    it(`is refused, not sent unprotected: ${name}`, async () => {
      const engine = await open();
      const error = await assertRejects(
        () => protectedJwt(client, { ...CONTENT, ...protection }, engine),
        OAuthError,
        'client has no key for',
      );
      assertEquals(error.code, 'invalid_request');
    });
  }

  it('encryptedTo: takes any text', async () => {
    const engine = await open();
    const jwe = await encryptedTo(secretive, '{"sub":"s"}', { alg: 'dir', enc: 'A256GCM' }, engine);
    const key = createHash('sha256').update(SECRET).digest();
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, new Uint8Array(key));
    assertEquals(new TextDecoder().decode(plaintext), '{"sub":"s"}');
    assertEquals(protectedHeader.cty, undefined);
  });
});
