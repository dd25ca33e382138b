import type { JWTPayload } from 'jose';
import { isAsymmetricEncryption, isHmac } from '../spec/identifiers.ts';
import { encryptTo, type Recipient } from '../keys/encrypt.ts';
import { signWithSecret } from '../keys/sign.ts';
import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { rawSecret } from './client_auth/secret.ts';
import { clientKeys } from './client_keys.ts';
import type { Engine } from './engine.ts';
import type { Protection } from './protection.ts';

export interface ClientJwt extends Protection {
  /** Absent where libraries refuse one that they do not know. */
  readonly typ: string | undefined;
  readonly payload: JWTPayload;
}

/**
 * A JWT for one client: signed by us, or with its secret (Core §10.1), then nested in a JWE to it where it has
 * registered that (Core §10.2). @throws {OAuthError} `invalid_request` when it has no key for what it has registered
 */
export async function protectedJwt(
  client: Client,
  { typ, payload, alg, kid, encryption }: ClientJwt,
  engine: Engine,
): Promise<string> {
  const jwt = isHmac(alg)
    ? signWithSecret(alg, typ, payload, secretOf(client, alg, engine))
    : await engine.keys.sign(alg, typ, payload, kid);
  if (encryption === undefined) return jwt;
  const to = { ...encryption, cty: 'JWT', ...typ === undefined ? {} : { typ } };
  return await encryptedTo(client, jwt, to, engine);
}

/** A JWE of any text for one client. @throws {OAuthError} `invalid_request` when it has no key for it */
export async function encryptedTo(
  client: Client,
  text: string,
  to: Omit<Recipient, 'jwk' | 'secret'>,
  engine: Engine,
): Promise<string> {
  if (!isAsymmetricEncryption(to.alg)) {
    return await encryptTo(text, { ...to, secret: secretOf(client, to.alg, engine) });
  }
  const [jwk] = await clientKeys(client, { use: 'enc', alg: to.alg }, engine);
  if (jwk === undefined) throw keyless(client, to.alg);
  return await encryptTo(text, { ...to, jwk });
}

function secretOf(client: Client, alg: string, engine: Engine): string {
  const secret = rawSecret(client, engine);
  if (secret === undefined) throw keyless(client, alg);
  return secret;
}

function keyless({ client_id }: Client, alg: string): OAuthError {
  return new OAuthError('invalid_request', `client has no key for ${alg}`, { debug: client_id });
}
