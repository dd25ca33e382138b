import { json, noStore } from '../../http/respond.ts';

/** One thing that is wrong with a request: where in its body, or in which parameter. */
export interface ProblemDetail {
  /** RFC 6901, as the fragment of a URI. */
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

/** RFC 9457 §3. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly errors?: readonly ProblemDetail[];
}

/** Every kind there is, with its status; `type` is `urn:ostiary:problem:` and the name. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request cannot be read' },
  invalid_token: { status: 401, title: 'An access token is required' },
  insufficient_scope: { status: 403, title: 'The access token does not allow that' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The method is not one of this path' },
  conflict: { status: 409, title: 'It does not fit what is there' },
  kept_elsewhere: { status: 409, title: 'It is kept where it cannot be changed from here' },
  precondition_failed: { status: 412, title: 'It is no longer as it was read' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is not of a type that is read here' },
  invalid_input: { status: 422, title: 'What was sent is not valid' },
  precondition_required: { status: 428, title: 'If-Match is required' },
  too_many_requests: { status: 429, title: 'There were too many requests' },
  server_error: { status: 500, title: 'The server failed' },
  unavailable: { status: 503, title: 'The server cannot do this now' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemKind = keyof typeof PROBLEMS;

export function problemResponse(
  { kind, detail, errors }: Problem,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { status, title } = PROBLEMS[kind];
  return json(
    {
      type: `urn:ostiary:problem:${kind}`,
      title,
      status,
      detail,
      ...errors !== undefined && { errors },
    },
    { ...noStore, 'content-type': 'application/problem+json', ...headers },
    status,
  );
}

/** RFC 6901 §3, §6: in a URI's fragment. */
export function pointerOf(path: readonly string[]): string {
  const tokens = path.map((name) =>
    encodeURIComponent(name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'))
  );
  return ['#', ...tokens].join('/');
}
