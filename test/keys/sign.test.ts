import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, it } from 'node:test';
import { openKeys } from '../../src/keys/keys.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assertEquals } from '../support/assert.ts';

const issuer = 'https://op.example';
const now = () => 1_800_000_000;

describe('RFC 7518 §3.4: signatures of elliptic curves', () => {
  it('are 64 bytes that jose verifies, whatever zeros R and S begin with', async () => {
    const keys = await openKeys({
      store: openMemoryStore({ now }),
      issuer,
      storageKey: new Uint8Array(32),
      now,
    });
    const jwks = createLocalJWKSet(JSON.parse(await keys.jwksText()) as JSONWebKeySet);
    // Of so many signatures some have an R or S with a zero in front, and some with a byte less: one in 128 each.
    for (let i = 0; i < 1000; i += 1) {
      const jwt = await keys.sign('ES256', 'JWT', { iss: issuer, jti: String(i) });
      assertEquals(Buffer.from(jwt.split('.')[2] ?? '', 'base64url').length, 64);
      assertEquals((await jwtVerify(jwt, jwks)).payload.jti, String(i));
    }
  });
});
