import { randomToken } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import type { LifespanGrant } from '../../spec/settings.ts';
import type { GrantRecord, UserRecord } from '../../store/records.ts';
import { idTokenClaims } from '../claims/select.ts';
import { protectedJwt } from '../client_jwt.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { protectionOf } from '../protection.ts';
import { sectorSid } from '../sector.ts';
import { mayActOf } from './access_token.ts';
import type { Act } from './descent.ts';

export interface IdTokenInput {
  readonly grant: GrantRecord;
  readonly client: Client;
  readonly user: UserRecord;
  /** What comes with it, each with its hash in it. Core §3.1.3.6, §3.3.2.11; FAPI 1.0 Advanced §5.1.1 */
  readonly access_token?: string | undefined;
  readonly code?: string | undefined;
  readonly state?: string | undefined;
  readonly nonce?: string | undefined;
  /** Of tokens that are pushed, with the refresh token that comes with them. CIBA §10.3.1 */
  readonly auth_req_id?: string | undefined;
  readonly refresh_token?: string | undefined;
  /** Whom the access token is for, which the claims policy may want to see here, too. */
  readonly audience?: readonly string[];
  /** Whether there will be an access token to ask UserInfo with. Core §5.4 */
  readonly hasUserinfo: boolean;
  readonly grant_type: LifespanGrant;
  /** Of one that is made by exchange: whoever has it takes no part in the session. */
  readonly exchanged?: { readonly exp: number; readonly act?: Act | undefined };
}

/** Core §2, §3.1.3.6, §3.3.2.11. */
export async function issueIdToken(input: IdTokenInput, engine: Engine): Promise<string> {
  const { grant, client, user, nonce, hasUserinfo, grant_type, exchanged } = input;
  const protection = protectionOf(client, 'id_token');
  const iat = Math.floor(engine.now());
  const { sid, auth_time, amr, acr } = grant.authentication;
  const payload = {
    ...idTokenClaims(grant, user, client, engine, hasUserinfo),
    iss: engine.settings.issuer,
    sub: grant.sub,
    aud: audienceOf(input, engine),
    azp: client.client_id,
    exp: exchanged?.exp ?? iat + lifespansOf(client, engine, grant_type).id_token,
    iat,
    auth_time: Math.floor(auth_time),
    acr,
    amr: [...amr],
    ...(exchanged === undefined
      // The grant it comes with, for those who show it to us. RFC 8693 §2.1
      ? { sid: sectorSid(sid, client), jti: `${grant.id}.${randomToken(16)}`, ...mayActOf(client) }
      : exchanged.act === undefined
      ? {}
      : { act: exchanged.act }),
    ...(nonce === undefined ? {} : { nonce }),
    ...hashesOf(input, engine),
    ...pushedClaims(input, engine),
  };
  return await protectedJwt(client, { typ: 'JWT', payload, ...protection }, engine);
}

function hashesOf(
  { client, access_token, code, state }: IdTokenInput,
  { keys }: Engine,
): Readonly<Record<string, string>> {
  const alg = client.id_token_signed_response_alg;
  const hashes: Record<string, string> = {};
  if (access_token !== undefined) hashes['at_hash'] = keys.halfHash(alg, access_token);
  if (code !== undefined) hashes['c_hash'] = keys.halfHash(alg, code);
  if (state !== undefined) hashes['s_hash'] = keys.halfHash(alg, state);
  return hashes;
}

/** CIBA §10.3.1: what ties a pushed response to its request, and together. */
function pushedClaims(
  { client, auth_req_id, refresh_token }: IdTokenInput,
  { keys }: Engine,
): Readonly<Record<string, string>> {
  if (auth_req_id === undefined) return {};
  const alg = client.id_token_signed_response_alg;
  return {
    'urn:openid:params:jwt:claim:auth_req_id': auth_req_id,
    ...refresh_token !== undefined && {
      'urn:openid:params:jwt:claim:rt_hash': keys.halfHash(alg, refresh_token),
    },
  };
}

/** Core §2: the client, and whom else its claims policy lets in. */
function audienceOf({ client, audience = [] }: IdTokenInput, engine: Engine): string | string[] {
  const policy = client.claims_policy === undefined
    ? undefined
    : engine.settings.claims_policies.get(client.claims_policy);
  if (policy?.id_token_audience_mode !== 'merged' || audience.length === 0) return client.client_id;
  return [...new Set([client.client_id, ...audience])];
}
