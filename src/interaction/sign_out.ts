import type { Site } from '../endpoints/site.ts';
import { noteActivity } from '../engine/activity.ts';
import { endSession } from '../engine/logout/end_session.ts';
import { frontChannelUris } from '../engine/logout/front_channel.ts';
import {
  type PostLogoutAddress,
  postLogoutLocation,
} from '../engine/logout/post_logout_address.ts';
import type { Session } from '../engine/session.ts';
import { newNonce, originSource, page, seeOther } from '../http/respond.ts';
import type { Client } from '../spec/client.ts';
import { localized } from '../spec/localized.ts';
import type { SessionRecord } from '../store/records.ts';
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
  /** Where to go on: to where the client waits, or to our sign-in page. */
  readonly address?: PostLogoutAddress | 'sign_in' | undefined;
  readonly ui_locales?: string | undefined;
}

/**
 * Ends sessions of a browser before anything is answered (T117), has it tell the clients that want to hear of it there,
 * and leads on.
 */
export async function signOut(leaving: SignOut, site: Site): Promise<Response> {
  const { live, ending, cookies, address } = leaving;
  const uris: string[] = [];
  for (const session of ending) {
    const ended = await endOne(session, leaving, site);
    if (ended !== undefined) uris.push(...await frontChannelUris(ended, site.engine));
  }
  const frames = framesOf(uris);
  const missing = new Set(uris).size - frames.uris.length;
  if (missing > 0) site.engine.log('warn', 'logout.not_framed', { count: missing });
  const staying = live.filter((session) => !ending.includes(session));
  const after = withOnly(cookies, new Set(staying.map(({ record }) => record.sid)));
  const setCookies = accountCookies(cookies, after, site);
  const nextUrl = address && locationOf(address, site);
  return nextUrl !== undefined && frames.uris.length === 0
    ? seeOther(nextUrl, setCookies)
    : loggedOutPage({ leaving, staying, frames, nextUrl, setCookies }, site);
}

/** The session as it was in the end, with every client that took part; undefined when somebody else ended it. */
async function endOne(
  { entry, user }: Session,
  { cookies: { place } }: SignOut,
  { engine }: Site,
): Promise<SessionRecord | undefined> {
  let last = entry.value;
  const isEnded = await endSession(entry, 'logout', engine, {
    alongside(session) {
      last = session;
      return [];
    },
  });
  if (!isEnded) return undefined;
  await noteActivity(user.id, { kind: 'session_ended', ...place }, engine);
  return last;
}

function locationOf(address: PostLogoutAddress | 'sign_in', { engine }: Site): string {
  return address === 'sign_in' ? `${engine.settings.issuer}/login` : postLogoutLocation(address);
}

interface Frames {
  readonly uris: readonly string[];
  /** Of the page's policy. */
  readonly origins: readonly string[];
}

/** What one page loads; the origins must fit into a header that proxies pass on. */
const MAX_FRAMES = 50;
const MAX_ORIGINS_LENGTH = 4096;

function framesOf(uris: readonly string[]): Frames {
  const framed: string[] = [];
  const origins = new Set<string>();
  let length = 0;
  for (const uri of new Set(uris)) {
    const origin = originSource(uri);
    const more = origins.has(origin) ? 0 : origin.length + 1;
    if (framed.length === MAX_FRAMES || length + more > MAX_ORIGINS_LENGTH) break;
    framed.push(uri);
    origins.add(origin);
    length += more;
  }
  return { uris: framed, origins: [...origins] };
}

interface LoggedOut {
  readonly leaving: SignOut;
  readonly staying: readonly Session[];
  readonly frames: Frames;
  readonly nextUrl: string | undefined;
  readonly setCookies: readonly string[];
}

function loggedOutPage({ leaving, staying, frames, nextUrl, setCookies }: LoggedOut, site: Site) {
  const { client, ui_locales } = leaving;
  const nonce = newNonce();
  const frame = frameOf(nonce, site, ui_locales, '/end_session');
  const view = loggedOutView({
    ...frame,
    staying: staying.map(({ user }) => user.username),
    ...client !== undefined && { client: homeOf(client, frame.messages.lang) },
    frames: frames.uris,
    ...nextUrl !== undefined && { nextUrl },
  });
  return page(view, {
    nonce,
    scriptNonce: nextUrl !== undefined,
    frameOrigins: frames.origins,
    cookies: setCookies,
    hsts: site.isSecure,
  });
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
