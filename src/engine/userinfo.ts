import { OAuthError } from '../spec/oauth_error.ts';
import type { Client } from '../spec/client.ts';
import type { JsonValue } from '../store/store.ts';
import { userinfoClaims } from './claims/select.ts';
import { encryptedTo, protectedJwt } from './client_jwt.ts';
import type { Engine } from './engine.ts';
import { protectionOf } from './protection.ts';
import { checkAuthentication } from './step_up.ts';
import { acceptToken, type ShownToken } from './tokens/accept.ts';
import type { LiveGrant } from './tokens/live.ts';

/** Core §5.3.2: plain, or as the client has registered it. */
export type UserinfoAnswer =
  & { readonly client: Client }
  & (
    | { readonly kind: 'json'; readonly claims: Claims }
    | { readonly kind: 'jwt'; readonly jwt: string }
  );

type Claims = { readonly [claim: string]: JsonValue };

/** What the holder of an access token may know of the person. Core §5.3.2. @throws {OAuthError} `invalid_token`, `insufficient_scope`, `insufficient_user_authentication` */
export async function userinfo(shown: ShownToken, engine: Engine): Promise<UserinfoAnswer> {
  const { token, person } = await acceptToken(
    shown,
    (aud) => aud.includes(engine.settings.issuer),
    engine,
  );
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
    return { client, kind: 'jwt', jwt: await protectedJwt(client, nested, engine) };
  }
  if (encryption === undefined) return { client, kind: 'json', claims };
  const jwt = await encryptedTo(client, JSON.stringify(claims), encryption, engine);
  return { client, kind: 'jwt', jwt };
}
