import { formParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import { parseLocales } from '../engine/authorize/request.ts';
import { isSameOrigin } from '../http/origin.ts';
import { seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { languageCookie } from './language_cookie.ts';

/**
 * What the picker of every page sends: `language`, `back`, the page that it stands on, and `over`, what the application
 * asked for there. Pages that set no cookie have it, too, so there is no token in it: all that a forged one could change
 * is the language, and the origin tells.
 */
export async function submitLanguage(
  request: Request,
  _context: RequestContext,
  site: Site,
): Promise<Response> {
  if (!isSameOrigin(request, site.origin)) {
    throw new OAuthError('invalid_request', 'this form was not sent from our own page', {
      status: 403,
    });
  }
  const params = await formParams(request, site.maxBodyBytes);
  const row = site.languages.rows.find(({ tag }) => tag === params.get('language'));
  if (row === undefined) throw new OAuthError('invalid_request', 'there is no such language');
  const over = parseLocales(params.get('over')) ?? [];
  return seeOther(ownAddress(params.get('back') ?? '', site), [
    languageCookie({ tag: row.tag, over }, site),
  ]);
}

/** The page to go back to if it is one of ours, else our first page. */
function ownAddress(back: string, { origin, basePath }: Site): string {
  const home = `${origin}${basePath}/`;
  if (!back.startsWith('/') || !URL.canParse(back, origin)) return home;
  const url = new URL(back, origin);
  const isOurs = url.origin === origin && url.pathname.startsWith(`${basePath}/`);
  return isOurs ? `${origin}${url.pathname}${url.search}` : home;
}
