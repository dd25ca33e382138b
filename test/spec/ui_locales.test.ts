import { describe, it } from 'node:test';
import { LANGUAGES } from '../../src/interaction/languages.ts';
import { assert, assertEquals, assertFalse, assertMatch } from '../support/assert.ts';
import {
  type Browser,
  formAction,
  formOf,
  has,
  hiddenFields,
  type Page,
} from '../support/browser.ts';
import { ALICE, answerOf, authorizationUrl } from '../support/flow.ts';
import { foreign } from '../support/languages.ts';
import { basic, CLIENT, ISSUER, type Op, openOp } from '../support/op.ts';

const COOKIE = '__Host-ostiary_language';

function openPolyglot(config: Readonly<Record<string, unknown>> = {}): Promise<Op> {
  const languages = [LANGUAGES[0]!, foreign('de'), foreign('fr'), foreign('ar', 'ar', 'rtl')];
  return openOp({ languages, config });
}

/** The language a page says it is in, which its words agree with. */
function languageOf(page: Page): string {
  const [, lang = '', dir] = /<html lang="([^"]*)" dir="([^"]*)">/.exec(page.text) ?? [];
  assertEquals(dir, lang === 'ar' ? 'rtl' : 'ltr');
  const [, title = ''] = /<h1>([^<]*)/.exec(page.text) ?? [];
  assertEquals(/^(de|fr|ar): /.exec(title)?.[1] ?? 'en', lang);
  return lang;
}

function pick(browser: Browser, page: Page, language: string): Promise<Page> {
  return browser.submit(page, { language }, {}, 'set-language');
}

function backOf(page: Page): string | undefined {
  return new Map(hiddenFields(formOf(page.text, 'set-language'))).get('back');
}

describe('the language of pages', () => {
  const ROWS: readonly {
    readonly ui_locales?: string;
    readonly cookie?: string;
    readonly accept?: string;
    readonly expected: string;
  }[] = [
    { expected: 'en' },
    { accept: 'tlh, de-AT;q=0.8, fr;q=0.9', expected: 'fr' },
    { accept: 'tlh', expected: 'en' },
    { cookie: 'de', accept: 'fr', expected: 'de' },
    { cookie: 'xx', accept: 'fr', expected: 'fr' },
    { cookie: '../de', accept: 'fr', expected: 'fr' },
    { ui_locales: 'tlh ar-EG fr', accept: 'de', expected: 'ar' },
    { ui_locales: 'tlh', accept: 'de', expected: 'de' },
    { ui_locales: '*** <b>', accept: 'de', expected: 'de' },
    { ui_locales: 'fr', cookie: 'de', accept: 'ar', expected: 'fr' },
    { ui_locales: 'fr', cookie: 'de.fr', expected: 'de' },
    { ui_locales: 'ar fr', cookie: 'de.fr', expected: 'ar' },
  ];
  for (const { ui_locales, cookie, accept, expected } of ROWS) {
    const given = JSON.stringify({ ui_locales, cookie, accept });
    it(`Core §3.1.2.1, RFC 9110 §12.5.4: ${given} makes ${expected}`, async () => {
      const op = await openPolyglot();
      const browser = op.browser();
      if (cookie !== undefined) browser.cookies.set(COOKIE, cookie);
      const headers = accept === undefined ? {} : { 'accept-language': accept };
      const { url } = await browser.get(authorizationUrl({ ui_locales }));
      assertEquals(languageOf(await browser.get(url.href, headers)), expected);
    });
  }

  it('RFC 9126 §2: ui_locales of a pushed request, and through every page', async () => {
    const op = await openPolyglot();
    const { request_uri } = await (await op.post('/par', {
      redirect_uri: CLIENT.redirect_uris[0],
      response_type: 'code',
      scope: 'openid email',
      ui_locales: 'de',
    }, basic(CLIENT.client_id))).json();
    const browser = op.browser();
    const login = await browser.get(`/authorize?client_id=app&request_uri=${request_uri}`);
    assertEquals(languageOf(login), 'de');
    const wrong = await browser.submit(login, { username: 'alice', password: 'no' });
    assertEquals(languageOf(wrong), 'de');
    const consent = await browser.submit(wrong, ALICE);
    assert(has(consent, 'accept'));
    assertEquals(languageOf(consent), 'de');
  });

  it('error pages, addresses that lead nowhere and our first page are in it, too', async () => {
    const op = await openPolyglot();
    for (const path of ['/', '/nowhere', '/authorize', '/login?pending=x', '/setup?token=x']) {
      const page = await op.browser().get(path, { 'accept-language': 'fr' });
      assertEquals(languageOf(page), 'fr', path);
    }
    const refused = await op.browser().post('/login', new URLSearchParams(), {
      'accept-language': 'fr',
    });
    assertEquals([refused.status, languageOf(refused)], [403, 'fr']);
  });

  it('discovery lists the languages there are', async () => {
    const ofOp = async (op: Op) =>
      (await (await op.fetch('/.well-known/openid-configuration')).json()).ui_locales_supported;
    assertEquals(await ofOp(await openPolyglot()), ['en', 'de', 'fr', 'ar']);
    assertEquals(await ofOp(await openOp()), LANGUAGES.map(({ tag }) => tag));
  });
});

describe('the language picker', () => {
  it('is on every page, and leads back to it in the language picked', async () => {
    const op = await openPolyglot();
    const browser = op.browser();
    const login = await browser.get(authorizationUrl({ scope: 'openid email' }));
    const again = await pick(browser, login, 'ar');
    assertEquals(again.url.href, login.url.href);
    assertEquals(languageOf(again), 'ar');
    const consent = await browser.submit(again, ALICE);
    const french = await pick(browser, consent, 'fr');
    assertEquals([has(french, 'accept'), languageOf(french)], [true, 'fr']);
    const home = await browser.get('/');
    assertEquals(languageOf(home), 'fr');
    assertEquals(languageOf(await pick(browser, home, 'en')), 'en');
    assertEquals(languageOf(await pick(browser, await browser.get('/nowhere?a=1'), 'de')), 'de');
  });

  it('overrules what the application asks for, until it asks for something else', async () => {
    const op = await openPolyglot();
    const browser = op.browser();
    const login = await browser.get(authorizationUrl({ ui_locales: 'de' }));
    assertEquals(languageOf(await pick(browser, login, 'fr')), 'fr');
    assertEquals(languageOf(await browser.get(authorizationUrl({ ui_locales: 'de' }))), 'fr');
    assertEquals(languageOf(await browser.get(authorizationUrl({ ui_locales: 'ar' }))), 'ar');
  });

  it('after a form, leads to the same page with the same errand', async () => {
    const op = await openPolyglot({ sign_up: 'open' });
    const browser = op.browser();
    const login = await browser.get(authorizationUrl());
    const wrong = await browser.submit(login, { username: 'alice', password: 'no' });
    assertEquals(wrong.url.search, '');
    const again = await pick(browser, wrong, 'de');
    assertEquals(again.url.href, login.url.href);
    const done = await browser.submit(again, ALICE);
    assertEquals([has(done, 'accept'), languageOf(done)], [true, 'de']);
    const newcomer = op.browser();
    const signUp = await newcomer.submit(await newcomer.get('/sign-up'), { username: '' });
    assertEquals([has(signUp, 'create'), backOf(signUp)], [true, '/sign-up']);
    const device = await browser.submit(await browser.get('/device'), { user_code: 'AAAA' });
    assertEquals(backOf(device), '/device');
  });

  it('is on no page where there is one language, nor where the page leaves by itself', async () => {
    assertFalse(
      has(await (await openOp({ languages: [LANGUAGES[0]!] })).browser().get('/'), 'language'),
    );
    const op = await openPolyglot();
    const page = await op.browser().authorize(
      authorizationUrl({ response_mode: 'form_post' }),
      ALICE,
    );
    assertEquals(formAction(page.text), CLIENT.redirect_uris[0]);
    assertFalse(has(page, 'language'));
  });

  it('keeps the choice for a year, for our pages alone', async () => {
    for (
      const [issuer, expected] of [
        [
          ISSUER,
          '__Host-ostiary_language=de; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=31536000',
        ],
        [
          'http://localhost:9091/auth',
          'ostiary_language-9091.auth=de; Path=/auth; HttpOnly; SameSite=Lax; Max-Age=31536000',
        ],
      ] as const
    ) {
      const op = await openPolyglot({ issuer });
      const base = new URL(issuer).pathname.replace(/\/$/, '');
      const response = await op.post(`${base}/language`, { language: 'de', back: `${base}/login` });
      assertEquals(response.headers.getSetCookie(), [expected]);
      assertEquals(response.status, 303);
      assertEquals(response.headers.get('location'), `${issuer}/login`);
    }
  });

  for (
    const back of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '\\\\evil.example',
      '/\t/evil.example',
      'javascript:alert(1)',
      'https://op.example@evil.example/',
      '/auth/../admin',
      '/elsewhere',
      '/authority',
      '/auth',
      '',
      '/auth/%2e%2e/admin',
    ]
  ) {
    it(`T001: leads to our first page, not to ${JSON.stringify(back)}`, async () => {
      const op = await openPolyglot({ issuer: `${ISSUER}/auth` });
      const response = await op.post('/auth/language', { language: 'de', back });
      assertEquals(response.headers.get('location'), `${ISSUER}/auth/`);
    });
  }

  for (
    const [name, headers] of [
      ['another site', { origin: 'https://evil.example' }],
      ['a frame of another site', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
      ['a sibling', { 'sec-fetch-site': 'same-site' }],
    ] as const
  ) {
    it(`T106: changes nothing for ${name}`, async () => {
      const op = await openPolyglot();
      const response = await op.post('/language', { language: 'de', back: '/' }, headers);
      assertEquals([response.status, response.headers.getSetCookie()], [403, []]);
    });
  }

  it('refuses a language that there is not, and a form that says things twice', async () => {
    const op = await openPolyglot();
    const forms = [{ language: 'xx' }, {}, { language: 'constructor' }, { language: 'DE' }];
    for (const form of forms) {
      const response = await op.post('/language', form);
      assertEquals([response.status, response.headers.getSetCookie()], [400, []]);
      assertMatch(await response.text(), /id="error"[^>]*>invalid_request/);
    }
    const twice = await op.post('/language', [['language', 'de'], ['language', 'fr']]);
    assertEquals(twice.status, 400);
    const odd = await op.post('/language', { language: 'de', back: '/', over: 'a;b, <c> fr' });
    assertEquals(odd.headers.getSetCookie()[0]?.split(';')[0], `${COOKIE}=de.fr`);
  });

  it('answers an authorization response as before', async () => {
    const op = await openPolyglot();
    const page = await op.browser().authorize(authorizationUrl({ ui_locales: 'de' }), ALICE);
    assertMatch(answerOf(page)['code'] ?? '', /./);
  });
});
