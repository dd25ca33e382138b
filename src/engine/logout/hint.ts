import { isJwe } from '../../keys/encrypt.ts';
import { peekJwt } from '../../keys/verify.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { openOwnIdToken, readOwnIdToken, recipientOf } from '../tokens/own_id_token.ts';

/** Whom a verified ID token is about. */
export interface LogoutHint {
  readonly client: Client;
  readonly sub: string;
  /** What the client calls the session. Front-Channel Logout §3 */
  readonly sid?: string;
}

/** The key that signed it has left, so nobody can tell whether it is ours. */
export type UnreadableHint = 'outdated';

/**
 * RP-Initiated Logout §2: an ID token of this issuer, expired or not, made for a client that there is; `named` is the
 * client of `client_id`, which it must be. @throws {OAuthError} `invalid_request`
 */
export async function readLogoutHint(
  hint: string,
  named: Client | undefined,
  engine: Engine,
): Promise<LogoutHint | UnreadableHint> {
  const jwt = isJwe(hint) ? await opened(hint, named, engine) : hint;
  const payload = await readOwnIdToken(jwt, engine);
  if (payload === undefined && isOutdated(jwt, engine)) return 'outdated';
  const client_id = payload && recipientOf(payload);
  if (payload?.sub === undefined || client_id === undefined) {
    throw new OAuthError('invalid_request', 'id_token_hint is not an ID token of this issuer');
  }
  if (named !== undefined && named.client_id !== client_id) {
    throw new OAuthError('invalid_request', 'id_token_hint was issued to another client');
  }
  const client = named ?? await findClient(client_id, engine);
  if (client === undefined) {
    throw new OAuthError('invalid_request', 'id_token_hint was issued to a client that is gone');
  }
  const { sub, sid } = payload;
  return { client, sub, ...typeof sid === 'string' && { sid } };
}

/** @throws {OAuthError} `invalid_request` */
async function opened(jwe: string, named: Client | undefined, engine: Engine): Promise<string> {
  if (named === undefined) {
    throw new OAuthError('invalid_request', 'an encrypted id_token_hint needs a client_id');
  }
  const jwt = await openOwnIdToken(jwe, named, engine);
  if (jwt === undefined) {
    throw new OAuthError(
      'invalid_request',
      'id_token_hint cannot be decrypted here: one that is encrypted to the client must come as the signed JWT inside',
    );
  }
  return jwt;
}

/** Keys leave when what they signed has expired, and clients keep ID tokens for longer. */
function isOutdated(jwt: string, { keys, settings }: Engine): boolean {
  const peeked = peekJwt(jwt);
  const kid = peeked?.header.kid;
  return kid !== undefined && peeked?.payload.iss === settings.issuer &&
    peeked.header.alg !== 'none' && keys.describe().every((key) => key.kid !== kid);
}
