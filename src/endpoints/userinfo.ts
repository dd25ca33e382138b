import type { ShownToken } from '../engine/tokens/accept.ts';
import { userinfo as userinfoOf } from '../engine/userinfo.ts';
import { json, jsonText, noStore } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { RequiredAuthentication } from '../spec/settings.ts';
import { nonceHeader } from './dpop.ts';
import { aboutOf, errorBody, refusalOf } from './error_response.ts';
import { interactionHeader } from './interaction_id.ts';
import { formParams } from './params.ts';
import { challengeOf, checkNoTokenIn, headerToken, NO_TOKEN, shownToken } from './shown_token.ts';
import type { Site } from './site.ts';

/** Core §5.3, a resource protected as RFC 6750, RFC 9449 §7 and RFC 8705 §3 say. */
export async function userinfo(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    const answer = await userinfoOf(await shownIn(request, context, site), site.engine);
    const headers = {
      ...noStore,
      ...nonceHeader(site),
      ...interactionHeader(request, answer.client, site.engine),
    };
    return answer.kind === 'json'
      ? json(answer.claims, headers)
      : jsonText(answer.jwt, { ...headers, 'content-type': 'application/jwt' });
  } catch (error) {
    const refusal = refusalOf(error, site.engine.log, aboutOf(context));
    const { status, headers } = challengeOf(refusal, request, site, wantedFor(refusal, site));
    return json(errorBody(refusal, site.engine), headers, status);
  }
}

async function shownIn(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<ShownToken> {
  return await shownToken(await tokenIn(request, context, site), request, context, site);
}

/** RFC 6750 §2.1, §2.2; RFC 9449 §7.1: from the header or, of bearers, the form body, and never from the URL. T079 */
async function tokenIn(request: Request, context: RequestContext, site: Site): Promise<string> {
  const fromHeader = headerToken(request.headers.get('authorization'));
  checkNoTokenIn(context.query);
  const fromBody = hasForm(request)
    ? (await formParams(request, site.maxBodyBytes)).get('access_token')
    : undefined;
  if (fromHeader !== undefined && fromBody !== undefined) {
    throw new OAuthError('invalid_request', 'access token is in more than one place');
  }
  const token = fromHeader ?? fromBody;
  if (token === undefined) throw new OAuthError('invalid_token', NO_TOKEN);
  return token;
}

/** A POST that carries its token in the header may have any body, or none. */
function hasForm(request: Request): boolean {
  if (request.method !== 'POST') return false;
  const hasType = request.headers.get('content-type')?.toLowerCase().startsWith(
    'application/x-www-form-urlencoded',
  );
  return hasType === true ||
    request.headers.get('authorization') === null && request.headers.has('content-type');
}

function wantedFor({ code }: OAuthError, { engine: { settings } }: Site): readonly string[] {
  switch (code) {
    case 'insufficient_scope':
      return ['scope="openid"'];
    case 'insufficient_user_authentication':
      return required(settings.userinfo);
    default:
      return [];
  }
}

/** RFC 9470 §3: what a client is to ask the person to sign in with. */
function required({ max_age, acr_values }: RequiredAuthentication): readonly string[] {
  return [
    ...acr_values.length === 0 ? [] : [`acr_values="${acr_values.join(' ')}"`],
    ...max_age === undefined ? [] : [`max_age="${max_age}"`],
  ];
}
