import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { sectorOf } from '../sector.ts';
import { readOwnIdToken } from '../tokens/own_id_token.ts';

/** Core §3.1.2.1: the sub of our own ID token, for this client or one of its sector, expired or not. @throws {OAuthError} `invalid_request` */
export async function subOfHint(
  hint: string,
  client: Client,
  engine: Engine,
): Promise<string> {
  const payload = await readOwnIdToken(hint, engine);
  const audience = payload?.aud === undefined ? [] : [payload.aud].flat();
  const isFor = audience.includes(client.client_id) &&
    await isOfSector(payload?.['azp'], client, engine);
  if (payload?.sub === undefined || !isFor) {
    throw new OAuthError(
      'invalid_request',
      'id_token_hint is not an ID token of this issuer for this client',
    );
  }
  return payload.sub;
}

/** Another sector's sub may be the name of somebody else in this one. Core §8.1 */
async function isOfSector(azp: unknown, client: Client, engine: Engine): Promise<boolean> {
  if (azp === client.client_id) return true;
  const issuedTo = typeof azp === 'string' ? await findClient(azp, engine) : undefined;
  return issuedTo !== undefined && sectorOf(issuedTo) === sectorOf(client);
}
