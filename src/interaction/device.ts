import { formPairs, formParams, queryParams } from '../endpoints/params.ts';
import { senderOf, type Site } from '../endpoints/site.ts';
import {
  answerDevice,
  findDeviceDigest,
  findWaitingDevice,
  type WaitingDevice,
} from '../engine/device/answer.ts';
import {
  type DevicePassage,
  newDevicePassage,
  openDevicePassage,
  sealDevicePassage,
} from '../engine/device/passage.ts';
import { parseUserCode } from '../engine/device/user_code.ts';
import type { Session } from '../engine/session.ts';
import { newNonce, page, retryAfter, seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import { paramsOf } from '../spec/params.ts';
import { unreachable } from '../spec/unreachable.ts';
import { deviceCard, logoOrigins } from './client_card.ts';
import { detailRows, isAccepted, isNewClient, itemRows, tickedNames } from './consent.ts';
import { type BrowserCookies, cookiesOf, nameBrowser } from './cookies.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { frameOf } from './frame.ts';
import { deviceStanding } from './standing.ts';
import { deviceConfirmView, deviceDoneView, deviceView } from './views/device.ts';

/** Seconds until another user code may be tried. */
const RETRY_SECONDS = 60;

/** Devices have no claims parameter. */
const NO_CLAIMS = { userinfo: [], id_token: [] } as const;

/** How often a device or a session that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** Where a person enters the code that a device shows. A link may bring it, but never answers for anybody. RFC 8628 §3.3.1 */
export function device(request: Request, context: RequestContext, site: Site): Response {
  const userCode = parseUserCode(queryParams(context.query).get('user_code'));
  return showEntry({ userCode }, cookiesOf(request, context, site), site);
}

export async function submitDevice(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = await formParams(request, site.maxBodyBytes);
  const cookies = cookiesOf(request, context, site);
  const { browser = '' } = cookies;
  checkForm(request, params, entryBinding(browser), site);
  const { engine } = site;
  const { entriesFromSource, entriesInBrowser } = engine.devices;
  const userCode = parseUserCode(params.get('user_code'));
  // Before anything is looked up, so that parallel guesses are counted, too.
  const mayTry = entriesFromSource.take(senderOf(request, context, site)) &&
    entriesInBrowser.take(browser);
  if (!mayTry) return showEntry({ userCode, problem: 'slow_down' }, cookies, site);
  const digest = userCode && await findDeviceDigest(userCode, engine);
  const waiting = digest === undefined ? undefined : await findWaitingDevice(digest, engine);
  if (userCode === undefined || waiting === undefined) {
    engine.log('info', 'device.unknown_code', { correlationId: context.correlationId });
    return showEntry({ userCode, problem: 'wrong' }, cookies, site);
  }
  const passage = newDevicePassage(waiting.digest, userCode, engine);
  const sealed = sealDevicePassage(passage, browser, engine);
  return seeOther(`${engine.settings.issuer}/device/confirm?device=${sealed}`);
}

/** What a confirmation is about: a code that was entered, the device that waits, and who is to answer. */
interface Question {
  readonly sealed: string;
  readonly passage: DevicePassage;
  readonly waiting: WaitingDevice;
  readonly session: Session;
  readonly browser: string;
}

/** Whether to allow it: always asked, whatever was allowed before. RFC 8628 §5.4 */
export async function confirmDevice(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const sealed = queryParams(context.query).get('device');
  const question = await questionOf(sealed, cookiesOf(request, context, site), site);
  return question instanceof Response ? question : showConfirmation(question, site);
}

export async function submitDeviceConfirmation(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const pairs = await formPairs(request, site.maxBodyBytes);
  const params = paramsOf(pairs);
  const cookies = cookiesOf(request, context, site);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const question = await questionOf(params.get('device'), cookies, site);
    if (question instanceof Response) return question;
    const { waiting, session } = question;
    checkForm(request, params, confirmBinding(question), site);
    const isApproved = isAccepted(params);
    const answer = isApproved ? { ...tickedNames(pairs), remember: false } : 'denied';
    const { address } = cookies.place;
    if (!await answerDevice(waiting, answer, { session, address }, site.engine)) continue;
    site.engine.log('info', isApproved ? 'device.approved' : 'device.denied', {
      client_id: waiting.client.client_id,
      user: session.user.id,
      address,
    });
    return showDone(waiting, isApproved ? 'approved' : 'denied', site);
  }
  throw new OAuthError('temporarily_unavailable', 'the device changes too fast', {
    retryAfterSeconds: 1,
  });
}

/** The question, or where to go as it cannot be asked: to the sign-in page, or back to the beginning. */
async function questionOf(
  sealed: string | undefined,
  cookies: BrowserCookies,
  site: Site,
): Promise<Question | Response> {
  const { engine } = site;
  const { browser = '' } = cookies;
  const passage = openDevicePassage(sealed ?? '', browser, engine);
  const waiting = await findWaitingDevice(passage.device, engine);
  if (sealed === undefined || waiting === undefined) {
    return showEntry({ problem: 'wrong' }, cookies, site);
  }
  const { client, entry: { value: { scope } } } = waiting;
  const standing = await deviceStanding({ passage, client, scope }, cookies, site);
  switch (standing.kind) {
    case 'login':
      return seeOther(`${engine.settings.issuer}/login?device=${sealed}`);
    case 'second_factor':
      return seeOther(`${engine.settings.issuer}/login/second-factor?device=${sealed}`);
    case 'denied':
      throw new OAuthError('access_denied', 'the policy of this client does not let you in', {
        status: 403,
      });
    case 'ready':
      return { sealed, passage, waiting, session: standing.session, browser };
    default:
      return unreachable(standing);
  }
}

interface EntryPage {
  /** Only what is a code: nothing else that was typed is ever shown. T065 */
  readonly userCode?: string | undefined;
  readonly problem?: 'wrong' | 'slow_down';
}

function showEntry(
  { userCode, problem }: EntryPage,
  cookies: BrowserCookies,
  site: Site,
): Response {
  const nonce = newNonce();
  const { browser, setCookie } = nameBrowser(cookies, site);
  const retryAfterSeconds = problem === 'slow_down' ? RETRY_SECONDS : undefined;
  const view = deviceView({
    ...frameOf(nonce, site),
    action: `${site.engine.settings.issuer}/device`,
    hidden: { csrf: csrfToken(entryBinding(browser), site) },
    ...(userCode === undefined ? {} : { userCode }),
    ...(problem === undefined ? {} : { problem }),
    retryAfterSeconds: RETRY_SECONDS,
  });
  return page(view, {
    nonce,
    status: problem === 'slow_down' ? 429 : 200,
    cookies: setCookie,
    hsts: site.isSecure,
    headers: retryAfter(retryAfterSeconds),
  });
}

function showConfirmation(question: Question, site: Site): Response {
  const { sealed, passage, waiting: { entry, client }, session } = question;
  const { issuer } = site.engine.settings;
  const nonce = newNonce();
  const frame = frameOf(nonce, site);
  const { lang } = frame.messages;
  const view = deviceConfirmView({
    ...frame,
    action: `${issuer}/device/confirm`,
    hidden: { csrf: csrfToken(confirmBinding(question), site), device: sealed },
    client: deviceCard(client, lang),
    userCode: passage.user_code,
    username: session.user.username,
    notYou: `${issuer}/login?device=${sealed}&switch=yes`,
    ...itemRows({ scope: entry.value.scope, claims: NO_CLAIMS }, client, site),
    isNewClient: isNewClient(client, site),
    resources: entry.value.resource,
    details: detailRows(entry.value.authorization_details, site),
  });
  return page(view, { nonce, imgOrigins: logoOrigins(client, lang), hsts: site.isSecure });
}

function showDone(
  { client }: WaitingDevice,
  outcome: 'approved' | 'denied',
  site: Site,
): Response {
  const nonce = newNonce();
  const frame = frameOf(nonce, site, undefined, '/device');
  const { lang } = frame.messages;
  const view = deviceDoneView({
    ...frame,
    client: deviceCard(client, lang),
    outcome,
  });
  return page(view, { nonce, imgOrigins: logoOrigins(client, lang), hsts: site.isSecure });
}

function entryBinding(browser: string): FormBinding {
  return { page: 'device', browser, about: 'user code' };
}

function confirmBinding({ passage, session, browser }: Question): FormBinding {
  return { page: 'device/confirm', browser, about: passage.id, sid: session.record.sid };
}
