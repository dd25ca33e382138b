/** Proofs of possession as a client makes them, and as it should not. */
import { Buffer } from 'node:buffer';
import { createHash, randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type GenerateKeyPairResult,
  type JWK,
  SignJWT,
} from 'jose';
import { ISSUER, type Op } from './op.ts';

export interface ProofKey {
  readonly alg: string;
  readonly privateKey: GenerateKeyPairResult['privateKey'];
  readonly jwk: JWK;
  readonly jkt: string;
}

export async function newProofKey(alg = 'ES256'): Promise<ProofKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  return { alg, privateKey: pair.privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) };
}

export interface ProofChanges {
  /** Undefined takes a member away. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly accessToken?: string;
}

/** For a POST to the token endpoint, with changes. */
export function proofFor(
  op: Pick<Op, 'clock'>,
  key: ProofKey,
  { header = {}, payload = {}, accessToken }: ProofChanges = {},
): Promise<string> {
  const ath = accessToken === undefined
    ? undefined
    : createHash('sha256').update(accessToken).digest('base64url');
  const claims = {
    jti: randomUUID(),
    htm: 'POST',
    htu: `${ISSUER}/token`,
    iat: op.clock.now,
    ath,
    ...payload,
  };
  const protectedHeader = { alg: key.alg, typ: 'dpop+jwt', jwk: key.jwk, ...header };
  return new SignJWT(withoutUndefined(claims))
    .setProtectedHeader(withoutUndefined(protectedHeader) as { alg: string })
    .sign(key.privateKey);
}

/** A GET of UserInfo with a bound token. */
export async function userinfoWith(
  op: Op,
  access_token: string,
  key: ProofKey,
  changes: ProofChanges = {},
): Promise<Response> {
  const dpop = await proofFor(op, key, {
    accessToken: access_token,
    ...changes,
    payload: { htm: 'GET', htu: `${ISSUER}/userinfo`, ...changes.payload },
  });
  return await op.fetch('/userinfo', { headers: { authorization: `DPoP ${access_token}`, dpop } });
}

/** A JWS whose signature nobody has made, or made over something else. */
export function jws(header: unknown, payload: unknown, signature = ''): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

function withoutUndefined(
  members: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
