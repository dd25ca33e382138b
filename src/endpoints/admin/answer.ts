import type { Refusal, RefusalReason } from '../../engine/administration/outcome.ts';
import { isNoneMatch, parseEntityTags } from '../../http/conditional.ts';
import {
  createPathPatterns,
  type PathParams,
  type PathPatterns,
} from '../../http/path_patterns.ts';
import { json, noContent, noStore, notModified, retryAfter } from '../../http/respond.ts';
import type { RequestContext } from '../../http/router.ts';
import { adminResource } from '../../spec/administration.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { refusalOf } from '../error_response.ts';
import { challengeOf } from '../shown_token.ts';
import type { Site } from '../site.ts';
import { administratorOf } from './administrator.ts';
import { ADMIN_PATH, methodNotAllowed, notFound } from './api.ts';
import { openApiAnswer } from './openapi.ts';
import { type Answer, type Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { pointerOf, type ProblemKind, problemResponse } from './problem.ts';
import { callOf } from './request.ts';

const PATHS = pathsOf([...OPERATIONS]);

/** What one path can do. */
type Methods = Map<string, Operation>;

function pathsOf(operations: readonly Operation[]): PathPatterns<Methods> {
  const methods = new Map<string, Methods>();
  for (const operation of operations) {
    const ofPath = methods.get(operation.path) ?? new Map();
    methods.set(operation.path, ofPath.set(operation.method, operation));
  }
  const paths = createPathPatterns<Methods>();
  for (const [path, ofPath] of methods) paths.add(path, ofPath);
  return paths;
}

/** A request below the API, whatever it asks for. */
export async function answer(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const path = context.path.slice(ADMIN_PATH.length);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  if (path === '/openapi.json' && method === 'GET') return await openApiAnswer(site);
  const match = PATHS.find(path);
  if (match === undefined) return notFound();
  const operation = match.value.get(method);
  if (operation === undefined) return methodNotAllowed(allowOf([...match.value.keys()]));
  return await operate(operation, request, { context, params: match.params }, site);
}

function allowOf(methods: readonly string[]): string {
  return [...methods, ...methods.includes('GET') ? ['HEAD'] : [], 'OPTIONS'].join(', ');
}

interface Place {
  readonly context: RequestContext;
  readonly params: PathParams;
}

async function operate(
  operation: Operation,
  request: Request,
  { context, params }: Place,
  site: Site,
): Promise<Response> {
  let by;
  try {
    ({ by } = await administratorOf(request, context, site, operation.scope));
  } catch (error) {
    return refusedAccess(error, operation, request, context, site);
  }
  try {
    const call = await callOf(operation, request, params, context.query);
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
  const refusal = refusalOf(error, site.engine.log, context.correlationId);
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
  const refusal = refusalOf(error, site.engine.log, context.correlationId);
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
