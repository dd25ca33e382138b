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

/**
 * What an ID token that came back to us says, expired or not, if this issuer made it: signed with a key of ours that is
 * still published, or with the secret of the client that it is for (Core §10.1). Undefined otherwise.
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
  const secret = client && rawSecret(client, engine);
  if (secret === undefined) return undefined;
  const read = verifyJwtNow(jwt, { secret }, HMAC_ALGS);
  const isOurs = read?.header.typ === 'JWT' && read.payload.iss === engine.settings.issuer &&
    (read.payload.iat ?? 0) <= engine.now() + MAX_CLOCK_SKEW_SECONDS;
  return isOurs ? read.payload : undefined;
}

/** The client that an ID token was issued to. Core §2, `azp` */
export function recipientOf({ azp, aud }: JWTPayload): string | undefined {
  if (typeof azp === 'string') return azp;
  const audience = aud === undefined ? [] : [aud].flat();
  return audience.length === 1 ? audience[0] : undefined;
}

/** The JWT inside an ID token that is encrypted with the client's secret (Core §10.2); one to its key is not for us. */
export async function openOwnIdToken(
  jwe: string,
  client: Client,
  engine: Engine,
): Promise<string | undefined> {
  return await engine.keys.decrypt(jwe, {
    algs: ENCRYPTION_ALGS.filter(isSymmetricEncryption),
    encs: CONTENT_ENCRYPTIONS,
    secret: rawSecret(client, engine),
  });
}
