/** What browsers hold of an issuer: cookies, and forms with what is sealed in them. */
import {
  assertionOptions,
  checkAssertion,
  enrolPasskey,
  registrationOptions,
} from '../../src/engine/factors/passkey.ts';
import { assert } from './assert.ts';
import { createAuthenticator } from './authenticator.ts';
import { type Browser, has, type Page } from './browser.ts';
import { ALICE, authorizationUrl } from './flow.ts';
import type { Artefact } from './issuer_artefacts.ts';
import { newBackchannelRequest } from './issuer_backchannel_artefacts.ts';
import { cookieOf, renamed, submitTo } from './issuer_world.ts';
import type { Issuers } from './issuers.ts';

const ASKED = { prompt: 'consent' };

async function signedIn(issuers: Issuers, at: string, isRemembered = false): Promise<Browser> {
  const browser = issuers.browser(at);
  const page = await browser.get(authorizationUrl(ASKED, `${at}/authorize`));
  const after = await browser.submit(page, { ...ALICE, ...isRemembered && { remember: 'yes' } });
  assert(has(after, 'accept'), after.text.slice(0, 500));
  return browser;
}

async function hasAccount(browser: Browser, at: string): Promise<boolean> {
  const page = await browser.get(`${at}/account`);
  assert(has(page, 'login') || has(page, 'sign-out'), page.text.slice(0, 500));
  return has(page, 'sign-out');
}

/** Whether a form was taken: what is refused is a page that says so. */
function isTaken(page: Page): boolean {
  const isRefused = [400, 403].includes(page.status) && has(page, 'error');
  assert(isRefused || page.status < 400, `${page.status} ${page.text.slice(0, 500)}`);
  return !isRefused;
}

/** A browser of one name at both issuers, signed in at the second by itself. */
async function twin(issuers: Issuers, own: Browser, at: string, other: string): Promise<Browser> {
  if (at === other) return own;
  const browser = renamed(issuers, own, at, other, ['ostiary_browser']);
  await browser.authorize(authorizationUrl(ASKED, `${other}/authorize`), ALICE);
  return browser;
}

const BINDING = 'a form';

/** A passkey of alice's, which issuers of one host share, and what it says to a challenge of one of them. */
const PASSKEY: Artefact = {
  name: 'the answer of a passkey',
  async begin(at, issuers) {
    const engine = issuers.engine(at);
    const user = await engine.directory.findByUsername(ALICE.username);
    assert(user !== undefined);
    const authenticator = createAuthenticator({ origin: new URL(at).origin });
    const made = authenticator.create(await registrationOptions(user, BINDING, engine));
    const passkey = { response: made, name: at };
    assert(await enrolPasskey(user, passkey, BINDING, engine) === 'enrolled');
    const asked = { user, binding: BINDING };
    const response = authenticator.get(await assertionOptions(asked, engine));
    const attempt = { ...asked, response, requireUserVerification: false };
    return async (other) => (await checkAssertion(attempt, issuers.engine(other))).kind === 'ok';
  },
};

export const PAGE_ARTEFACTS: readonly Artefact[] = [
  {
    name: 'the cookie of a session',
    async begin(at, issuers) {
      const browser = await signedIn(issuers, at);
      assert(browser.cookies.has(cookieOf('ostiary_session', at)));
      return (other) => hasAccount(renamed(issuers, browser, at, other), other);
    },
  },
  {
    name: 'the cookie of a session that stays',
    async begin(at, issuers) {
      const browser = await signedIn(issuers, at, true);
      assert(browser.cookies.has(cookieOf('ostiary_remembered', at)));
      return (other) => hasAccount(renamed(issuers, browser, at, other), other);
    },
  },
  {
    name: 'all cookies as they are',
    async begin(at, issuers) {
      const { cookies } = await signedIn(issuers, at, true);
      return (other) => {
        const browser = issuers.browser(other);
        for (const [name, value] of cookies) browser.cookies.set(name, value);
        return hasAccount(browser, other);
      };
    },
  },
  {
    name: 'the form of the sign-in page, with the request in it',
    async begin(at, issuers) {
      const browser = issuers.browser(at);
      const page = await browser.get(authorizationUrl(ASKED, `${at}/authorize`));
      return async (other) => {
        const own = at === other ? browser : renamed(issuers, browser, at, other);
        return isTaken(await submitTo(own, page, at, other, ALICE));
      };
    },
  },
  {
    name: 'the form of the consent page, with the request in it',
    async begin(at, issuers) {
      const browser = await signedIn(issuers, at);
      const page = await browser.get(authorizationUrl(ASKED, `${at}/authorize`));
      assert(has(page, 'accept'), page.text.slice(0, 500));
      return async (other) => {
        const own = await twin(issuers, browser, at, other);
        return isTaken(await submitTo(own, page, at, other, { decision: 'accept' }));
      };
    },
  },
  {
    name: 'the form that confirms a device',
    async begin(at, issuers) {
      const browser = await signedIn(issuers, at);
      const form = { client_id: 'tv', scope: 'openid' };
      const codes = await issuers.post(`${at}/device_authorization`, form);
      const { user_code } = await codes.json() as { readonly user_code: string };
      const page = await browser.submit(await browser.get(`${at}/device`), { user_code });
      assert(has(page, 'accept'), page.text.slice(0, 500));
      return async (other) => {
        const own = await twin(issuers, browser, at, other);
        return isTaken(await submitTo(own, page, at, other, { decision: 'accept' }));
      };
    },
  },
  {
    name: 'the form that answers a backchannel authentication request',
    async begin(at, issuers) {
      const browser = await signedIn(issuers, at);
      await newBackchannelRequest(issuers, at);
      const page = await browser.get(`${at}/account/requests`);
      assert(has(page, 'approve'), page.text.slice(0, 500));
      return async (other) => {
        const own = await twin(issuers, browser, at, other);
        return isTaken(await submitTo(own, page, at, other, { decision: 'accept' }));
      };
    },
  },
  {
    name: 'the form of a page of the account',
    async begin(at, issuers) {
      const browser = await signedIn(issuers, at);
      const page = await browser.get(`${at}/account/profile`);
      assert(has(page, 'save'), page.text.slice(0, 500));
      return async (other) => {
        const own = await twin(issuers, browser, at, other);
        return isTaken(await submitTo(own, page, at, other, { name: 'Alice' }));
      };
    },
  },
  {
    name: 'the form that asks whether to sign out',
    async begin(at, issuers) {
      const browser = await signedIn(issuers, at);
      const page = await browser.get(`${at}/end_session`);
      assert(has(page, 'logout'), page.text.slice(0, 500));
      return async (other) => {
        const own = await twin(issuers, browser, at, other);
        return isTaken(await submitTo(own, page, at, other, { decision: 'stay' }));
      };
    },
  },
  // The last one, as alice has a second factor from then on.
  PASSKEY,
];
