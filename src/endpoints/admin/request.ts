import { MAX_SCANNED, PAGE_LIMIT } from '../../engine/administration/listing.ts';
import { type EntityTags, isMatch, parseEntityTags } from '../../http/conditional.ts';
import { readJson } from '../../http/body.ts';
import type { RequestContext } from '../../http/router.ts';
import { placeOf } from './cursor.ts';
import type { Call, Operation, QueryParameter } from './operation.ts';
import { pointerOf, type Problem, type ProblemDetail } from './problem.ts';

type Parsed<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly problem: Problem;
};

const MAX_LIMIT = 200;
/** Characters of a path parameter or a parameter of the query: a key of the store holds no more. */
const MAX_TEXT = 512;
const MAX_BODY_BYTES = 64 * 1024;

export const PAGING: Readonly<Record<string, QueryParameter>> = {
  limit: {
    type: 'integer',
    help: `Items of a page: 1 to ${MAX_LIMIT}, by default ${PAGE_LIMIT}.`,
  },
  after: { type: 'string', help: 'The `next` of the page before.' },
};

/** What a request asks of an operation, or all that is wrong with it. */
export async function callOf(
  operation: Operation,
  request: Request,
  { params, query }: RequestContext,
): Promise<Parsed<Omit<Call<unknown>, 'by'>>> {
  const tooLong = Object.values(params).some((value) => value.length > MAX_TEXT);
  if (tooLong) return fail({ kind: 'not_found', detail: 'there is nothing of so long a name' });
  const asked = queryOf(operation, query);
  if (!asked.ok) return asked;
  const isExpected = preconditionOf(operation, request.headers.get('if-match'));
  if (!isExpected.ok) return isExpected;
  const body = await bodyOf(operation, request);
  if (!body.ok) return body;
  return {
    ok: true,
    value: { params, ...asked.value, isExpected: isExpected.value, body: body.value },
  };
}

function queryOf(
  { query: own = {}, isPaged }: Operation,
  text: string,
): Parsed<Pick<Call<unknown>, 'query' | 'page'>> {
  const known = new Map(Object.entries(isPaged === undefined ? own : { ...own, ...PAGING }));
  const given = new Map<string, string>();
  const errors: ProblemDetail[] = [];
  for (const [name, value] of new URLSearchParams(text)) {
    const problem = parameterProblem(value, known.get(name), given.has(name));
    if (problem === undefined) given.set(name, value);
    else errors.push({ parameter: name.slice(0, 100).toWellFormed(), detail: problem });
  }
  const [limit, after] = [given.get('limit'), given.get('after')];
  const count = limit === undefined ? PAGE_LIMIT : Number(limit);
  if (!(Number.isInteger(count) && count >= 1 && count <= MAX_LIMIT)) {
    errors.push({ parameter: 'limit', detail: `must be from 1 to ${MAX_LIMIT}` });
  }
  const place = after === undefined ? undefined : placeOf(after);
  if (after !== undefined && place === undefined) {
    errors.push({ parameter: 'after', detail: 'is not the next of a page' });
  }
  if (errors.length > 0) {
    const detail = 'the query has parameters that are not right';
    return fail({ kind: 'invalid_request', detail, errors: errors.slice(0, MAX_ERRORS) });
  }
  given.delete('limit');
  given.delete('after');
  return {
    ok: true,
    value: { query: given, page: { limit: count, after: place, maxScanned: MAX_SCANNED } },
  };
}

/** More tell nobody more. */
const MAX_ERRORS = 100;

function parameterProblem(
  value: string,
  parameter: QueryParameter | undefined,
  isGiven: boolean,
): string | undefined {
  if (parameter === undefined) return 'is not a parameter of this operation';
  if (isGiven) return 'is given more than once';
  if (value.length > MAX_TEXT && parameter !== PAGING['after']) {
    return `is over ${MAX_TEXT} characters`;
  }
  const { type, oneOf } = parameter;
  if (type === 'boolean' && value !== 'true' && value !== 'false') return 'must be true or false';
  if (type === 'integer' && !/^\d{1,12}$/.test(value)) return 'must be a number';
  return oneOf === undefined || oneOf.includes(value)
    ? undefined
    : `must be one of ${oneOf.join(', ')}`;
}

function preconditionOf(
  { ifMatch }: Operation,
  header: string | null,
): Parsed<Call<unknown>['isExpected']> {
  if (ifMatch === undefined && header !== null) {
    // Rather than to make a change that was not to be made. RFC 9110 §13.1.1
    return fail({ kind: 'invalid_request', detail: 'If-Match means nothing here: leave it out' });
  }
  if (header === null) {
    if (ifMatch !== 'required') return { ok: true, value: () => true };
    const detail = 'send If-Match with the ETag of what is to be replaced, or with *';
    return fail({ kind: 'precondition_required', detail });
  }
  const tags: EntityTags | undefined = parseEntityTags(header);
  return tags === undefined
    ? fail({ kind: 'invalid_request', detail: 'If-Match is malformed' })
    : { ok: true, value: (etag) => isMatch(tags, etag) };
}

async function bodyOf(operation: Operation, request: Request): Promise<Parsed<unknown>> {
  const { body: form, mediaType, isBodyOptional } = operation;
  if (form === undefined) return { ok: true, value: undefined };
  const isLeftOut = isBodyOptional === true && !request.headers.has('content-type');
  const read = isLeftOut
    ? { ok: true, value: {} } as const
    : await readJson(request, MAX_BODY_BYTES, mediaType === undefined ? {} : { mediaType });
  if (!read.ok) return fail({ kind: KIND_OF_STATUS[read.status], detail: read.problem });
  const parsed = form.parse(read.value);
  if (parsed.ok) return parsed;
  return fail({
    kind: 'invalid_input',
    detail: 'the body is not valid',
    errors: parsed.problems.slice(0, MAX_ERRORS).map(({ path, problem }) => ({
      pointer: pointerOf(path),
      detail: problem,
    })),
  });
}

const KIND_OF_STATUS = {
  400: 'invalid_request',
  413: 'body_too_large',
  415: 'unsupported_media_type',
} as const;

function fail(problem: Problem): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem };
}
