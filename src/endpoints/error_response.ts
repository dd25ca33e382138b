import type { Engine } from '../engine/engine.ts';
import { json, noStore, retryAfter } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { Log } from '../spec/log.ts';
import { errorDescription, OAuthError } from '../spec/oauth_error.ts';
import { isStoreUnavailable } from '../store/errors.ts';
import type { Site } from './site.ts';

/** Any failure as a JSON answer, RFC 6749 §5.2: the one place where an OAuthError becomes a Response. */
export function errorResponse(
  error: unknown,
  context: RequestContext,
  { engine }: Site,
  headers: Readonly<Record<string, string>> = {},
  client_id?: string,
): Response {
  const refusal = refusalOf(error, engine.log, { ...aboutOf(context), client_id });
  return json(
    errorBody(refusal, engine),
    { ...errorHeaders(refusal), ...headers },
    refusal.status,
  );
}

/** What the log says of a request beside what is wrong with it. */
export interface About {
  readonly correlationId: string;
  /** Where it came, without the query. */
  readonly path?: string;
  /** Of a client that there is, and that has proven who it is where it must. */
  readonly client_id?: string | undefined;
}

/** Not the context as it is: its address may hold secrets. */
export function aboutOf({ correlationId, path }: RequestContext): About {
  return { correlationId, path };
}

/** What any thrown value tells the outside; what is not an OAuthError is logged whole and told as `server_error`. */
export function refusalOf(error: unknown, log: Log, about: About): OAuthError {
  if (error instanceof OAuthError) {
    log('info', 'request.refused', {
      ...about,
      error: error.code,
      hint: error.hint,
      debug: error.debug,
      cause: error.cause,
    });
    return error;
  }
  if (isStoreUnavailable(error) || isOutOfResources(error)) {
    log('error', 'request.unavailable', { ...about, cause: error });
    return new OAuthError('temporarily_unavailable', 'the server cannot do this now', {
      retryAfterSeconds: 5,
    });
  }
  log('error', 'request.failed', { ...about, cause: error });
  return new OAuthError('server_error', 'the server failed; its log says why');
}

/** RFC 6749 §5.2. */
export function errorBody(
  refusal: OAuthError,
  { settings }: Engine,
): { readonly error: string; readonly error_description: string } {
  return {
    error: refusal.code,
    error_description: errorDescription(refusal, settings.client_debug_messages),
  };
}

function errorHeaders(refusal: OAuthError): Record<string, string> {
  return {
    ...noStore,
    ...(refusal.status === 401
      ? { 'www-authenticate': 'Basic realm="ostiary", charset="UTF-8"' }
      : {}),
    ...retryAfter(refusal.retryAfterSeconds),
  };
}

/** Files, disk or memory have run out: worth another try later. */
function isOutOfResources(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error
    ? error.code
    : undefined;
  return typeof code === 'string' && OUT_OF_RESOURCES.has(code);
}

const OUT_OF_RESOURCES = new Set([
  'EMFILE',
  'ENFILE',
  'ENOSPC',
  'EDQUOT',
  'ENOMEM',
  'EIO',
  'EROFS',
]);
