import { userinfo as userinfoOf } from '../engine/userinfo.ts';
import type { RequestContext } from '../http/router.ts';
import { json, noStore } from '../http/respond.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { refusalOf } from './error_response.ts';
import { formParams } from './params.ts';
import type { Site } from './site.ts';

/** Core §5.3, a resource protected as RFC 6750 says. */
export async function userinfo(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    return json(await userinfoOf(await bearerToken(request, context, site), site.engine), noStore);
  } catch (error) {
    return challenge(refusalOf(error, site.engine.log));
  }
}

/** RFC 6750 §2.1, §2.2: from the header or the form body, one of them, and never the URL. */
async function bearerToken(request: Request, context: RequestContext, site: Site): Promise<string> {
  const fromHeader = headerToken(request.headers.get('authorization'));
  if (/(^|&)access_token=/.test(context.query)) {
    throw new OAuthError('invalid_request', 'access_token must not be in the URL');
  }
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

const NO_TOKEN = 'an access token is required';

function headerToken(authorization: string | null): string | undefined {
  if (authorization === null) return undefined;
  const [, scheme, token] = /^([A-Za-z]+) +([A-Za-z0-9._~+/=-]+) *$/.exec(authorization) ?? [];
  if (scheme?.toLowerCase() !== 'bearer') throw new OAuthError('invalid_token', NO_TOKEN);
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

/** RFC 6750 §3: who sent no token at all learns only the scheme. */
function challenge(refusal: OAuthError): Response {
  const parts = ['realm="ostiary"'];
  if (refusal.hint !== NO_TOKEN) {
    parts.push(`error="${refusal.code}"`, `error_description="${refusal.hint}"`);
    if (refusal.code === 'insufficient_scope') parts.push('scope="openid"');
  }
  const headers = { ...noStore, 'www-authenticate': `Bearer ${parts.join(', ')}` };
  return json({ error: refusal.code, error_description: refusal.hint }, headers, refusal.status);
}
