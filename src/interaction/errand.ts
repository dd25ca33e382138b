import type { Site } from '../endpoints/site.ts';
import { openPending, type Pending } from '../engine/authorize/pending.ts';
import { findWaitingDevice } from '../engine/device/answer.ts';
import { type DevicePassage, openDevicePassage } from '../engine/device/passage.ts';
import { type HostPassage, openPassage } from '../engine/forward_auth/passage.ts';
import { missingProof } from '../engine/fresh.ts';
import { findSession, type Session } from '../engine/session.ts';
import { type PageOptions, seeOther } from '../http/respond.ts';
import type { Client } from '../spec/client.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Params } from '../spec/params.ts';
import {
  type ClientCard,
  clientCard,
  deviceCard,
  formTargets,
  logoOrigins,
} from './client_card.ts';
import { hostStanding } from './authz/standing.ts';
import { type AccountPage, accountPageOf, accountUrl } from './account_pages.ts';
import { consoleAddressOf } from './console_path.ts';
import { continueAuthorization, findSessionInNeed, needsSignIn } from './continue.ts';
import type { BrowserCookies } from './cookies.ts';
import { type Frame, frameOf, languageOf } from './frame.ts';
import { deviceStanding, standingOfRequest } from './standing.ts';

/**
 * What somebody signs in or signs up for. It travels sealed, so nothing is stored before, and nobody but us says where
 * a sign-in leads.
 */
export type Errand =
  | { readonly kind: 'authorization'; readonly sealed: string; readonly pending: Pending }
  | {
    readonly kind: 'device';
    readonly sealed: string;
    readonly passage: DevicePassage;
    readonly client: Client;
    /** What the device asked for. */
    readonly scope: readonly string[];
  }
  /** A host behind a proxy that asks us about its requests. */
  | { readonly kind: 'host'; readonly sealed: string; readonly passage: HostPassage }
  /** A page of the account that asks for a fresh proof. */
  | { readonly kind: 'account'; readonly page: AccountPage }
  /** The answer to a backchannel authentication request, by its id. */
  | { readonly kind: 'request'; readonly id: string }
  /** A page of the console, which asks for two factors. */
  | { readonly kind: 'console'; readonly address: string }
  | { readonly kind: 'none' };

/** The errand that a query or a form brings. @throws {OAuthError} `invalid_request` when it is over, or not of this browser */
export async function openErrand(
  params: Params,
  { browser }: BrowserCookies,
  { engine }: Site,
): Promise<Errand> {
  const [request, device] = [params.get('pending'), params.get('device')];
  if (request !== undefined) {
    const pending = await openPending(request, browser, engine);
    return { kind: 'authorization', sealed: request, pending };
  }
  const host = params.get('host_request');
  if (host !== undefined) {
    return { kind: 'host', sealed: host, passage: openPassage(host, engine) };
  }
  if (device === undefined) {
    const id = params.get('request');
    if (id !== undefined && /^[A-Za-z0-9_-]{43}$/.test(id)) return { kind: 'request', id };
    const address = consoleAddressOf(params.get('console') ?? '');
    if (address !== undefined) return { kind: 'console', address };
    const page = accountPageOf(params.get('account') ?? '');
    return page === undefined ? { kind: 'none' } : { kind: 'account', page };
  }
  const passage = openDevicePassage(device, browser, engine);
  const waiting = await findWaitingDevice(passage.device, engine);
  if (waiting === undefined) {
    throw new OAuthError('invalid_request', 'the code has expired or was answered already');
  }
  const { client, entry: { value: { scope } } } = waiting;
  return { kind: 'device', sealed: device, passage, client, scope };
}

/** Whether nothing but a sign-in can come next. */
export async function isSignInDue(
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<boolean> {
  switch (errand.kind) {
    case 'authorization':
      return await needsSignIn({ pending: errand.pending, cookies }, site);
    case 'device':
      return (await deviceStanding(errand, cookies, site)).kind === 'login';
    case 'request':
      return (await standingOfRequest(errand.id, cookies, site)).kind === 'login';
    case 'host':
      return (await hostStanding(errand.passage, cookies, site)).kind === 'login';
    case 'account':
    case 'console': {
      const session = await findSession(cookies.session, site.engine);
      return session === undefined || await missingProof(session, site.engine) === 'password';
    }
    case 'none':
      return await findSession(cookies.session, site.engine) === undefined;
  }
}

/** The session that has to prove a second factor now; undefined when none has to. */
export async function findSessionToRaise(
  errand: Errand,
  cookies: BrowserCookies,
  site: Site,
): Promise<Session | undefined> {
  switch (errand.kind) {
    case 'authorization':
      return await findSessionInNeed({ pending: errand.pending, cookies }, site);
    case 'device': {
      const standing = await deviceStanding(errand, cookies, site);
      return standing.kind === 'second_factor' ? standing.session : undefined;
    }
    case 'request': {
      const standing = await standingOfRequest(errand.id, cookies, site);
      return standing.kind === 'second_factor' ? standing.session : undefined;
    }
    case 'host': {
      const standing = await hostStanding(errand.passage, cookies, site);
      return standing.kind === 'second_factor' ? standing.session : undefined;
    }
    case 'account': {
      const session = await findSession(cookies.session, site.engine);
      const missing = session && await missingProof(session, site.engine);
      return missing === 'second_factor' ? session : undefined;
    }
    case 'console': {
      const session = await findSession(cookies.session, site.engine);
      if (session?.record.acr === 'one_factor') return session;
      const missing = session && await missingProof(session, site.engine);
      return missing === 'second_factor' ? session : undefined;
    }
    case 'none':
      return undefined;
  }
}

/** On with it, signed in. */
export async function resumeErrand(
  errand: Errand,
  cookies: BrowserCookies,
  setCookies: readonly string[],
  site: Site,
): Promise<Response> {
  const { issuer } = site.engine.settings;
  switch (errand.kind) {
    case 'authorization':
      return await continueAuthorization({ pending: errand.pending, cookies, setCookies }, site);
    case 'device':
      return seeOther(`${issuer}/device/confirm?device=${errand.sealed}`, setCookies);
    case 'host':
      return seeOther(`${issuer}/authz/sign-in?host_request=${errand.sealed}`, setCookies);
    case 'account':
      return seeOther(accountUrl(errand.page, issuer), setCookies);
    case 'request':
      return seeOther(`${accountUrl('requests', issuer)}?request=${errand.id}`, setCookies);
    case 'console':
      return seeOther(`${issuer}${errand.address}`, setCookies);
    case 'none':
      return seeOther(accountUrl('overview', issuer), setCookies);
  }
}

/** What forms for it are bound to. */
export function errandId(errand: Errand): string {
  switch (errand.kind) {
    case 'authorization':
      return errand.pending.id;
    case 'device':
    case 'host':
      return errand.passage.id;
    case 'account':
      return `account ${errand.page}`;
    case 'request':
      return `request ${errand.id}`;
    case 'console':
      return `console ${errand.address}`;
    case 'none':
      return 'sign-in';
  }
}

/** The field, of a form or a query, that carries it. */
export function errandFields(errand: Errand): Readonly<Record<string, string>> {
  switch (errand.kind) {
    case 'authorization':
      return { pending: errand.sealed };
    case 'device':
      return { device: errand.sealed };
    case 'host':
      return { host_request: errand.sealed };
    case 'account':
      return { account: errand.page };
    case 'request':
      return { request: errand.id };
    case 'console':
      return { console: errand.address };
    case 'none':
      return {};
  }
}

/** Pages on the way. */
export type ErrandPage =
  | 'login'
  | 'login/second-factor'
  | 'select-account'
  | 'sign-up'
  | 'account/totp'
  | 'account/passkey'
  | 'account/recovery-codes';

/** One of our pages, with the errand in its query. */
export function errandUrl(page: ErrandPage, errand: Errand, site: Site): string {
  const query = new URLSearchParams(errandFields(errand)).toString();
  return `${site.engine.settings.issuer}/${page}${query === '' ? '' : `?${query}`}`;
}

/** The frame of such a page, in the language that the application asks for. */
export function errandFrame(nonce: string, page: ErrandPage, errand: Errand, site: Site): Frame {
  const { issuer } = site.engine.settings;
  return frameOf(
    nonce,
    site,
    localesOf(errand),
    errandUrl(page, errand, site).slice(issuer.length),
  );
}

function localesOf(errand: Errand): string | undefined {
  return errand.kind === 'authorization' ? errand.pending.request.ui_locales : undefined;
}

/** Who asks; absent when nobody but the person does. */
export function errandCard(errand: Errand, site: Site): ClientCard | undefined {
  const lang = languageOf(site, localesOf(errand));
  switch (errand.kind) {
    case 'authorization':
      return clientCard(errand.pending.address, lang);
    case 'device':
      return deviceCard(errand.client, lang);
    case 'host':
      return { name: new URL(errand.passage.origin).host };
    case 'account':
    case 'request':
    case 'console':
    case 'none':
      return undefined;
  }
}

/** What a page on the way may load, and where its form may lead in the end. */
export function errandPageOptions(errand: Errand, site: Site): Partial<PageOptions> {
  const lang = languageOf(site, localesOf(errand));
  switch (errand.kind) {
    case 'authorization': {
      const { address } = errand.pending;
      return {
        formAction: formTargets(address),
        imgOrigins: logoOrigins(address.client, lang),
        popup: address.isPopup,
      };
    }
    case 'device':
      return { imgOrigins: logoOrigins(errand.client, lang) };
    case 'host':
      return { formAction: formTargets({ redirect_uri: errand.passage.origin }) };
    case 'account':
    case 'request':
    case 'console':
    case 'none':
      return {};
  }
}
