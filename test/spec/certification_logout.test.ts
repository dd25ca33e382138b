/**
 * What the OpenID Foundation's conformance suite expects of a provider that signs people out, module by module: each `it`
 * begins with the module's name.
 */
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse, assertNotEquals } from '../support/assert.ts';
import { type Browser, has, type Page } from '../support/browser.ts';
import { answerOf, authorizationUrl, claimsOf, obtainTokens } from '../support/flow.ts';
import { OUTBOUND_TO_RP, startLogoutRp } from '../support/logout_rp.ts';
import { CLIENT, type Op, openOp } from '../support/op.ts';

const SIGNED_OUT = 'https://app.example/post_logout_redirect';
const FRAMED = 'https://app.example/frontchannel_logout';
const STATE = 'AbCdE12345';

/** A module: somebody signs in, then is sent to sign out. */
interface Run {
  readonly op: Op;
  readonly browser: Browser;
  readonly id_token: string;
  /** The end_session_endpoint with the usual parameters and these; undefined takes one away. */
  endSession(changes?: Readonly<Record<string, string | undefined>>): Promise<Page>;
  /** What a request in silence is answered afterwards. */
  silently(): Promise<Readonly<Record<string, string>>>;
}

async function withRun(
  work: (run: Run) => Promise<void>,
  registered: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const clients = [{ ...CLIENT, post_logout_redirect_uris: [SIGNED_OUT], ...registered }];
  const op = await openOp({ config: { clients, outbound: OUTBOUND_TO_RP } });
  try {
    const browser = op.browser();
    const { id_token } = await obtainTokens(op, {}, browser);
    await work({
      op,
      browser,
      id_token,
      endSession(changes = {}) {
        const parameters = {
          id_token_hint: id_token,
          post_logout_redirect_uri: SIGNED_OUT,
          state: STATE,
          ...changes,
        };
        const pairs = Object.entries(parameters).filter((pair): pair is [string, string] =>
          pair[1] !== undefined
        );
        return browser.get(`/end_session?${new URLSearchParams(pairs)}`);
      },
      silently: async () => answerOf(await browser.get(authorizationUrl({ prompt: 'none' }))),
    });
  } finally {
    await op.close();
  }
}

/** An error or a question, and no redirect. */
function assertStays(page: Page, id: string): void {
  assertEquals(page.url.origin, 'https://op.example');
  assert(has(page, id), page.text.slice(0, 2000));
}

describe('oidcc-rp-initiated-logout', () => {
  it('discovery-endpoint-verification: end_session_endpoint is https', async () => {
    await withRun(async ({ op }) => {
      const response = await op.fetch('/.well-known/openid-configuration');
      const { end_session_endpoint } = await response.json() as Record<string, string>;
      assertEquals(end_session_endpoint, 'https://op.example/end_session');
    });
  });

  it('oidcc-rp-initiated-logout: back with the state, and nobody is signed in', () =>
    withRun(async ({ endSession, silently }) => {
      const page = await endSession();
      assertEquals(page.url.href, `${SIGNED_OUT}?state=${STATE}`);
      assertEquals((await silently())['error'], 'login_required');
    }));

  it('no-state: back without a state', () =>
    withRun(async ({ endSession, silently }) => {
      assertEquals((await endSession({ state: undefined })).url.href, SIGNED_OUT);
      assertEquals((await silently())['error'], 'login_required');
    }));

  const leadsNowhere: readonly (readonly [string, Readonly<Record<string, string | undefined>>])[] =
    [
      ['bad-post-logout-redirect-uri', { post_logout_redirect_uri: `${SIGNED_OUT}/extra` }],
      ['query-added-to-post-logout-redirect-uri', {
        post_logout_redirect_uri: `${SIGNED_OUT}?a=b`,
      }],
      ['bad-id-token-hint', { id_token_hint: 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA' }],
      ['no-id-token-hint', { id_token_hint: undefined }],
    ];
  for (const [module, changes] of leadsNowhere) {
    it(`${module}: an error page, no redirect`, () =>
      withRun(async ({ endSession, silently }) => {
        assertStays(await endSession(changes), 'error');
        assert('code' in await silently());
      }));
  }

  it('modified-id-token-hint: with alg none, an error page, no redirect', () =>
    withRun(async ({ id_token, endSession, silently }) => {
      const header = btoa('{"alg":"none","typ":"JWT"}').replaceAll('=', '');
      const unsigned = `${header}.${id_token.split('.')[1]}.`;
      assertStays(await endSession({ id_token_hint: unsigned }), 'error');
      assert('code' in await silently());
    }));

  const asks: readonly (readonly [string, Readonly<Record<string, string | undefined>>])[] = [
    ['no-params', { id_token_hint: undefined, state: undefined }],
    ['only-state', { id_token_hint: undefined }],
  ];
  for (const [module, changes] of asks) {
    it(`${module}: asks, then tells, and leads nowhere`, () =>
      withRun(async ({ browser, endSession, silently }) => {
        const page = await endSession({ ...changes, post_logout_redirect_uri: undefined });
        assertStays(page, 'logout');
        const done = await browser.submit(page, { decision: 'logout' });
        assertStays(done, 'logged-out');
        assertEquals((await silently())['error'], 'login_required');
      }));
  }

  it('no-post-logout-redirect-uri: tells, and leads nowhere', () =>
    withRun(async ({ endSession, silently }) => {
      const page = await endSession({ post_logout_redirect_uri: undefined });
      assertStays(page, 'logged-out');
      assertFalse('code' in await silently());
    }));
});

describe('oidcc-session-management', () => {
  it('discovery-endpoint-verification: check_session_iframe and end_session_endpoint are https', () =>
    withRun(async ({ op }) => {
      const response = await op.fetch('/.well-known/openid-configuration');
      const metadata = await response.json() as Record<string, string>;
      assertEquals([metadata['check_session_iframe'], metadata['end_session_endpoint']], [
        'https://op.example/check_session',
        'https://op.example/end_session',
      ]);
    }));

  it('rp-initiated-logout: session_state without spaces, and another one after signing out', () =>
    withRun(async ({ browser, endSession, silently }) => {
      const before = answerOf(await browser.get(authorizationUrl()))['session_state'] ?? '';
      assert(/^[^ ]+$/.test(before));
      const state = browser.cookies.get('__Host-ostiary_state');
      await endSession();
      assertNotEquals(browser.cookies.get('__Host-ostiary_state'), state);
      assertNotEquals((await silently())['session_state'], before);
    }));
});

describe('oidcc-frontchannel-logout', () => {
  it('discovery-endpoint-verification: both members are true', () =>
    withRun(async ({ op }) => {
      const response = await op.fetch('/.well-known/openid-configuration');
      const metadata = await response.json() as Record<string, unknown>;
      assertEquals(metadata['frontchannel_logout_supported'], true);
      assertEquals(metadata['frontchannel_logout_session_supported'], true);
    }));

  it('oidcc-frontchannel-rp-initiated-logout: the frame has iss and sid, then back with the state', () =>
    withRun(async ({ id_token, endSession }) => {
      const { text } = await endSession();
      const { sid, iss } = claimsOf(id_token);
      const query = new URLSearchParams({ iss: String(iss), sid: String(sid) });
      const src = `${FRAMED}?${query}`.replaceAll('&', '&amp;');
      assert(text.includes(`<iframe src="${src}"`), text);
      assert(text.includes(`href="${SIGNED_OUT}?state=${STATE}"`));
    }, { frontchannel_logout_uri: FRAMED, frontchannel_logout_session_required: true }));
});

describe('oidcc-backchannel-logout', () => {
  it('discovery-endpoint-verification: both members are true', () =>
    withRun(async ({ op }) => {
      const response = await op.fetch('/.well-known/openid-configuration');
      const metadata = await response.json() as Record<string, unknown>;
      assertEquals(metadata['backchannel_logout_supported'], true);
      assertEquals(metadata['backchannel_logout_session_supported'], true);
    }));

  it('oidcc-backchannel-rp-initiated-logout: a logout token arrives, and the browser is back', async () => {
    const rp = await startLogoutRp();
    try {
      await withRun(async ({ id_token, endSession }) => {
        assertEquals((await endSession()).url.href, `${SIGNED_OUT}?state=${STATE}`);
        const [request] = await rp.at('/backchannel_logout');
        assertEquals([request?.method, request?.contentType], [
          'POST',
          'application/x-www-form-urlencoded',
        ]);
        const claims = claimsOf(request?.token ?? '');
        const { iss, aud, sub, sid } = claimsOf(id_token);
        assertEquals([claims['iss'], claims['aud'], claims['sub'], claims['sid']], [
          iss,
          aud,
          sub,
          sid,
        ]);
        assertEquals(claims['events'], {
          'http://schemas.openid.net/event/backchannel-logout': {},
        });
        assert('iat' in claims && 'jti' in claims && !('nonce' in claims));
      }, {
        backchannel_logout_uri: `${rp.origin}/backchannel_logout`,
        backchannel_logout_session_required: true,
      });
    } finally {
      await rp.close();
    }
  });
});
