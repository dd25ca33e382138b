import { trustedHtml } from '../http/html.ts';
import { framedScript } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { checkSessionScript } from '../interaction/check_session_script.ts';
import { stateCookieName } from '../interaction/cookies.ts';
import type { Site } from './site.ts';

/** The OP iframe, the same for everybody. Session Management §3.2 */
export async function checkSession(
  _request: Request,
  _context: RequestContext,
  site: Site,
): Promise<Response> {
  const script = checkSessionScript(stateCookieName(site));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(script));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const body = trustedHtml(`<!doctype html><title>Session</title><script>${script}</script>`);
  return framedScript(body, hash, site.isSecure);
}
