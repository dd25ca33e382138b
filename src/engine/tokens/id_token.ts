import type { Client } from '../../spec/client.ts';
import type { GrantRecord, UserRecord } from '../../store/records.ts';
import { idTokenClaims } from '../claims/select.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';

export interface IdTokenInput {
  readonly grant: GrantRecord;
  readonly client: Client;
  readonly user: UserRecord;
  readonly access_token: string;
  readonly nonce?: string | undefined;
}

/** Core §2, §3.1.3.6. */
export async function issueIdToken(input: IdTokenInput, engine: Engine): Promise<string> {
  const { grant, client, user, access_token, nonce } = input;
  const alg = client.id_token_signed_response_alg;
  const iat = Math.floor(engine.now());
  const { sid, auth_time, amr, acr } = grant.authentication;
  return await engine.keys.sign(alg, 'JWT', {
    ...idTokenClaims(grant, user),
    iss: engine.settings.issuer,
    sub: grant.sub,
    aud: client.client_id,
    azp: client.client_id,
    exp: iat + lifespansOf(client, engine).id_token,
    iat,
    auth_time: Math.floor(auth_time),
    acr,
    amr: [...amr],
    sid,
    ...(nonce === undefined ? {} : { nonce }),
    at_hash: engine.keys.halfHash(alg, access_token),
  });
}
