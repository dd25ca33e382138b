import { formPairs, queryParams } from '../endpoints/params.ts';
import type { Site } from '../endpoints/site.ts';
import {
  type Asked,
  claimNames,
  lockedIn,
  type Names,
  savedForSeconds,
} from '../engine/consent.ts';
import { openPending, type Pending } from '../engine/authorize/pending.ts';
import type { Session } from '../engine/session.ts';
import { newNonce, page } from '../http/respond.ts';
import type { FormPairs } from '../http/form.ts';
import type { RequestContext } from '../http/router.ts';
import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { type Params, paramsOf } from '../spec/params.ts';
import type { AuthorizationDetails } from '../store/records.ts';
import { chooseSession } from './choose_session.ts';
import { clientCard, formTargets, logoOrigins } from './client_card.ts';
import { continueAuthorization, sendRefusal } from './continue.ts';
import { type BrowserCookies, cookiesOf } from './cookies.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { frameOf } from './frame.ts';
import { type ConsentDetail, type ConsentModel, consentView } from './views/consent.ts';

/** What a consent page is about. */
interface Question {
  readonly pending: Pending;
  readonly session: Session;
  readonly browser: string;
}

/** The consent page. Core §3.1.2.4. */
export async function consent(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const sealed = queryParams(context.query).get('pending');
  const { pending, session, cookies } = await resume(sealed, request, context, site);
  // Signed out meanwhile: back to where that is decided.
  if (session === undefined) return await continueAuthorization({ pending, cookies }, site);
  return showConsent({ pending, session, browser: cookies.browser ?? '' }, sealed ?? '', site);
}

export async function submitConsent(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const pairs = await formPairs(request, site.maxBodyBytes);
  const params = paramsOf(pairs);
  const { pending, session, cookies } = await resume(
    params.get('pending'),
    request,
    context,
    site,
  );
  if (session === undefined) return await continueAuthorization({ pending, cookies }, site);
  checkForm(
    request,
    params,
    bindingOf({ pending, session, browser: cookies.browser ?? '' }),
    site,
  );
  const about = {
    client_id: pending.address.client.client_id,
    user: session.user.id,
    address: cookies.place.address,
  };
  if (!isAccepted(params)) {
    site.engine.log('info', 'consent.declined', about);
    const declined = new OAuthError('access_denied', 'the person declined');
    return await sendRefusal({ pending, cookies }, declined, site);
  }
  const ticked = tickedNames(pairs);
  site.engine.log('info', 'consent.given', {
    ...about,
    scope: pending.request.scope.filter((name) => ticked.scope.includes(name)),
  });
  const remember = params.get('remember') !== undefined;
  const approval = { ...ticked, remember, sid: session.record.sid };
  return await continueAuthorization({ pending, cookies, approval }, site);
}

async function resume(
  sealed: string | undefined,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<{ pending: Pending; session: Session | undefined; cookies: BrowserCookies }> {
  const cookies = cookiesOf(request, context, site);
  const pending = await openPending(sealed, cookies.browser, site.engine);
  // Whoever is asked is whose answer it will be, however many are signed in here.
  const { session } = await chooseSession(pending, cookies, site);
  return { pending, session, cookies };
}

/** The check boxes of a kind share one name; what else they say than what was asked for counts for nothing (T110). */
export function tickedNames(pairs: FormPairs): Names {
  const valuesOf = (field: string): readonly string[] =>
    pairs.filter(([name]) => name === field).map(([, value]) => value);
  return { scope: valuesOf('scope'), claims: valuesOf('claim') };
}

/** @throws {OAuthError} `invalid_request` when neither button was pressed */
export function isAccepted(params: Params): boolean {
  const decision = params.get('decision');
  if (decision === 'accept') return true;
  if (decision === 'deny') return false;
  throw new OAuthError('invalid_request', 'the form says neither accept nor deny');
}

function showConsent(question: Question, sealed: string, site: Site): Response {
  const { pending: { address, request }, session } = question;
  const nonce = newNonce();
  const frame = frameOf(nonce, site, request.ui_locales);
  const { lang } = frame.messages;
  const view = consentView({
    ...frame,
    action: `${site.engine.settings.issuer}/consent`,
    hidden: { csrf: csrfToken(bindingOf(question), site), pending: sealed },
    client: clientCard(address, lang),
    username: session.user.username,
    notYou: `${site.engine.settings.issuer}/login?pending=${sealed}&switch=yes`,
    ...itemRows(request, address.client, site),
    rememberSeconds: savedForSeconds(address.client),
    isNewClient: isNewClient(address.client, site),
    resources: request.resource,
    details: detailRows(request.authorization_details, site),
  });
  return page(view, {
    nonce,
    formAction: formTargets(address),
    imgOrigins: logoOrigins(address.client, lang),
    popup: address.isPopup,
    hsts: site.isSecure,
  });
}

/** What can be ticked, and what cannot be unticked. */
export function itemRows(
  asked: Asked,
  client: Client,
  site: Site,
): Pick<ConsentModel, 'scopes' | 'claims'> {
  const locked = lockedIn(asked, client);
  return {
    scopes: asked.scope.map((name) => ({
      ...scopeRow(name, site),
      required: locked.scope.includes(name),
    })),
    claims: claimNames(asked.claims).map((name) => ({
      name,
      required: locked.claims.includes(name),
    })),
  };
}

/** A scope in the administrator's words, if there are any. */
export function scopeRow(
  name: string,
  site: Site,
): { readonly name: string; readonly description?: string } {
  const description = site.engine.settings.scopes.get(name)?.description;
  return { name, ...(description === undefined ? {} : { description }) };
}

/** Seconds for which an application that nobody wrote into the file counts as new. */
const NEW_SECONDS = 86_400;

/** Nobody here has vouched for it, or not for long. */
export function isNewClient({ provenance, created_at }: Client, { engine }: Site): boolean {
  return provenance === 'dcr' ||
    (created_at !== undefined && engine.now() - created_at < NEW_SECONDS);
}

/** RFC 9396 §12: what a detail holds is shown as it is, beside what its type means. */
export function detailRows(
  details: AuthorizationDetails | undefined,
  site: Site,
): readonly ConsentDetail[] {
  return (details ?? []).map(({ type, ...members }) => {
    const description = site.engine.settings.authorization_details_types.get(type)?.description;
    return {
      type,
      members: Object.entries(members).map(([name, value]) => ({
        name,
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
      ...(description === undefined ? {} : { description }),
    };
  });
}

function bindingOf({ pending, session, browser }: Question): FormBinding {
  return { page: 'consent', browser, about: pending.id, sid: session.record.sid };
}
