import { queryParams } from '../../endpoints/params.ts';
import type { Site } from '../../endpoints/site.ts';
import { issueTicket } from '../../engine/forward_auth/ticket.ts';
import { seeOther } from '../../http/respond.ts';
import type { RequestContext } from '../../http/router.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { cookiesOf } from '../cookies.ts';
import { errandUrl, openErrand } from '../errand.ts';
import { forbiddenPage } from './forbidden.ts';
import { hostStanding } from './standing.ts';

/** Where protected hosts send people: through sign-in, as far as the access rules ask for it, and back. */
export async function hostSignIn(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = queryParams(context.query);
  const cookies = cookiesOf(request, context, site);
  const errand = await openErrand(params, cookies, site);
  if (errand.kind !== 'host') {
    throw new OAuthError('invalid_request', 'parameter host_request is required');
  }
  if (params.get('switch') !== undefined) {
    return seeOther(errandUrl('select-account', errand, site));
  }
  const { passage } = errand;
  const standing = await hostStanding(passage, cookies, site);
  switch (standing.kind) {
    case 'login':
      return seeOther(errandUrl('login', errand, site));
    case 'second_factor':
      return seeOther(errandUrl('login/second-factor', errand, site));
    case 'denied':
      return forbiddenPage({
        host: new URL(passage.origin).host,
        username: standing.session.user.username,
        otherAccountUrl: errandUrl('select-account', errand, site),
      }, site);
    case 'ready': {
      const ticket = issueTicket(passage, standing.session, site.engine);
      return seeOther(`${passage.origin}/.ostiary/callback?ticket=${ticket}`);
    }
  }
}
