/**
 * What the OpenID Foundation's conformance suite expects of a provider that signs people out, module by module: each `it`
 * begins with the module's name.
 */
import { generateKeyPair, SignJWT } from 'jose';
import { describe, it } from 'node:test';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';
import { type Browser, has, type Page } from '../support/browser.ts';
import { APP_ORIGIN, ask, stateCookieOf } from '../support/check_session.ts';
import { answerOf, authorizationUrl, claimsOf, obtainTokens } from '../support/flow.ts';
import { OUTBOUND_TO_RP, startLogoutRp } from '../support/logout_rp.ts';
import { CLIENT, CLIENT_SECRET, type Op, openOp } from '../support/op.ts';

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
      ['no-id-token-hint', { id_token_hint: undefined }],
    ];
  for (const [module, changes] of leadsNowhere) {
    it(`${module}: an error page, no redirect`, () =>
      withRun(async ({ endSession, silently }) => {
        assertStays(await endSession(changes), 'error');
        assert('code' in await silently());
      }));
  }

  it('bad-id-token-hint: signed by the suite with the client’s secret, an error page, no redirect', () =>
    withRun(async ({ id_token, endSession, silently }) => {
      const id_token_hint = await new SignJWT(claimsOf(id_token))
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(new TextEncoder().encode(CLIENT_SECRET));
      assertStays(await endSession({ id_token_hint }), 'error');
      assert('code' in await silently());
    }));

  it('bad-id-token-hint: signed by the suite with a key of the client, a question, no redirect', () =>
    withRun(async ({ browser, id_token, endSession, silently }) => {
      const { privateKey } = await generateKeyPair('RS256');
      const id_token_hint = await new SignJWT(claimsOf(id_token))
        .setProtectedHeader({ alg: 'RS256', kid: 'of the client', typ: 'JWT' })
        .sign(privateKey);
      const page = await endSession({ id_token_hint });
      assertStays(page, 'logout');
      assert('code' in await silently());
      assertStays(await browser.submit(page, { decision: 'logout' }), 'logged-out');
    }));

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

  it('rp-initiated-logout: the OP iframe says unchanged before signing out, and changed after', () =>
    withRun(async ({ op, browser, endSession, silently }) => {
      const session_state = answerOf(await browser.get(authorizationUrl()))['session_state'] ?? '';
      assert(/^[^ ]+$/.test(session_state));
      // Posted by another frame of the page.
      const message = { data: `app ${session_state}`, from: 'sibling' } as const;
      const asked = () =>
        ask(op, message, { cookie: stateCookieOf(browser), referrer: `${APP_ORIGIN}/verify` });
      assertEquals(await asked(), 'unchanged');
      assertEquals((await endSession()).url.href, `${SIGNED_OUT}?state=${STATE}`);
      assertEquals(await asked(), 'changed');
      assertEquals((await silently())['error'], 'login_required');
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
    withRun(async ({ id_token, endSession, silently }) => {
      const { text } = await endSession();
      const { sid, iss } = claimsOf(id_token);
      const query = new URLSearchParams({ iss: String(iss), sid: String(sid) });
      const src = `${FRAMED}?${query}`.replaceAll('&', '&amp;');
      assert(text.includes(`<iframe src="${src}"`), text);
      assert(text.includes(`href="${SIGNED_OUT}?state=${STATE}"`));
      assertEquals((await silently())['error'], 'login_required');
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
      await withRun(async ({ id_token, endSession, silently }) => {
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
        assertEquals((await silently())['error'], 'login_required');
      }, {
        backchannel_logout_uri: `${rp.origin}/backchannel_logout`,
        backchannel_logout_session_required: true,
      });
    } finally {
      await rp.close();
    }
  });
});
