import type { RequestContext } from '../http/router.ts';
import { json, noStore, retryAfter } from '../http/respond.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { aboutOf, errorBody, refusalOf } from './error_response.ts';
import type { Site } from './site.ts';

/** The bearer token of a request, from its header alone; undefined when there is none. RFC 6750 §2.1, T079. @throws {OAuthError} `invalid_request` */
export function bearerToken(request: Request, { query }: RequestContext): string | undefined {
  if (/(^|&)access_token=/.test(query)) {
    throw new OAuthError('invalid_request', 'access_token must not be in the URL');
  }
  const authorization = request.headers.get('authorization');
  if (authorization === null || !/^bearer( |$)/i.test(authorization)) return undefined;
  const token = /^bearer +([A-Za-z0-9._~+/=-]{1,512}) *$/i.exec(authorization)?.[1];
  if (token === undefined) {
    throw new OAuthError('invalid_request', 'the Authorization header is malformed');
  }
  return token;
}

/** A failure where bearer tokens are shown: 401 has a challenge, which names an error only if there was a token. RFC 6750 §3 */
export function bearerRefusal(
  error: unknown,
  request: Request,
  context: RequestContext,
  { engine }: Site,
): Response {
  const refusal = refusalOf(error, engine.log, aboutOf(context));
  const body = errorBody(refusal, engine);
  const challenge = ['Bearer realm="ostiary"'];
  if (request.headers.has('authorization')) {
    challenge.push(`error="${body.error}"`, `error_description="${body.error_description}"`);
  }
  return json(body, {
    ...noStore,
    ...retryAfter(refusal.retryAfterSeconds),
    ...refusal.status === 401 && { 'www-authenticate': challenge.join(', ') },
  }, refusal.status);
}
