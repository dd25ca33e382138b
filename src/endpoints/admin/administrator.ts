import { type Administrator, findAdministrator } from '../../engine/administrators.ts';
import type { RequestContext } from '../../http/router.ts';
import { constantTimeEquals } from '../../keys/digest.ts';
import { ADMIN_SCOPES, type AdminScope } from '../../spec/administration.ts';
import { isInNetworks, parseNetworks } from '../../spec/networks.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { checkNoTokenIn, headerToken, NO_TOKEN, shownToken } from '../shown_token.ts';
import type { Site } from '../site.ts';

/** Who makes a request, if they may do what it asks. No cookie counts. @throws {OAuthError} */
export async function administratorOf(
  request: Request,
  context: RequestContext,
  site: Site,
  scope: AdminScope,
): Promise<Administrator> {
  checkNoTokenIn(context.query);
  const token = headerToken(request.headers.get('authorization'));
  if (token === undefined) throw new OAuthError('invalid_token', NO_TOKEN);
  if (isLocal(token, request, context, site)) return LOCAL;
  const shown = await shownToken(token, request, context, site);
  const administrator = await findAdministrator(shown, site.engine);
  const isAllowed = administrator.scope.includes(scope) ||
    administrator.scope.includes('ostiary:admin');
  if (!isAllowed) throw new OAuthError('insufficient_scope', `scope ${scope} is required`);
  return administrator;
}

/** Whoever can read the data directory. */
const LOCAL: Administrator = { by: { kind: 'api' }, scope: ADMIN_SCOPES };

const LOOPBACK = parseNetworks(['127.0.0.0/8', '::1/128']);

/** What tells that somebody between passed the request on, or that a page sent it. */
const PASSED_ON = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
  'origin',
];

/** The local token, straight from a process of this machine: a proxy's peers are loopback to us, too. */
function isLocal(
  token: string,
  { headers }: Request,
  { peerAddress }: RequestContext,
  { localToken }: Site,
): boolean {
  if (localToken === undefined || !constantTimeEquals(token, localToken)) return false;
  return isInNetworks(peerAddress, LOOPBACK) && !PASSED_ON.some((name) => headers.has(name));
}
