/** What a client has registered to be signed and encrypted: Core §3.1.3.7, §5.3.2, §10; RFC 9068, RFC 9701. */
import { createHash } from 'node:crypto';
import {
  compactDecrypt,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type GenerateKeyPairResult,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  type JWTVerifyResult,
} from 'jose';
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import {
  CLIENT_SIGNING_ALGS,
  type ClientSigningAlg,
  CONTENT_ENCRYPTIONS,
  ENCRYPTION_ALGS,
  type EncryptionAlg,
  HMAC_ALGS,
} from '../../src/spec/identifiers.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import {
  ALICE,
  answerOf,
  assertRefused,
  authorizationUrl,
  claimsOf,
  headerOf,
  isActive,
  REDIRECT_URI,
  type Tokens,
  tokensOf,
  userinfo,
} from '../support/flow.ts';
import { basic, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp } from '../support/op.ts';

const CALLER = basic;

function isHmac(alg: string): boolean {
  return HMAC_ALGS.some((each) => each === alg);
}

async function tokensFor(
  op: Op,
  client_id: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<Tokens> {
  const url = authorizationUrl({ client_id, scope: 'openid email', nonce: 'n-0S6', ...changes });
  const { code } = answerOf(await op.browser().authorize(url, ALICE));
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  return await tokensOf(await op.post('/token', form, CALLER(client_id)));
}

async function verified(op: Op, jwt: string): Promise<JWTVerifyResult> {
  const options = { issuer: ISSUER, currentDate: new Date(op.clock.now * 1000) };
  if (isHmac(String(headerOf(jwt)['alg']))) {
    return await jwtVerify(jwt, new TextEncoder().encode(CLIENT_SECRET), options);
  }
  const jwks = await (await op.fetch('/jwks')).json() as JSONWebKeySet;
  return await jwtVerify(jwt, createLocalJWKSet(jwks), options);
}

async function introspectionJwt(op: Op, token: string, client_id: string): Promise<string> {
  const response = await op.post('/introspect', { token }, CALLER(client_id));
  assertEquals(
    response.headers.get('content-type'),
    'application/token-introspection+jwt',
    await response.clone().text(),
  );
  assertEquals(response.headers.get('cache-control'), 'no-store');
  return await response.text();
}

async function userinfoJwt(op: Op, access_token: string): Promise<string> {
  const response = await userinfo(op, access_token);
  assertEquals(
    [response.status, response.headers.get('content-type')],
    [200, 'application/jwt'],
    await response.clone().text(),
  );
  return await response.text();
}

describe('Core §10.1: answers signed with each algorithm', () => {
  const clients = CLIENT_SIGNING_ALGS.map((alg) => ({
    ...CLIENT,
    client_id: alg,
    id_token_signed_response_alg: alg,
    userinfo_signed_response_alg: alg,
    introspection_signed_response_alg: alg,
    ...(isHmac(alg) ? {} : { access_token_signed_response_alg: alg, access_token_format: 'jwt' }),
  }));
  // RSA keys take their time: one provider for all.
  const opened = openOp({ config: { clients } });

  /** Core §3.1.3.6: the left half of the hash that the alg is named for; Ed25519 has SHA-512. */
  function halfHash(alg: ClientSigningAlg, text: string): string {
    const digest = createHash(alg === 'EdDSA' ? 'sha512' : `sha${alg.slice(2)}`).update(text)
      .digest();
    return digest.subarray(0, digest.length / 2).toString('base64url');
  }

  for (const alg of CLIENT_SIGNING_ALGS) {
    it(`${alg}: ID token, UserInfo, introspection, and access token`, async () => {
      const op = await opened;
      const { id_token, access_token } = await tokensFor(op, alg);

      const { payload, protectedHeader } = await verified(op, id_token);
      assertEquals([protectedHeader.alg, protectedHeader.typ], [alg, 'JWT']);
      assertEquals([payload.aud, payload['azp'], payload['nonce']], [alg, alg, 'n-0S6']);
      assertEquals(payload['at_hash'], halfHash(alg, access_token));

      const told = await verified(op, await userinfoJwt(op, access_token));
      assertEquals(told.protectedHeader.alg, alg);
      assertEquals(told.payload, {
        sub: payload.sub ?? '',
        email: 'alice@alice.example',
        email_verified: true,
        iss: ISSUER,
        aud: alg,
      });

      const described = await verified(op, await introspectionJwt(op, access_token, alg));
      assertEquals(
        [described.protectedHeader.alg, described.protectedHeader.typ],
        [alg, 'token-introspection+jwt'],
      );

      if (isHmac(alg)) return;
      const access = await verified(op, access_token);
      assertEquals([access.protectedHeader.alg, access.protectedHeader.typ], [alg, 'at+jwt']);
    });
  }

  it('Core §10.1: an ID token signed with a secret has no kid, and is no other client’s', async () => {
    const op = await opened;
    const { id_token } = await tokensFor(op, 'HS256');
    assertEquals(headerOf(id_token), { alg: 'HS256', typ: 'JWT' });
  });

  it('c_hash and s_hash are made with the alg’s hash, too', async () => {
    const client = {
      ...CLIENT,
      grant_types: ['authorization_code', 'implicit'],
      response_types: ['code id_token'],
      id_token_signed_response_alg: 'ES512',
    };
    const op = await openOp({ config: { clients: [client] } });
    const url = authorizationUrl({ response_type: 'code id_token', nonce: 'n-0S6' });
    const { code = '', id_token = '' } = answerOf(await op.browser().authorize(url, ALICE));
    const claims = claimsOf(id_token);
    assertEquals(claims['c_hash'], halfHash('ES512', code));
    assertEquals(claims['s_hash'], halfHash('ES512', 'xyz'));
    assertEquals('at_hash' in claims, false);
  });

  it('a key that the client names signs, though there is a newer one of the algorithm', async () => {
    const op = await openOp();
    const kidOf = (): string =>
      op.instance.engine().keys.describe().find(({ alg, superseded_at }) =>
        alg === 'ES256' && superseded_at === undefined
      )?.kid ?? '';
    const old = kidOf();
    const pair = await generateKeyPair('ES256', { extractable: true });
    const text = JSON.stringify({ ...await exportJWK(pair.privateKey), alg: 'ES256' });
    assertEquals((await op.instance.engine().keys.importKey(text, {})).kind, 'done');
    const newest = kidOf();
    assertFalse(old === newest);
    // Until then caches of the JWKS may lack it.
    op.clock.now += 660;
    const es256 = { ...CLIENT, id_token_signed_response_alg: 'ES256' };
    const named = {
      ...es256,
      client_id: 'named',
      id_token_signed_response_key_id: old,
      userinfo_signed_response_alg: 'ES256',
      userinfo_signed_response_key_id: old,
    };
    await op.instance.reload(
      requireConfig({ issuer: ISSUER, storage: { engine: 'memory' }, clients: [es256, named] }),
    );
    const own = await tokensFor(op, 'named');
    assertEquals(headerOf(own.id_token)['kid'], old);
    assertEquals(headerOf(await userinfoJwt(op, own.access_token))['kid'], old);
    assertEquals(headerOf((await tokensFor(op, 'app')).id_token)['kid'], newest);
  });
});

interface Recipient {
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly privateKey: GenerateKeyPairResult['privateKey'];
}

async function recipient(alg: string, options: { crv?: string } = {}): Promise<Recipient> {
  const pair = await generateKeyPair(alg, { extractable: true, ...options });
  const jwk = { ...await exportJWK(pair.publicKey), use: 'enc', kid: `to-${alg}` };
  return { jwks: { keys: [jwk] }, privateKey: pair.privateKey };
}

/** Core §10.2: the left-most bits of the hash of the secret that has as many. */
function secretKey(bytes: number): Uint8Array {
  const hash = bytes > 48 ? 'sha512' : bytes > 32 ? 'sha384' : 'sha256';
  return new Uint8Array(createHash(hash).update(CLIENT_SECRET).digest().subarray(0, bytes));
}

const WRAPPING_BYTES: Readonly<Record<string, number>> = {
  A128KW: 16,
  A192KW: 24,
  A256KW: 32,
  A128GCMKW: 16,
  A192GCMKW: 24,
  A256GCMKW: 32,
};
const CONTENT_BYTES: Readonly<Record<string, number>> = {
  'A128CBC-HS256': 32,
  'A192CBC-HS384': 48,
  'A256CBC-HS512': 64,
  A128GCM: 16,
  A192GCM: 24,
  A256GCM: 32,
};

async function decrypted(
  jwe: string,
  key: GenerateKeyPairResult['privateKey'] | Uint8Array,
): Promise<string> {
  const { plaintext } = await compactDecrypt(jwe, key);
  return new TextDecoder().decode(plaintext);
}

describe('Core §10.2: answers encrypted to the client', () => {
  async function check(alg: EncryptionAlg, enc: string): Promise<void> {
    const isSymmetric = alg === 'dir' || alg in WRAPPING_BYTES;
    const to = isSymmetric ? undefined : await recipient(alg);
    const client = {
      ...CLIENT,
      ...(to === undefined ? {} : { jwks: to.jwks }),
      id_token_encrypted_response_alg: alg,
      id_token_encrypted_response_enc: enc,
    };
    const op = await openOp({ config: { clients: [client] } });
    const { id_token } = await tokensFor(op, 'app');
    const header = headerOf(id_token);
    assertEquals([header['alg'], header['enc'], header['cty']], [alg, enc, 'JWT']);
    const bytes = alg === 'dir' ? CONTENT_BYTES[enc] : WRAPPING_BYTES[alg];
    const jwt = await decrypted(id_token, to?.privateKey ?? secretKey(bytes ?? 0));
    const { payload } = await verified(op, jwt);
    assertEquals([payload.aud, payload['nonce']], ['app', 'n-0S6']);
  }

  for (const alg of ENCRYPTION_ALGS) it(`${alg} with A256GCM`, () => check(alg, 'A256GCM'));
  for (const enc of CONTENT_ENCRYPTIONS) {
    it(`ECDH-ES+A128KW with ${enc}`, () => check('ECDH-ES+A128KW', enc));
    it(`dir with ${enc}`, () => check('dir', enc));
  }

  it('X25519 is a curve to encrypt to', async () => {
    const to = await recipient('ECDH-ES', { crv: 'X25519' });
    const client = { ...CLIENT, jwks: to.jwks, id_token_encrypted_response_alg: 'ECDH-ES' };
    const op = await openOp({ config: { clients: [client] } });
    const { id_token } = await tokensFor(op, 'app');
    assertEquals(headerOf(id_token)['enc'], 'A128CBC-HS256');
    await verified(op, await decrypted(id_token, to.privateKey));
  });
});

describe('Core §5.3.2: UserInfo', () => {
  it('signed, then encrypted', async () => {
    const to = await recipient('RSA-OAEP-256');
    const op = await openOp({
      config: {
        clients: [{
          ...CLIENT,
          jwks: to.jwks,
          userinfo_signed_response_alg: 'PS256',
          userinfo_encrypted_response_alg: 'RSA-OAEP-256',
          userinfo_encrypted_response_enc: 'A192GCM',
        }],
      },
    });
    const { access_token, id_token } = await tokensFor(op, 'app');
    const jwe = await userinfoJwt(op, access_token);
    assertEquals(headerOf(jwe)['kid'], 'to-RSA-OAEP-256');
    const { payload } = await verified(op, await decrypted(jwe, to.privateKey));
    assertEquals([payload.sub, payload.aud], [claimsOf(id_token)['sub'] as string, 'app']);
  });

  it('encrypted only: the claims themselves, in a JWE', async () => {
    const to = await recipient('ECDH-ES+A256KW');
    const op = await openOp({
      config: {
        clients: [{
          ...CLIENT,
          jwks: to.jwks,
          userinfo_encrypted_response_alg: 'ECDH-ES+A256KW',
        }],
      },
    });
    const { access_token, id_token } = await tokensFor(op, 'app');
    const jwe = await userinfoJwt(op, access_token);
    assertEquals('cty' in headerOf(jwe), false);
    assertEquals(JSON.parse(await decrypted(jwe, to.privateKey)), {
      sub: claimsOf(id_token)['sub'],
      email: 'alice@alice.example',
      email_verified: true,
    });
  });

  it('plain JSON where nothing is registered', async () => {
    const op = await openOp();
    const { access_token } = await tokensFor(op, 'app');
    const response = await userinfo(op, access_token);
    assertEquals(response.headers.get('content-type'), 'application/json');
  });

  it('a client that has lost its keys gets an error, and nothing unprotected', async () => {
    const jwks = { keys: [{ ...(await recipient('ECDH-ES')).jwks.keys[0], use: 'sig' }] };
    const client = { ...CLIENT, jwks, userinfo_encrypted_response_alg: 'ECDH-ES' };
    const op = await openOp({ config: { clients: [client] } });
    const { access_token } = await tokensFor(op, 'app');
    await assertRefused(await userinfo(op, access_token), 'invalid_request');
  });
});

describe('T050: no kind of JWT passes in another’s place', () => {
  const CLIENT_OF_ALL = {
    ...CLIENT,
    access_token_format: 'jwt',
    userinfo_signed_response_alg: 'RS256',
    introspection_signed_response_alg: 'RS256',
  };

  async function everyKind(op: Op): Promise<Readonly<Record<string, string>>> {
    const { id_token, access_token } = await tokensFor(op, 'app');
    return {
      id_token,
      access_token,
      userinfo: await userinfoJwt(op, access_token),
      introspection: await introspectionJwt(op, access_token, 'app'),
    };
  }

  it('only an access token opens UserInfo, and only it is active', async () => {
    const op = await openOp({ config: { clients: [CLIENT_OF_ALL] } });
    for (const [kind, jwt] of Object.entries(await everyKind(op))) {
      const isAccess = kind === 'access_token';
      assertEquals((await userinfo(op, jwt)).status, isAccess ? 200 : 401, kind);
      const told = await verified(op, await introspectionJwt(op, jwt, 'app'));
      const { active } = told.payload['token_introspection'] as { active: boolean };
      assertEquals(active, isAccess, kind);
    }
  });

  it('only an ID token is a hint', async () => {
    const op = await openOp({ config: { clients: [CLIENT_OF_ALL] } });
    for (const [kind, id_token_hint] of Object.entries(await everyKind(op))) {
      const url = authorizationUrl({ id_token_hint, prompt: 'none' });
      const { error } = answerOf(await op.browser().authorize(url, ALICE));
      assertEquals(error, kind === 'id_token' ? 'login_required' : 'invalid_request', kind);
    }
  });

  it('none of them authenticates a client', async () => {
    const op = await openOp({
      config: {
        clients: [CLIENT_OF_ALL, {
          ...CLIENT,
          client_id: 'asserting',
          token_endpoint_auth_method: 'client_secret_jwt',
        }],
      },
    });
    for (const [kind, client_assertion] of Object.entries(await everyKind(op))) {
      const response = await op.post('/introspect', {
        token: 'x',
        client_assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
      assertEquals(response.status, 401, kind);
    }
  });
});

describe('RFC 9068, encrypted: an access token that only the resource server can read', () => {
  it('is a JWT within, and a token to us all the same', async () => {
    const to = await recipient('ECDH-ES+A256KW');
    const client = {
      ...CLIENT,
      jwks: to.jwks,
      access_token_format: 'jwt',
      access_token_encrypted_response_alg: 'ECDH-ES+A256KW',
      access_token_encrypted_response_enc: 'A256GCM',
    };
    const op = await openOp({ config: { clients: [client] } });
    const { access_token } = await tokensFor(op, 'app');
    assertEquals(headerOf(access_token)['typ'], 'at+jwt');
    const { payload, protectedHeader } = await verified(
      op,
      await decrypted(access_token, to.privateKey),
    );
    assertEquals([protectedHeader.typ, payload['client_id']], ['at+jwt', 'app']);
    assertFalse(access_token.includes(String(payload.jti)));

    assertEquals((await userinfo(op, access_token)).status, 200);
    assert(await isActive(op, access_token));
    assertEquals((await op.post('/revoke', { token: access_token }, basic('app'))).status, 200);
    assertFalse(await isActive(op, access_token));
    await assertRefused(await userinfo(op, access_token), 'invalid_token', 401);
  });

  it('is nothing with its reference changed, or with one that we did not make', async () => {
    const to = await recipient('ECDH-ES');
    const client = {
      ...CLIENT,
      jwks: to.jwks,
      access_token_format: 'jwt',
      access_token_encrypted_response_alg: 'ECDH-ES',
    };
    const op = await openOp({ config: { clients: [client] } });
    const { access_token } = await tokensFor(op, 'app');
    const [, ...rest] = access_token.split('.');
    const header = headerOf(access_token);
    const reference = String(header['ost_ref']);
    for (const ost_ref of [`${reference.slice(0, -2)}AA`, 'x', '', 5, undefined]) {
      const encoded = Buffer.from(JSON.stringify({ ...header, ost_ref })).toString('base64url');
      assertFalse(await isActive(op, [encoded, ...rest].join('.')));
    }
  });
});
