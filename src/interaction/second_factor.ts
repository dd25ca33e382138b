import { formParams, queryParams } from '../endpoints/params.ts';
import { senderOf, type Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { listFactors } from '../engine/factors/factors.ts';
import { assertionOptions, checkAssertion } from '../engine/factors/passkey.ts';
import { checkRecoveryCode, remainingRecoveryCodes } from '../engine/factors/recovery.ts';
import { isUsableHere } from '../engine/factors/rp_id.ts';
import { checkTotp } from '../engine/factors/totp.ts';
import { endSession } from '../engine/logout/end_session.ts';
import type { Session } from '../engine/session.ts';
import { newNonce, page, retryAfter, seeOther } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import type { FactorRecord } from '../store/records.ts';
import { accountCookies, type BrowserCookies, cookiesOf, withoutAccount } from './cookies.ts';
import {
  type Errand,
  errandCard,
  errandFields,
  errandFrame,
  errandId,
  errandPageOptions,
  errandUrl,
  findSessionToRaise,
  isSignInDue,
  openErrand,
  resumeErrand,
} from './errand.ts';
import { checkForm, csrfToken, type FormBinding } from './form_guard.ts';
import { notify } from './notices.ts';
import { passkeyResponse } from './passkey_form.ts';
import { raiseAndResume } from './raise.ts';
import {
  recoveryView,
  secondFactorNeededView,
  type SecondFactorProblem,
  secondFactorView,
} from './views/second_factor.ts';

/** Somebody who has to prove a second factor, and what for. */
interface Question {
  readonly errand: Errand;
  readonly session: Session;
  readonly cookies: BrowserCookies;
}

/** Where a second factor is asked for: in the middle of an authorization, of a device, or of the account. */
export async function secondFactor(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = queryParams(context.query);
  const question = await questionOf(params, request, context, site);
  if (question instanceof Response) return question;
  return await showSecondFactor(question, { isRecovery: params.get('use') === 'recovery' }, site);
}

export async function submitSecondFactor(
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Response> {
  const params = await formParams(request, site.maxBodyBytes);
  const question = await questionOf(params, request, context, site);
  if (question instanceof Response) return question;
  checkForm(request, params, bindingOf(question), site);
  return await prove(question, params, senderOf(request, context, site), site);
}

async function questionOf(
  params: Params,
  request: Request,
  context: RequestContext,
  site: Site,
): Promise<Question | Response> {
  const cookies = cookiesOf(request, context, site);
  const errand = await openErrand(params, cookies, site);
  const session = await findSessionToRaise(errand, cookies, site);
  if (session !== undefined) return { errand, session, cookies };
  return await isSignInDue(errand, cookies, site)
    ? seeOther(errandUrl('login', errand, site))
    : await resumeErrand(errand, cookies, [], site);
}

/** Guesses are slowed like those at passwords, and end the session at the fifth: T099. */
async function prove(
  question: Question,
  params: Params,
  source: string,
  site: Site,
): Promise<Response> {
  const { errand, session, cookies } = question;
  const { user } = session;
  const { regulation } = site.engine;
  const isRecovery = params.get('recovery') !== undefined;
  const account = `factor:${user.id}`;
  const retryAfterSeconds = regulation.check(account, source);
  if (retryAfterSeconds > 0) {
    return await showSecondFactor(
      question,
      { isRecovery, problem: 'slow_down', retryAfterSeconds },
      site,
    );
  }
  let outcome: 'failed' | 'succeeded' | 'released' = 'released';
  let amr: readonly string[] | undefined;
  try {
    amr = await proofIn(params, question, site);
    outcome = amr === undefined ? 'failed' : 'succeeded';
  } finally {
    regulation[outcome](account, source);
  }
  if (amr !== undefined) return await raiseAndResume(session, amr, errand, cookies, site);
  site.engine.log('info', 'second_factor.refused', {
    user: user.id,
    sid: session.record.sid,
    address: cookies.place.address,
  });
  await noteActivity(user.id, { kind: 'second_factor_failed', ...cookies.place }, site.engine);
  return site.engine.factorTries.take(session.record.sid)
    ? await showSecondFactor(question, { isRecovery, problem: 'wrong' }, site)
    : await stop(question, site);
}

/** What RFC 8176 calls the proof; undefined when there is none. */
async function proofIn(
  params: Params,
  { session: { user, record }, cookies }: Question,
  site: Site,
): Promise<readonly string[] | undefined> {
  const { engine } = site;
  const [totp, recovery] = [params.get('totp'), params.get('recovery')];
  if (totp !== undefined) return await checkTotp(user, totp, engine) ? ['otp'] : undefined;
  if (recovery !== undefined) {
    if (!await checkRecoveryCode(user.id, recovery, engine)) return undefined;
    await noteActivity(user.id, { kind: 'recovery_code_used', ...cookies.place }, engine);
    notify(user, 'recovery_code_used', engine);
    return ['kba'];
  }
  const response = passkeyResponse(params);
  if (response === undefined) throw new OAuthError('invalid_request', 'the form holds no proof');
  const binding = passkeyBinding(record.sid);
  const result = await checkAssertion(
    { response, user, binding, requireUserVerification: false },
    engine,
  );
  return result.kind === 'ok' ? result.amr : undefined;
}

/** The password alone leads back to where somebody who knows no more than that was stopped. */
async function stop({ errand, session, cookies }: Question, site: Site): Promise<Response> {
  await endSession(session.entry, 'second_factor', site.engine);
  const after = withoutAccount(cookies, session.record.sid);
  const url = new URL(errandUrl('login', errand, site));
  url.searchParams.set('notice', 'ended');
  return seeOther(url.href, accountCookies(cookies, after, site));
}

interface SecondFactorPage {
  readonly isRecovery: boolean;
  readonly problem?: SecondFactorProblem;
  readonly retryAfterSeconds?: number;
}

async function showSecondFactor(
  question: Question,
  { isRecovery, problem, retryAfterSeconds = 0 }: SecondFactorPage,
  site: Site,
): Promise<Response> {
  const { errand, session: { user, record } } = question;
  const nonce = newNonce();
  const client = errandCard(errand, site);
  const common = {
    ...errandFrame(nonce, 'login/second-factor', errand, site),
    username: user.username,
    notYou: withQuery(errandUrl('login', errand, site), 'switch', 'yes'),
    ...(client === undefined ? {} : { client }),
  };
  const respond = (view: Parameters<typeof page>[0]): Response =>
    page(view, {
      ...errandPageOptions(errand, site),
      nonce,
      scriptNonce: true,
      status: problem === 'slow_down' ? 429 : 200,
      hsts: site.isSecure,
      headers: retryAfter(problem === 'slow_down' ? retryAfterSeconds : undefined),
    });
  const all = await listFactors(user.id, site.engine);
  if (all.length === 0) {
    return respond(secondFactorNeededView({
      ...common,
      totpUrl: errandUrl('account/totp', errand, site),
      passkeyUrl: errandUrl('account/passkey', errand, site),
    }));
  }
  const here = errandUrl('login/second-factor', errand, site);
  const form = {
    action: `${site.engine.settings.issuer}/login/second-factor`,
    hidden: { csrf: csrfToken(bindingOf(question), site), ...errandFields(errand) },
    ...(problem === undefined ? {} : { problem }),
    retryAfterSeconds,
  };
  const hasCodes = await remainingRecoveryCodes(user.id, site.engine) > 0;
  if (isRecovery && hasCodes) {
    return respond(recoveryView({ ...common, ...form, otherUrl: here }));
  }
  const binding = passkeyBinding(record.sid);
  const factors = all.filter((each) => isUsableHere(each, site.engine));
  const hasPasskey = factors.some(({ kind }) => kind === 'passkey');
  return respond(secondFactorView({
    ...common,
    ...form,
    hasTotp: factors.some(({ kind }) => kind === 'totp'),
    ...(hasPasskey
      ? { passkey: { ...form, options: await assertionOptions({ user, binding }, site.engine) } }
      : {}),
    ...(hasCodes ? { recoveryUrl: withQuery(here, 'use', 'recovery') } : {}),
    ...(factors.length === 0 ? { elsewhere: hostsOf(all) } : {}),
  }));
}

/** Where the passkeys are of use. */
function hostsOf(factors: readonly FactorRecord[]): readonly string[] {
  const hosts = factors.flatMap((each) => each.kind === 'passkey' ? each.rp_id ?? [] : []);
  return [...new Set(hosts)];
}

function withQuery(url: string, name: string, value: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${value}`;
}

/** A challenge is for this session alone. T101 */
function passkeyBinding(sid: string): string {
  return `second factor ${sid}`;
}

function bindingOf({ errand, session, cookies }: Question): FormBinding {
  const { sid } = session.record;
  return {
    page: 'login/second-factor',
    browser: cookies.browser ?? '',
    about: errandId(errand),
    sid,
  };
}
