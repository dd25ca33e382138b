import type { Site } from '../endpoints/site.ts';
import { isSetupPending } from '../engine/setup.ts';
import { newNonce, page } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { frameOf } from './frame.ts';
import { homeView } from './views/home.ts';

/** What someone sees who opens the issuer itself. */
export async function home(
  _request: Request,
  _context: RequestContext,
  site: Site,
): Promise<Response> {
  const nonce = newNonce();
  const { issuer } = site.engine.settings;
  const isPending = await isSetupPending(site.engine);
  return page(homeView({ ...frameOf(nonce, site), issuer, isSetupPending: isPending }), {
    nonce,
    hsts: site.isSecure,
  });
}
