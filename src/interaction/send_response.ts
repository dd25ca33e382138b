import { type AuthorizationResponse, locationOf } from '../engine/authorize/respond.ts';
import { newNonce, originSource, page, seeOther } from '../http/respond.ts';
import type { Site } from '../endpoints/site.ts';
import { frameOf } from './frame.ts';
import { formPostView } from './views/form_post.ts';

/** Takes an authorization response to the client: by redirect, or by a form that sends itself (Form Post Response Mode §2). */
export function sendResponse(
  response: AuthorizationResponse,
  setCookies: readonly string[],
  site: Site,
): Response {
  if (response.response_mode !== 'form_post') return seeOther(locationOf(response), setCookies);
  const nonce = newNonce();
  const body = formPostView({
    ...frameOf(nonce, site),
    action: response.redirect_uri,
    fields: response.fields,
  });
  return page(body, {
    nonce,
    scriptNonce: true,
    formAction: [originSource(response.redirect_uri)],
    cookies: setCookies,
    popup: response.isPopup,
    hsts: site.isSecure,
  });
}
