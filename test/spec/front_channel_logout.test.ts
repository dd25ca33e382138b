/** OpenID Connect Front-Channel Logout 1.0. */
import { describe, it } from 'node:test';
import { parseConfig } from '../../src/config/parse.ts';
import { assert, assertEquals, assertFalse, assertStringIncludes } from '../support/assert.ts';
import { type Browser, has, type Page } from '../support/browser.ts';
import { ALICE, authorizationUrl, claimsOf, tokensOf } from '../support/flow.ts';
import {
  METADATA,
  refusalOf,
  register,
  registered,
  withRegistrar,
} from '../support/registration.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const SIGNED_OUT = 'https://app.example/signed-out';

function clientOf(name: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    ...CLIENT,
    client_id: name,
    redirect_uris: [`https://${name}.example/callback`],
    frontchannel_logout_uri: `https://${name}.example/out`,
    consent_mode: 'implicit',
    ...more,
  };
}

const CLIENTS = [
  clientOf('app', { post_logout_redirect_uris: [SIGNED_OUT] }),
  clientOf('named', {
    redirect_uris: ['https://named.example:8443/callback'],
    frontchannel_logout_uri: 'https://named.example:8443/out?tenant=a%20b&x',
    frontchannel_logout_session_required: true,
    subject_type: 'pairwise',
  }),
  clientOf('absent'),
  clientOf('deaf', { frontchannel_logout_uri: undefined }),
];

async function withOp(work: (op: Op, browser: Browser) => Promise<void>): Promise<void> {
  const op = await openOp({ config: { clients: JSON.parse(JSON.stringify(CLIENTS)) as object } });
  try {
    await work(op, op.browser());
  } finally {
    await op.close();
  }
}

/** Alice at a client: the ID token. */
async function signIn(client_id: string, op: Op, browser: Browser): Promise<string> {
  const redirect_uri = CLIENTS.find((each) => each.client_id === client_id)?.redirect_uris[0] ?? '';
  const page = await browser.authorize(authorizationUrl({ client_id, redirect_uri }), ALICE);
  const code = page.url.searchParams.get('code') ?? '';
  const grant = { grant_type: 'authorization_code', code, redirect_uri };
  return (await tokensOf(await op.post('/token', grant, basic(client_id)))).id_token;
}

function framesOf({ text }: Page): readonly string[] {
  return Array.from(
    text.matchAll(/<iframe\s+src="([^"]*)"/g),
    ([, src = '']) => src.replaceAll('&amp;', '&'),
  );
}

function frameSources({ headers }: Page): string | undefined {
  const policy = headers.get('content-security-policy') ?? '';
  return /frame-src ([^;]*)/.exec(policy)?.[1];
}

describe('Front-Channel Logout §3', () => {
  it('T116: the page frames what clients that took part have registered, and nothing else', () =>
    withOp(async (op, browser) => {
      const id_token = await signIn('app', op, browser);
      const sid = claimsOf(await signIn('named', op, browser))['sid'];
      await signIn('deaf', op, browser);
      assert(typeof sid === 'string');
      const page = await browser.get(`/end_session?id_token_hint=${id_token}`);
      assert(has(page, 'logged-out'));
      const query = `iss=${encodeURIComponent(ISSUER)}&sid=${sid}`;
      assertEquals(framesOf(page).toSorted(), [
        'https://app.example/out',
        `https://named.example:8443/out?tenant=a%20b&x&${query}`,
      ]);
      const sources = frameSources(page)?.split(' ').toSorted();
      assertEquals(sources, ['https://app.example', 'https://named.example:8443']);
      assertFalse(page.text.includes('<script'), 'nothing has to happen afterwards');
      assertFalse((page.headers.get('content-security-policy') ?? '').includes('script-src'));
    }));

  it('§3: then it goes on to the post-logout URI, by a script of its own or without', () =>
    withOp(async (op, browser) => {
      const query = new URLSearchParams({
        id_token_hint: await signIn('app', op, browser),
        post_logout_redirect_uri: SIGNED_OUT,
        state: '"><b>',
      });
      const page = await browser.get(`/end_session?${query}`);
      assertEquals([page.status, page.headers.get('location')], [200, null]);
      const next = `${SIGNED_OUT}?state=%22%3E%3Cb%3E`;
      assertStringIncludes(page.text, `id="continue" class="button" href="${next}"`);
      assertStringIncludes(page.text, `<meta http-equiv="refresh" content="6;url=${next}">`);
      assertEquals(framesOf(page), ['https://app.example/out']);
      const [, nonce] = /<script nonce="([^"]*)">/.exec(page.text) ?? [];
      const policy = page.headers.get('content-security-policy') ?? '';
      assertStringIncludes(policy, `script-src 'nonce-${nonce}'`);
      assertStringIncludes(policy, "frame-ancestors 'none'");
    }));

  it('T116: frames and their origins are bounded, those of the latest clients first', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `c${index}.${'long-'.repeat(11)}x`);
    const clients = names.map((name) => clientOf(name));
    const op = await openOp({ config: { clients: JSON.parse(JSON.stringify(clients)) as object } });
    try {
      const browser = op.browser();
      for (const client_id of names) {
        const redirect_uri = `https://${client_id}.example/callback`;
        await browser.authorize(authorizationUrl({ client_id, redirect_uri }), ALICE);
      }
      const page = await browser.submit(await browser.get('/end_session'), { decision: 'logout' });
      const frames = framesOf(page);
      assert(frames.length > 40 && frames.length <= 50, String(frames.length));
      assertEquals(frames[0], `https://${names.at(-1)}.example/out`);
      assertEquals(frameSources(page)?.split(' '), frames.map((uri) => new URL(uri).origin));
      assert((frameSources(page)?.length ?? 0) <= 4096);
    } finally {
      await op.close();
    }
  });

  it('T117: the session is gone before the page is there', () =>
    withOp(async (op, browser) => {
      await signIn('app', op, browser);
      const question = await browser.get('/end_session');
      const page = await browser.submit(question, { decision: 'logout' });
      assertEquals(framesOf(page), ['https://app.example/out']);
      const silent = await browser.get(authorizationUrl({ prompt: 'none' }));
      assertEquals(silent.url.searchParams.get('error'), 'login_required');
      // What was told is not told again.
      const again = await browser.submit(question, { decision: 'logout' });
      assertEquals(framesOf(again), []);
    }));

  it('signing out at our own account page tells them, too, and leads to the sign-in page', () =>
    withOp(async (op, browser) => {
      await signIn('app', op, browser);
      const page = await browser.submit(await browser.get('/account'), {}, {}, 'id="sign-out"');
      assertEquals(framesOf(page), ['https://app.example/out']);
      assertStringIncludes(page.text, `href="${ISSUER}/login"`);
    }));

  it('§3: the sid is that of the ID token, and another one in another sector', () =>
    withOp(async (op, browser) => {
      const first = claimsOf(await signIn('app', op, browser))['sid'];
      const second = claimsOf(await signIn('named', op, browser))['sid'];
      assertFalse(first === second);
      const page = await browser.submit(await browser.get('/end_session'), { decision: 'logout' });
      const named = framesOf(page).find((uri) => uri.includes('named')) ?? '';
      assertEquals(new URL(named).searchParams.get('sid'), second);
    }));
});

describe('Front-Channel Logout §2', () => {
  const wrong = [
    'https://other.example/out',
    'https://app.example:444/out',
    'http://app.example/out',
    'https://app.example/out#top',
    'https://user@app.example/out',
    'com.example.app:/out',
    'javascript:alert(1)',
  ];

  it('frontchannel_logout_uri has scheme, host and port of a redirect URI', async () => {
    for (const frontchannel_logout_uri of wrong) {
      const clients = [clientOf('app', { frontchannel_logout_uri })];
      const parsed = parseConfig({ issuer: ISSUER, clients });
      assertFalse(parsed.ok, frontchannel_logout_uri);
      assertStringIncludes(JSON.stringify(parsed.mistakes), 'frontchannel_logout_uri');
    }
    await withRegistrar(async (op) => {
      const uri = 'https://elsewhere.example/out';
      const refusal = await refusalOf(
        await register(op, { ...METADATA, frontchannel_logout_uri: uri }),
      );
      assertEquals(refusal.error, 'invalid_client_metadata');
      const own = { frontchannel_logout_uri: 'https://rp.example/out?x=y' };
      const client = await registered(op, { ...METADATA, ...own });
      assertEquals(client['frontchannel_logout_uri'], own.frontchannel_logout_uri);
      assertEquals(client['frontchannel_logout_session_required'], false);
    });
  });

  it('T108, T116: no client registers a host at which the policy of a page would end', async () => {
    const { redirect_uris: [first] } = METADATA;
    const rows: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
      ['invalid_redirect_uri', {
        redirect_uris: [first, 'https://a;b.example/callback'],
        frontchannel_logout_uri: 'https://a;b.example/out',
      }],
      ['invalid_redirect_uri', {
        application_type: 'native',
        redirect_uris: ['com.example.app://['],
      }],
      ['invalid_client_metadata', { logo_uri: 'https://a;b.example/logo.png' }],
      ['invalid_client_metadata', { logo_uri: 'https://%/logo.png' }],
    ];
    await withRegistrar(async (op) => {
      for (const [error, wrong] of rows) {
        const refusal = await refusalOf(await register(op, { ...METADATA, ...wrong }));
        assertEquals(refusal.error, error, JSON.stringify(wrong));
      }
    });
  });
});
