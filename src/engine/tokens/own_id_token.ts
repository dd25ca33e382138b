import type { JWTPayload } from 'jose';
import { MAX_CLOCK_SKEW_SECONDS, peekJwt, verifyJwtNow } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import {
  CONTENT_ENCRYPTIONS,
  ENCRYPTION_ALGS,
  HMAC_ALGS,
  isHmac,
  isSymmetricEncryption,
} from '../../spec/identifiers.ts';
import { rawSecret } from '../client_auth/secret.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { protectionOf } from '../protection.ts';

/**
 * What an ID token that came back to us says, expired or not, if this issuer made it: signed with a key of ours that is
 * still published, or with the secret of the client that it is for, where that signs its ID tokens (Core §10.1).
 * Undefined otherwise.
 */
export async function readOwnIdToken(
  jwt: string,
  engine: Engine,
): Promise<JWTPayload | undefined> {
  const peeked = peekJwt(jwt);
  if (peeked === undefined || !isHmac(peeked.header.alg)) {
    return await engine.keys.verifyOwn(jwt, 'JWT');
  }
  const client = await findClient(recipientOf(peeked.payload) ?? '', engine);
  const secret = client && isSignedBySecret(client) ? rawSecret(client, engine) : undefined;
  if (secret === undefined) return undefined;
  const read = verifyJwtNow(jwt, { secret }, HMAC_ALGS);
  const isOurs = read?.header.typ === 'JWT' && read.payload.iss === engine.settings.issuer &&
    (read.payload.iat ?? 0) <= engine.now() + MAX_CLOCK_SKEW_SECONDS;
  return isOurs ? read.payload : undefined;
}

/**
 * RFC 8725 §3.1. Where it is not, anybody could find out here whether they have guessed a secret (T044). Which of the
 * algorithms it is may have changed since the token was made.
 */
function isSignedBySecret(client: Client): boolean {
  return isHmac(protectionOf(client, 'id_token').alg);
}

/** The client that an ID token was issued to. Core §2, `azp` */
export function recipientOf({ azp, aud }: JWTPayload): string | undefined {
  if (typeof azp === 'string') return azp;
  const audience = aud === undefined ? [] : [aud].flat();
  return audience.length === 1 ? audience[0] : undefined;
}

/** The JWT inside, where the client's ID tokens are encrypted with its secret (Core §10.2); one to its key is not for us. */
export async function openOwnIdToken(
  jwe: string,
  client: Client,
  engine: Engine,
): Promise<string | undefined> {
  const { encryption } = protectionOf(client, 'id_token');
  if (encryption === undefined || !isSymmetricEncryption(encryption.alg)) return undefined;
  return await engine.keys.decrypt(jwe, {
    algs: ENCRYPTION_ALGS.filter(isSymmetricEncryption),
    encs: CONTENT_ENCRYPTIONS,
    secret: rawSecret(client, engine),
  });
}
