import { OAuthError } from '../spec/oauth_error.ts';
import type { JsonValue } from '../store/store.ts';
import { type Holder, isHeldBy } from './binding.ts';
import { userinfoClaims } from './claims/select.ts';
import { encryptedTo, protectedJwt } from './client_jwt.ts';
import type { Engine } from './engine.ts';
import { consume, type OneTimeUse } from './one_time.ts';
import { protectionOf } from './protection.ts';
import { checkAuthentication } from './step_up.ts';
import type { AccessToken } from './tokens/access_token.ts';
import { type TokenType, tokenTypeOf } from './tokens/issue.ts';
import { findLiveToken, type LiveGrant } from './tokens/live.ts';

/** An access token as a request shows it. */
export interface ShownToken {
  readonly access_token: string;
  /** The scheme it came under. */
  readonly scheme: TokenType;
  readonly holder: Holder;
  readonly uses: readonly OneTimeUse[];
}

/** Core §5.3.2: plain, or as the client has registered it. */
export type UserinfoAnswer =
  | { readonly kind: 'json'; readonly claims: Claims }
  | { readonly kind: 'jwt'; readonly jwt: string };

type Claims = { readonly [claim: string]: JsonValue };

/** What the holder of an access token may know of the person. Core §5.3.2. @throws {OAuthError} `invalid_token`, `insufficient_scope`, `insufficient_user_authentication` */
export async function userinfo(shown: ShownToken, engine: Engine): Promise<UserinfoAnswer> {
  const live = await findLiveToken(shown.access_token, engine);
  if (live === undefined) {
    throw new OAuthError('invalid_token', 'access token is unknown, expired or revoked');
  }
  const { token, person } = live;
  checkBinding(token, shown);
  if (!token.aud.includes(engine.settings.issuer)) {
    throw new OAuthError('invalid_token', 'access token is meant for another resource');
  }
  // Only now: a proof without a token that it belongs to must not make us write.
  await consume(shown.uses, engine);
  const scope = token.scope.split(' ');
  if (person === undefined || !scope.includes('openid')) {
    throw new OAuthError('insufficient_scope', 'scope openid is required');
  }
  const { grant, user, client } = person;
  checkAuthentication(grant.authentication, engine.settings.userinfo, engine.now());
  engine.observations.askedUserinfo(engine.settings.issuer, client.client_id);
  const claims = { ...userinfoClaims({ ...grant, scope }, user, client, engine), sub: grant.sub };
  return await answerOf(claims, person, engine);
}

/** T056, T059. @throws {OAuthError} `invalid_token` */
function checkBinding({ cnf }: AccessToken, { scheme, holder }: ShownToken): void {
  const token_type = tokenTypeOf(cnf);
  if (token_type !== scheme) {
    throw new OAuthError('invalid_token', `access token is of type ${token_type}`);
  }
  if (!isHeldBy(cnf, holder)) {
    throw new OAuthError('invalid_token', 'access token is bound to another key');
  }
}

async function answerOf(
  claims: Claims,
  { client }: LiveGrant,
  engine: Engine,
): Promise<UserinfoAnswer> {
  const { encryption, ...protection } = protectionOf(client, 'userinfo');
  if (client.userinfo_signed_response_alg !== undefined) {
    const payload = { ...claims, iss: engine.settings.issuer, aud: client.client_id };
    // Without `typ`, as libraries know none for it: so it passes for no other JWT of ours. T050
    const content = { typ: undefined, payload, ...protection };
    const nested = encryption === undefined ? content : { ...content, encryption };
    return { kind: 'jwt', jwt: await protectedJwt(client, nested, engine) };
  }
  if (encryption === undefined) return { kind: 'json', claims };
  const jwt = await encryptedTo(client, JSON.stringify(claims), encryption, engine);
  return { kind: 'jwt', jwt };
}
