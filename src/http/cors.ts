export type CorsPolicy =
  | { readonly kind: 'open' }
  | {
    readonly kind: 'origins';
    readonly isAllowed: (origin: string) => boolean | Promise<boolean>;
  };

export type HeaderList = readonly (readonly [name: string, value: string])[];

const ALLOWED_HEADERS = 'authorization, content-type, dpop';
const EXPOSED_HEADERS = 'WWW-Authenticate, DPoP-Nonce';
/** Two hours, the most that Chromium keeps. */
const MAX_AGE_SECONDS = '7200';

/** Nothing to expose: what is open to every origin is a document, not an API. */
const OPEN: HeaderList = [['access-control-allow-origin', '*']];
/** For answers that need no header of ours. */
export const NONE: HeaderList = [];
const REFUSED: HeaderList = [['vary', 'Origin']];

/**
 * What a route's answers carry for this request's origin; credentials are never allowed (RFC 9700 §2.6), and neither is
 * the origin `null`, which every sandboxed frame has.
 */
export function corsHeaders(
  policy: CorsPolicy,
  request: Request,
): HeaderList | Promise<HeaderList> {
  if (policy.kind === 'open') return OPEN;
  const origin = request.headers.get('origin');
  // No cache keeps the answer to a POST, and most of them come from servers, which send no Origin.
  if (origin === null && request.method === 'POST') return NONE;
  if (origin === null || origin === 'null') return REFUSED;
  const isAllowed = policy.isAllowed(origin);
  return typeof isAllowed === 'boolean'
    ? headersFor(origin, isAllowed)
    : isAllowed.then((allowed) => headersFor(origin, allowed));
}

function headersFor(origin: string, isAllowed: boolean): HeaderList {
  if (!isAllowed) return REFUSED;
  return [
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', EXPOSED_HEADERS],
    ['vary', 'Origin'],
  ];
}

export function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers.has('origin') &&
    request.headers.has('access-control-request-method');
}

/** Added to an allowed origin's preflight answer. */
export function preflightHeaders(methods: string): HeaderList {
  return [
    ['access-control-allow-methods', methods],
    ['access-control-allow-headers', ALLOWED_HEADERS],
    ['access-control-max-age', MAX_AGE_SECONDS],
  ];
}
