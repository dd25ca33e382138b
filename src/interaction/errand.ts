import type { Site } from '../endpoints/site.ts';
import { openPending, type Pending } from '../engine/authorize/pending.ts';
import { findWaitingDevice } from '../engine/device/answer.ts';
import { type DevicePassage, isRecentEnough, openDevicePassage } from '../engine/device/passage.ts';
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
import { continueAuthorization, needsSignIn } from './continue.ts';
import type { BrowserCookies } from './cookies.ts';

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
  }
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
  if (device === undefined) return { kind: 'none' };
  const passage = openDevicePassage(device, browser, engine);
  const client = (await findWaitingDevice(passage.device, engine))?.client;
  if (client === undefined) {
    throw new OAuthError('invalid_request', 'the code has expired or was answered already');
  }
  return { kind: 'device', sealed: device, passage, client };
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
      return await findDeviceSession(errand, cookies, site) === undefined;
    case 'none':
      return await findSession(cookies.session, site.engine) === undefined;
  }
}

/** The session in which a device may be answered. */
export async function findDeviceSession(
  { passage, client }: { readonly passage: DevicePassage; readonly client: Client },
  cookies: BrowserCookies,
  { engine }: Site,
): Promise<Session | undefined> {
  const session = await findSession(cookies.session, engine);
  return session !== undefined && isRecentEnough(session.record, passage, client, engine.now())
    ? session
    : undefined;
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
    case 'none':
      return seeOther(`${issuer}/login`, setCookies);
  }
}

/** What forms for it are bound to. */
export function errandId(errand: Errand): string {
  switch (errand.kind) {
    case 'authorization':
      return errand.pending.id;
    case 'device':
      return errand.passage.id;
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
    case 'none':
      return {};
  }
}

/** One of our pages, with the errand in its query. */
export function errandUrl(page: 'login' | 'sign-up', errand: Errand, site: Site): string {
  const query = new URLSearchParams(errandFields(errand)).toString();
  return `${site.engine.settings.issuer}/${page}${query === '' ? '' : `?${query}`}`;
}

/** Who asks; absent when nobody but the person does. */
export function errandCard(errand: Errand): ClientCard | undefined {
  switch (errand.kind) {
    case 'authorization':
      return clientCard(errand.pending.address);
    case 'device':
      return deviceCard(errand.client);
    case 'none':
      return undefined;
  }
}

/** What a page on the way may load, and where its form may lead in the end. */
export function errandPageOptions(errand: Errand): Partial<PageOptions> {
  switch (errand.kind) {
    case 'authorization': {
      const { address } = errand.pending;
      return {
        formAction: formTargets(address),
        imgOrigins: logoOrigins(address.client),
        popup: address.isPopup,
      };
    }
    case 'device':
      return { imgOrigins: logoOrigins(errand.client) };
    case 'none':
      return {};
  }
}
