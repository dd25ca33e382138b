import { isStoreReady } from '../engine/administration/health.ts';
import { json, noStore } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { Site } from './site.ts';

/** The process answers. */
export function healthz(): Response {
  return json({ status: 'ok' }, noStore);
}

/** The store takes writes. */
export async function readyz(
  _request: Request,
  _context: RequestContext,
  site: Site,
): Promise<Response> {
  return await isStoreReady(site.engine)
    ? json({ status: 'ready' }, noStore)
    : json({ status: 'not ready' }, { ...noStore, 'retry-after': '5' }, 503);
}
