import type { Site } from '../../endpoints/site.ts';
import { newNonce, page } from '../../http/respond.ts';
import { frameOf } from '../frame.ts';
import { type AccessForbidden, accessForbiddenView } from '../views/access_forbidden.ts';

/** For somebody whom a protected host does not let in; at that host, or at the issuer. */
export function forbiddenPage(forbidden: AccessForbidden, site: Site): Response {
  const nonce = newNonce();
  // A choice of language is a form to the issuer, which the page may not be of.
  const { picker: _, ...frame } = frameOf(nonce, site, undefined, '/');
  return page(accessForbiddenView({ ...frame, ...forbidden }), {
    nonce,
    status: 403,
    imgOrigins: [site.origin],
    hsts: site.isSecure,
  });
}
