import { queryParams } from '../../endpoints/params.ts';
import { missingProof } from '../../engine/fresh.ts';
import { findSession, type Session } from '../../engine/session.ts';
import { readForm } from '../../http/body.ts';
import { newNonce, page as pageResponse, seeOther } from '../../http/respond.ts';
import type { PathParams } from '../../http/path_patterns.ts';
import type { Handler, RequestContext } from '../../http/router.ts';
import type { Html } from '../../http/html.ts';
import { ADMINISTRATORS } from '../../spec/administration.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { checkSingleValued, type Params, paramsOf } from '../../spec/params.ts';
import type { Actor } from '../../store/records.ts';
import { pageHandler, type Site } from '../../endpoints/site.ts';
import { CONSOLE_PATH, consoleAddressOf } from '../console_path.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from '../cookies.ts';
import { errandUrl } from '../errand.ts';
import { checkForm, csrfToken, type FormBinding } from '../form_guard.ts';
import { type Frame, frameOf } from '../frame.ts';
import type { ConsoleSection } from '../views/admin/layout.ts';
import { forbiddenView } from '../views/admin/forbidden.ts';
import { type Notice, NOTICES } from './notices.ts';

/** An administrator, at two factors, at a page of the console. */
export interface ConsoleVisit {
  readonly section: ConsoleSection;
  readonly session: Session;
  readonly by: Actor;
  /** What must be proven again before anything is changed. T100 */
  readonly missing: 'password' | 'second_factor' | undefined;
  /** What stood in the place of each `{name}` of the path. */
  readonly params: PathParams;
  readonly query: Params;
  readonly cookies: BrowserCookies;
  readonly context: RequestContext;
}

type Show = (visit: ConsoleVisit, site: Site) => Response | Promise<Response>;
type Act = (visit: ConsoleVisit, form: Params, site: Site) => Promise<Response>;

/** A page of the console; who may see it is judged for all of them at once. */
export interface ConsolePage {
  /** Below the issuer. */
  readonly path: string;
  readonly section: ConsoleSection;
  readonly show: Show;
  /** What its form does. */
  readonly act?: Act;
  /** Whether whoever comes must have proven lately who they are. */
  readonly isFresh?: true;
}

/** Of a form: metadata of the most that a client may have, percent-encoded. */
const MAX_BODY_BYTES = 256 * 1024;
const MAX_FIELDS = 400;

export function showHandler(page: ConsolePage, site: Site): Handler {
  return pageHandler(
    async (request, context, here) => {
      const visit = await visitOf(page, request, context, here);
      if (visit instanceof Response) return visit;
      const detour = page.isFresh === true ? proofFor(visit, here) : undefined;
      return detour ?? await page.show(visit, here);
    },
    site,
  );
}

/** Its form, of this very session (T106). */
export function actHandler(page: ConsolePage, act: Act, site: Site): Handler {
  return pageHandler(
    async (request, context, here) => {
      const body = await readForm(request, MAX_BODY_BYTES, { maxParameters: MAX_FIELDS });
      if (!body.ok) throw new OAuthError('invalid_request', body.problem, { status: body.status });
      const form = paramsOf(body.value);
      checkSingleValued(form);
      const visit = await visitOf(page, request, context, here);
      if (visit instanceof Response) return visit;
      checkForm(request, form, bindingOf(visit, visit.cookies.browser ?? ''), here);
      return await act(visit, form, here);
    },
    site,
  );
}

/** Where to prove anew who one is, and back to this page; undefined when that was done lately. */
export function proofFor(visit: ConsoleVisit, site: Site): Response | undefined {
  return visit.missing === undefined ? undefined : seeOther(proofUrl(visit, site));
}

/** Where whoever proves anew who they are comes back to this page from. */
export function proofUrl({ missing, context }: ConsoleVisit, site: Site): string {
  const errand = { kind: 'console', address: addressOf(context) } as const;
  return errandUrl(missing === 'password' ? 'login' : 'login/second-factor', errand, site);
}

/** What the views of the console are given besides what they show. */
export interface ConsoleFrame extends Frame {
  readonly section: ConsoleSection;
  readonly username: string;
  readonly zoneinfo: string | undefined;
  /** The page at hand, to which its form goes. */
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** Where several issuers are served, people are those of all. */
  readonly isOneOfSeveral: boolean;
  readonly notice?: string;
}

export function consolePage(
  visit: ConsoleVisit,
  view: (frame: ConsoleFrame) => Html,
  site: Site,
  status = 200,
): Response {
  const nonce = newNonce();
  const { section, session: { user }, cookies, context, query } = visit;
  const { browser, setCookie } = nameBrowser(cookies, site);
  const notice = NOTICES.get(query.get('done') ?? '');
  const { zoneinfo } = user.claims;
  const body = view({
    ...frameOf(nonce, site, undefined, addressOf(context)),
    section,
    username: user.username,
    zoneinfo: typeof zoneinfo === 'string' ? zoneinfo : undefined,
    action: `${site.engine.settings.issuer}${context.path}`,
    hidden: { csrf: csrfToken(bindingOf(visit, browser), site) },
    isOneOfSeveral: site.engine.engines().length > 1,
    ...notice !== undefined && { notice },
  });
  return pageResponse(body, { nonce, status, cookies: setCookie, hsts: site.isSecure });
}

/** To a page of the console, with the news. */
export function go(path: string, notice: Notice, site: Site): Response {
  return seeOther(`${site.engine.settings.issuer}${path}?done=${notice}`);
}

/** Every request is judged by what the person is now. */
async function visitOf(
  { section }: ConsolePage,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<ConsoleVisit | Response> {
  const cookies = cookiesOf(request, context, site);
  const session = await findSession(cookies.session, site.engine);
  const errand = { kind: 'console', address: addressOf(context) } as const;
  if (session === undefined) return seeOther(errandUrl('login', errand, site));
  const { user, record } = session;
  if (!user.groups.includes(ADMINISTRATORS)) return forbidden(session, context, site);
  if (record.acr !== 'two_factor') {
    return seeOther(errandUrl('login/second-factor', errand, site));
  }
  return {
    section,
    session,
    by: { kind: 'console', user: user.id },
    missing: await missingProof(session, site.engine),
    params: context.params,
    query: queryParams(context.query),
    cookies,
    context,
  };
}

function forbidden({ user }: Session, context: RequestContext, site: Site): Response {
  const nonce = newNonce();
  const errand = { kind: 'console', address: addressOf(context) } as const;
  const view = forbiddenView({
    ...frameOf(nonce, site, undefined, '/'),
    username: user.username,
    otherAccountUrl: errandUrl('select-account', errand, site),
  });
  return pageResponse(view, { nonce, status: 403, hsts: site.isSecure });
}

/** Path and query; the overview for one that is too odd to come back to. */
function addressOf({ path, query }: RequestContext): string {
  return consoleAddressOf(query === '' ? path : `${path}?${query}`) ?? consoleAddressOf(path) ??
    CONSOLE_PATH;
}

function bindingOf({ session, context }: ConsoleVisit, browser: string): FormBinding {
  return { page: context.path, browser, about: session.user.id, sid: session.record.sid };
}
