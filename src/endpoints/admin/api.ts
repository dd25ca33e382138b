import type { Refusal, RefusalReason } from '../../engine/administration/outcome.ts';
import { isNoneMatch, parseEntityTags } from '../../http/conditional.ts';
import { json, noContent, noStore, notModified, retryAfter } from '../../http/respond.ts';
import type { Handler, Method, RequestContext, Route } from '../../http/router.ts';
import { adminResource } from '../../spec/administration.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { aboutOf, refusalOf } from '../error_response.ts';
import { challengeOf } from '../shown_token.ts';
import type { Site } from '../site.ts';
import { administratorOf } from './administrator.ts';
import { openApiAnswer } from './openapi.ts';
import { type Answer, type Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { pointerOf, type ProblemKind, problemResponse } from './problem.ts';
import { callOf } from './request.ts';

/** Below the issuer. */
const ADMIN_PATH = '/admin/api/v1';

/** The administration API of an issuer, from the table of operations. */
export function adminRoutes(site: Site): readonly Route[] {
  const paths = new Map<string, Partial<Record<Method, Handler>>>();
  for (const operation of OPERATIONS) {
    const methods = paths.get(operation.path) ?? {};
    methods[operation.method] = (request, context) => answer(operation, request, context, site);
    paths.set(operation.path, methods);
  }
  paths.set('/openapi.json', { GET: () => openApiAnswer(site) });
  return Array.from(paths, ([path, methods]) => ({
    path: ADMIN_PATH + path,
    methods,
    methodNotAllowed: (allow) =>
      problemResponse({ kind: 'method_not_allowed', detail: `try ${allow}` }, { allow }),
  }));
}

/** For paths of the API that no operation has. */
export function adminNotFound(path: string): Response | undefined {
  return path.startsWith('/admin/api/')
    ? problemResponse({ kind: 'not_found', detail: 'openapi.json lists the paths there are' })
    : undefined;
}

async function answer(
  operation: Operation,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  let by;
  try {
    ({ by } = await administratorOf(request, context, site, operation.scope));
  } catch (error) {
    return refusedAccess(error, operation, request, context, site);
  }
  try {
    const call = await callOf(operation, request, context);
    if (!call.ok) return problemResponse(call.problem);
    const outcome = await operation.run({ ...call.value, by }, site.engine);
    return outcome.kind === 'refused'
      ? refusedOutcome(outcome)
      : responseOf(outcome.value, operation, request, site);
  } catch (error) {
    return failed(error, context, site);
  }
}

function responseOf(
  { value, etag, location }: Answer,
  { status = 200, hasEtag }: Operation,
  request: Request,
  { engine: { settings } }: Site,
): Response {
  const headers = {
    ...noStore,
    ...hasEtag !== undefined && etag !== undefined && { etag: `"${etag}"` },
    ...location !== undefined && { location: adminResource(settings.issuer) + location },
  };
  if (status === 204) return noContent(headers);
  const known = request.method === 'GET' || request.method === 'HEAD'
    ? request.headers.get('if-none-match')
    : null;
  const tags = known === null ? undefined : parseEntityTags(known);
  if (etag !== undefined && tags !== undefined && !isNoneMatch(tags, etag)) {
    return notModified(headers);
  }
  return json(value, headers, status);
}

const KIND_OF_REASON: Readonly<Record<RefusalReason, ProblemKind>> = {
  missing: 'not_found',
  conflict: 'conflict',
  changed: 'precondition_failed',
  elsewhere: 'kept_elsewhere',
  busy: 'unavailable',
};

function refusedOutcome({ problem, reason, problems }: Refusal): Response {
  const kind = reason === undefined ? 'invalid_input' : KIND_OF_REASON[reason];
  const errors = problems?.map(({ field, problem: detail }) => ({
    pointer: pointerOf(field === '' || field === 'metadata' ? [] : field.split('.')),
    detail,
  }));
  return problemResponse(
    { kind, detail: problem, ...errors !== undefined && { errors } },
    retryAfter(reason === 'busy' ? 1 : undefined),
  );
}

/** RFC 6750 §3 and RFC 9457 at once. */
function refusedAccess(
  error: unknown,
  { scope }: Operation,
  request: Request,
  context: RequestContext,
  site: Site,
): Response {
  const refusal = refusalOf(error, site.engine.log, aboutOf(context));
  const wanted = refusal.code === 'insufficient_scope' ? [`scope="${scope}"`] : [];
  const { status, headers } = challengeOf(refusal, request, site, wanted);
  if (status !== 401 && status !== 403 && status !== 400) return failed(refusal, context, site);
  const kind = status === 400
    ? 'invalid_request'
    : status === 401
    ? 'invalid_token'
    : 'insufficient_scope';
  return problemResponse({ kind, detail: refusal.hint }, headers);
}

function failed(error: unknown, context: RequestContext, site: Site): Response {
  const refusal = refusalOf(error, site.engine.log, aboutOf(context));
  const { code, hint, retryAfterSeconds } = refusal;
  return problemResponse(
    { kind: KIND_OF_CODE.get(code) ?? 'server_error', detail: hint },
    retryAfter(retryAfterSeconds),
  );
}

/** What administration throws rather than answers. */
const KIND_OF_CODE: ReadonlyMap<OAuthError['code'], ProblemKind> = new Map([
  // A directory that cannot be written.
  ['access_denied', 'kept_elsewhere'],
  ['invalid_request', 'invalid_request'],
  ['temporarily_unavailable', 'unavailable'],
]);
