/** What browsers hold of an issuer at a host that several issuers guard. */
import { assert } from './assert.ts';
import { has } from './browser.ts';
import { ALICE } from './flow.ts';
import type { Artefact } from './issuer_artefacts.ts';
import { cookieOf, GUARDED } from './issuer_world.ts';
import type { Issuers } from './issuers.ts';

const ORIGIN = `https://${GUARDED}`;

/** What a proxy asks an issuer. */
function asked(
  issuers: Issuers,
  at: string,
  uri: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return issuers.fetch(`${at}/authz/forward-auth`, {
    headers: {
      ...headers,
      'x-forwarded-method': 'GET',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': GUARDED,
      'x-forwarded-uri': uri,
    },
  });
}

function cookieIn(response: Response, name: string): string | undefined {
  const cookie = response.headers.getSetCookie().find((each) => each.startsWith(`${name}=`));
  return cookie?.split(';')[0]?.slice(name.length + 1);
}

/** The way to the issuer, what the browser keeps for the host, and where it is handed back. */
async function passage(issuers: Issuers, at: string) {
  const started = await asked(issuers, at, '/.ostiary/sign-in?rd=%2Fx');
  const state = cookieIn(started, cookieOf('ostiary_host_state', at)) ?? '';
  const browser = issuers.browser(at);
  const login = await browser.get(started.headers.get('location') ?? '');
  assert(has(login, 'login'), login.text.slice(0, 500));
  const end = async () => (await browser.submit(login, ALICE)).url;
  return { state, end, login };
}

async function redeemed(issuers: Issuers, at: string, callback: URL, state: string) {
  const cookie = `${cookieOf('ostiary_host_state', at)}=${state}`;
  const answer = await asked(issuers, at, callback.pathname + callback.search, { cookie });
  return cookieIn(answer, cookieOf('ostiary_host', at));
}

export const HOST_ARTEFACTS: readonly Artefact[] = [
  {
    name: 'the ticket for a protected host',
    async begin(at, issuers) {
      const { state, end } = await passage(issuers, at);
      const callback = await end();
      assert(callback.origin === ORIGIN, callback.href);
      return async (other) => await redeemed(issuers, other, callback, state) !== undefined;
    },
  },
  {
    name: 'the cookie of a protected host',
    async begin(at, issuers) {
      const { state, end } = await passage(issuers, at);
      const value = await redeemed(issuers, at, await end(), state);
      assert(value !== undefined);
      return async (other) => {
        const cookie = `${cookieOf('ostiary_host', other)}=${value}`;
        return (await asked(issuers, other, '/x', { cookie })).status === 200;
      };
    },
  },
  {
    name: 'the way from a protected host to the sign-in',
    async begin(at, issuers) {
      const { login } = await passage(issuers, at);
      return async (other) => {
        const page = await issuers.browser(other).get(`${other}/login${login.url.search}`);
        return has(page, 'login');
      };
    },
  },
];
