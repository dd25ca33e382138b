/** What a reverse proxy asks about each request to a protected host. */
import { has, openBrowser } from '../../test/support/browser.ts';
import type { Contestant } from './contestants.ts';
import { PERSON } from './fixture.ts';
import { CONCURRENCY, requests, type Row } from './rows.ts';

const HOST = 'app.example';

/** Of the installation that these rows are about. */
export const GUARDING = {
  trusted_proxies: ['127.0.0.1'],
  access_control: {
    rules: [
      { domain: HOST, policy: 'bypass', resources: '^/static/' },
      { domain: HOST, policy: 'two_factor', resources: '^/admin([/?].*)?$' },
      { domain: HOST, policy: 'one_factor' },
    ],
  },
} as const;

export const PROXIED_ROWS: readonly Row[] = [
  {
    name: 'forward-auth',
    unit: 'requests',
    budgets: [{ of: 'bare', atLeast: 0.5 }],
    bare: 'hello',
    peer: 'none',
    isGuarding: true,
    async prepare(contestant) {
      const cookies = contestant.name === 'bare'
        ? [`ostiary_host=${'x'.repeat(230)}`]
        : await hostCookies(contestant);
      const url = checkUrl(contestant);
      return {
        measure: requests(contestant, {
          url,
          headers: asked('/x?y=1'),
          variants: cookies.map((cookie) => ({ headers: { cookie } })),
        }),
        async check() {
          if (contestant.name === 'bare') return;
          const [cookie = ''] = cookies;
          const { status, headers } = await check(url, '/x?y=1', cookie);
          const isRight = status === 200 && headers.get('remote-user') === PERSON.username;
          const stranger = await check(url, '/x?y=1', `${cookie}x`);
          const admin = await check(url, '/admin', cookie);
          if (!isRight || stranger.status !== 401 || admin.status !== 401) {
            throw new Error(`forward-auth says ${status}, ${stranger.status}, ${admin.status}`);
          }
        },
      };
    },
  },
];

function checkUrl({ endpoints }: Contestant): string {
  return `${endpoints.issuer}/authz/forward-auth`;
}

function asked(uri: string): Readonly<Record<string, string>> {
  return {
    'accept': 'text/html',
    'x-forwarded-for': '192.0.2.7',
    'x-forwarded-method': 'GET',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': HOST,
    'x-forwarded-uri': uri,
  };
}

function check(url: string, uri: string, cookie: string): Promise<Response> {
  return fetch(url, {
    headers: { ...asked(uri), cookie, accept: 'application/json' },
    redirect: 'manual',
  });
}

/** As many as actors, each of a session of its own. */
async function hostCookies(contestant: Contestant): Promise<readonly string[]> {
  const url = checkUrl(contestant);
  const cookies: string[] = [];
  for (let i = 0; i < CONCURRENCY; i++) {
    const started = await check(url, '/.ostiary/sign-in?rd=%2F', '');
    const browser = openBrowser((request) => fetch(request), contestant.endpoints.issuer);
    const login = await browser.get(started.headers.get('location') ?? '');
    if (!has(login, 'login')) throw new Error(`no sign-in page: ${login.status}`);
    const { url: { pathname, search } } = await browser.submit(login, PERSON);
    const back = await check(url, pathname + search, pairs(started));
    cookies.push(`${pairs(started)}; ${pairs(back)}`);
  }
  return cookies;
}

function pairs({ headers }: Response): string {
  return headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]).join('; ');
}
