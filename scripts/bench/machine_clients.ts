/** Clients that act for themselves, and what they sign. */
import { Buffer } from 'node:buffer';
import { createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type BenchClient, CALLBACK } from './fixture.ts';

/** Good for nothing but this: the same in every process of a run. */
const PUBLIC_JWK = {
  kty: 'EC',
  crv: 'P-256',
  x: 'hUVoOaDdefKj2Pj6COf1eUReeizUHv7_heyqXsIB0jc',
  y: 'v8itFPY_3A18UzpPL5wFaKHkH1_iQ0MqEh090-xVM1g',
} as const;

const privateKey: KeyObject = createPrivateKey({
  key: { ...PUBLIC_JWK, d: 'f_VBlDAW6DEx2i5dSRZMO4hyMGrnKdj2CsrUvMVkHgE' },
  format: 'jwk',
});

const machine = {
  redirect_uris: [],
  grant_types: ['client_credentials'],
  response_types: [],
  id_token_signed_response_alg: 'ES256',
} as const;

/** With a secret, opaque tokens. */
export const MACHINE = {
  ...machine,
  client_id: 'machine',
  client_secret: 'a-secret-of-machine-0123456789abcdefghijklmnop',
  token_endpoint_auth_method: 'client_secret_basic',
} as const;

/** With a key. */
export const SIGNER = {
  ...machine,
  client_id: 'signer',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  jwks: { keys: [{ ...PUBLIC_JWK, kid: 'signer', alg: 'ES256', use: 'sig' }] },
} as const;

/** Pushes requests. */
export const PUSHER: BenchClient = {
  client_id: 'pusher',
  client_secret: 'a-secret-of-pusher-0123456789abcdefghijklmnop',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
  id_token_signed_response_alg: 'ES256',
  scope: 'openid profile email',
};

export const JWT_ALGS = ['RS256', 'ES256', 'EdDSA'] as const;
export type JwtAlg = (typeof JWT_ALGS)[number];

/** With a secret, and tokens of the jwt format. */
export function jwtMachine(alg: JwtAlg) {
  return {
    ...MACHINE,
    client_id: `machine-${alg.toLowerCase()}`,
    access_token_format: 'jwt',
    access_token_signed_response_alg: alg,
  } as const;
}

/** So many assertions, no two alike. RFC 7523 §3 */
export function assertions(count: number, issuer: string): readonly string[] {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const header = { alg: 'ES256', kid: 'signer' };
  return many(count, header, () => ({
    iss: SIGNER.client_id,
    sub: SIGNER.client_id,
    aud: issuer,
    iat: nowSeconds,
    exp: nowSeconds + 120,
    jti: randomBytes(12).toString('base64url'),
  }));
}

/** So many proofs, no two alike. RFC 9449 §4.2 */
export function proofs(count: number, htu: string): readonly string[] {
  const iat = Math.floor(Date.now() / 1000);
  const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: PUBLIC_JWK };
  return many(count, header, () => ({
    htm: 'POST',
    htu,
    iat,
    jti: randomBytes(12).toString('base64url'),
  }));
}

function many(count: number, header: object, payload: () => object): readonly string[] {
  const first = encode(header);
  return Array.from({ length: count }, () => {
    const input = `${first}.${encode(payload())}`;
    const signature = sign('sha256', Buffer.from(input), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${input}.${signature.toString('base64url')}`;
  });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
