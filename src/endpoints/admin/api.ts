import type { Handler, Route } from '../../http/router.ts';
import type { Site } from '../site.ts';
import { problemResponse } from './problem.ts';

/** Below the issuer. */
export const ADMIN_PATH = '/admin/api/v1';

/** No operation has a longer path. */
const DEPTHS = ['/{a}', '/{a}/{b}', '/{a}/{b}/{c}'];

/** The administration API of an issuer, all of which is loaded when it is first used. */
export function adminRoutes(site: Site): readonly Route[] {
  const handler: Handler = async (request, context) => {
    const { answer } = await import('./answer.ts');
    return await answer(request, context, site);
  };
  const methods = { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler };
  return DEPTHS.map((path) => ({ path: ADMIN_PATH + path, methods, methodNotAllowed }));
}

/** For paths of the API that no route has. */
export function adminNotFound(path: string): Response | undefined {
  return path.startsWith('/admin/api/') ? notFound() : undefined;
}

export function notFound(): Response {
  return problemResponse({ kind: 'not_found', detail: 'openapi.json lists the paths there are' });
}

export function methodNotAllowed(allow: string): Response {
  return problemResponse({ kind: 'method_not_allowed', detail: `try ${allow}` }, { allow });
}
