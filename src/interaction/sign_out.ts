import type { Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { endSession } from '../engine/logout/end_session.ts';
import {
  type PostLogoutAddress,
  postLogoutLocation,
} from '../engine/logout/post_logout_address.ts';
import type { Session } from '../engine/session.ts';
import { newNonce, page, seeOther } from '../http/respond.ts';
import type { Client } from '../spec/client.ts';
import { localized } from '../spec/localized.ts';
import { clientName } from './client_card.ts';
import { accountCookies, type BrowserCookies, withOnly } from './cookies.ts';
import { frameOf } from './frame.ts';
import { loggedOutView } from './views/logged_out.ts';

export interface SignOut {
  /** All that hold in this browser. */
  readonly live: readonly Session[];
  /** Those of them that end. */
  readonly ending: readonly Session[];
  readonly cookies: BrowserCookies;
  /** Who asked for it, if a client did. */
  readonly client?: Client | undefined;
  readonly address?: PostLogoutAddress | undefined;
  readonly ui_locales?: string | undefined;
}

/** Ends sessions of a browser before anything is answered (T117), then leads where the client is waiting. */
export async function signOut(leaving: SignOut, site: Site): Promise<Response> {
  const { live, ending, cookies, address } = leaving;
  for (const { user, entry } of ending) {
    if (!await endSession(entry, 'logout', site.engine)) continue;
    await noteActivity(user.id, { kind: 'session_ended', ...cookies.place }, site.engine);
  }
  const staying = live.filter((session) => !ending.includes(session));
  const after = withOnly(cookies, new Set(staying.map(({ record }) => record.sid)));
  const setCookies = accountCookies(cookies, after, site);
  return address === undefined
    ? loggedOutPage(leaving, staying, setCookies, site)
    : seeOther(postLogoutLocation(address), setCookies);
}

function loggedOutPage(
  { client, ui_locales }: SignOut,
  staying: readonly Session[],
  cookies: readonly string[],
  site: Site,
): Response {
  const nonce = newNonce();
  const frame = frameOf(nonce, site, ui_locales, '/end_session');
  const view = loggedOutView({
    ...frame,
    staying: staying.map(({ user }) => user.username),
    ...client !== undefined && { client: homeOf(client, frame.messages.lang) },
  });
  return page(view, { nonce, cookies, hsts: site.isSecure });
}

/** Where an application can be had again. */
export interface ClientHome {
  readonly name: string;
  readonly client_uri?: string;
}

export function homeOf(client: Client, lang: string): ClientHome {
  const client_uri = localized(client, 'client_uri', lang);
  return { name: clientName(client, lang), ...client_uri !== undefined && { client_uri } };
}
