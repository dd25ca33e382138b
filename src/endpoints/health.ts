import { json, noStore } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import type { Site } from './site.ts';

/** The process answers. */
export function healthz(): Response {
  return json({ status: 'ok' }, noStore);
}

/** The store takes writes: an empty-handed commit goes all the way to the disk. */
export async function readyz(
  _request: Request,
  _context: RequestContext,
  site: Site,
): Promise<Response> {
  try {
    await site.engine.store.commit({
      put: [{ key: ['probe'], value: Math.floor(site.engine.now()) }],
    });
    return json({ status: 'ready' }, noStore);
  } catch (error) {
    site.engine.log('error', 'readiness.failed', { cause: error });
    return json({ status: 'not ready' }, { ...noStore, 'retry-after': '5' }, 503);
  }
}
