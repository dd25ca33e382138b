import { aboutOf, refusalOf } from '../endpoints/error_response.ts';
import type { Site } from '../endpoints/site.ts';
import { newNonce, page, retryAfter } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { errorDescription } from '../spec/oauth_error.ts';
import { frameOf } from './frame.ts';
import { errorView } from './views/error.ts';

/** Any failure as a page on our own origin, that goes nowhere: T001, T003. */
export function errorPage(error: unknown, context: RequestContext, site: Site): Response {
  const refusal = refusalOf(error, site.engine.log, aboutOf(context));
  const { code, status, retryAfterSeconds } = refusal;
  const description = errorDescription(refusal, site.engine.settings.client_debug_messages);
  return show({ code, description, status }, context, site, retryAfterSeconds);
}

export function notFoundPage(_request: Request, context: RequestContext, site: Site): Response {
  return show(
    { code: 'not_found', description: 'There is nothing at this address.', status: 404 },
    context,
    site,
  );
}

interface Shown {
  readonly code: string;
  readonly description: string;
  readonly status: number;
}

function show(
  shown: Shown,
  context: RequestContext,
  site: Site,
  retryAfterSeconds?: number,
): Response {
  const nonce = newNonce();
  const { correlationId } = context;
  // What a form was refused for is not found by asking for its address.
  return page(errorView({ ...frameOf(nonce, site, undefined, '/'), ...shown, correlationId }), {
    status: shown.status,
    nonce,
    hsts: site.isSecure,
    headers: retryAfter(retryAfterSeconds),
  });
}
