import { sha256 } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, required } from '../../spec/params.ts';
import { codes, grants } from '../../store/collections.ts';
import type { CodeRecord, GrantRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import { checkPkce } from '../pkce.ts';
import { grantPuts, revokeGrant } from '../revoke.ts';
import { checkNotWithdrawn } from '../withdrawal.ts';
import { narrowGranted } from './narrow.ts';
import { findGrantor, newGrant } from './new_grant.ts';
import type { Grant, Redemption } from './table.ts';

/** Seconds for which a redeemed code is still recognized, and its grant revoked if it comes again. */
const TOMBSTONE_SECONDS = 3600;

/** RFC 6749 §4.1.3. */
export const authorizationCodeGrant: Grant = { grant_type: 'authorization_code', redeem };

async function redeem(params: Params, caller: Caller, engine: Engine): Promise<Redemption> {
  const { client } = caller;
  const { issuer } = engine.settings;
  const digest = sha256(required(params, 'code'));
  const entry = await codes.get(engine.store, issuer, digest);
  if (entry === undefined) throw new OAuthError('invalid_grant', 'code is unknown or has expired');
  if ('redeemed' in entry.value) return await refuseReuse(entry.value.redeemed, client, engine);
  const code = entry.value;
  const nowSeconds = engine.now();
  checkCode(code, client, params.get('redirect_uri'), nowSeconds);
  checkPkce(code, params.get('code_verifier'));
  checkDpopKey(code, caller);
  const narrowed = narrowGranted(params, code, client, engine);
  const user = await findGrantor(code, client, engine);
  const stands = await checkNotWithdrawn(code, engine);
  const earlier = await frontChannelGrant(code, engine);
  const grant = await newGrant(
    code,
    { caller, grant_type: 'authorization_code', id: code.grant, nowSeconds },
    engine,
  );
  return {
    issue: {
      client,
      grant_type: 'authorization_code',
      ...narrowed,
      person: { grant, user, nonce: code.nonce },
    },
    isNewGrant: true,
    change: {
      check: [
        codes.check(entry),
        ...stands,
        ...(earlier === undefined ? [] : [grants.check(earlier)]),
      ],
      put: [
        codes.put(
          [issuer, digest],
          { redeemed: grant.id },
          Math.ceil(nowSeconds) + TOMBSTONE_SECONDS,
        ),
        ...grantPuts(grant, engine),
      ],
    },
  };
}

/** May this client redeem this code now? RFC 6749 §4.1.3. @throws {OAuthError} `invalid_grant` */
function checkCode(
  code: CodeRecord,
  client: Client,
  redirect_uri: string | undefined,
  nowSeconds: number,
): void {
  if (code.client_id !== client.client_id) {
    throw new OAuthError('invalid_grant', 'code was issued to another client');
  }
  if (code.expires_at <= nowSeconds) throw new OAuthError('invalid_grant', 'code has expired');
  if (redirect_uri === undefined && code.redirect_uri_sent) {
    throw new OAuthError(
      'invalid_grant',
      'redirect_uri is required as the authorization request carried it',
    );
  }
  if (redirect_uri !== undefined && redirect_uri !== code.redirect_uri) {
    throw new OAuthError(
      'invalid_grant',
      'redirect_uri differs from that of the authorization request',
    );
  }
}

/** RFC 9449 §10: a code that was asked for with a key is redeemed with that key. T057. @throws {OAuthError} `invalid_grant` */
function checkDpopKey({ dpop_jkt }: CodeRecord, caller: Caller): void {
  if (dpop_jkt !== undefined && dpop_jkt !== caller.dpop_jkt) {
    throw new OAuthError('invalid_grant', 'code is bound to another DPoP key');
  }
}

/** RFC 6749 §4.1.2: what the code gave the first time is taken back. */
async function refuseReuse(grantId: string, client: Client, engine: Engine): Promise<never> {
  const grant = (await grants.get(engine.store, engine.settings.issuer, grantId))?.value;
  // Whoever else holds a used code must not be able to end the owner's grant with it.
  if (grant?.client_id === client.client_id) await revokeGrant(grant, 'code used twice', engine);
  throw new OAuthError('invalid_grant', 'code was used before');
}

/** The grant that a token from the authorization endpoint lives under: the code's tokens join it, if nobody has ended it. */
async function frontChannelGrant(
  { grant }: CodeRecord,
  engine: Engine,
): Promise<Entry<GrantRecord> | undefined> {
  if (grant === undefined) return undefined;
  const entry = await grants.get(engine.store, engine.settings.issuer, grant);
  if (entry === undefined) throw new OAuthError('invalid_grant', 'the authorization was revoked');
  return entry;
}
