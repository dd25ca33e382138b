/** Somebody's browser, and a proxy in front of protected hosts that asks the provider as Traefik does. */
import { assert, AssertionError } from './assert.ts';
import { type Browser, has, openBrowser, type Page } from './browser.ts';
import { type Op, openOp, PASSWORD } from './op.ts';

/** The proxy's own address, and that of the person in front of it. */
export const PROXY = '10.9.8.7';
export const PERSON = '203.0.113.9';

const ACCESS_RULES = [
  { domain: 'public.example', policy: 'bypass' },
  { domain: 'app.example', policy: 'two_factor', resources: '^/admin' },
  { domain: 'app.example', policy: 'one_factor', subject: 'group:staff' },
  { domain: 'other.example', policy: 'one_factor' },
  { domain: 'closed.example', policy: 'one_factor', subject: 'group:nobody' },
  { domain: 'shut.example', policy: 'deny' },
] as const;

export async function openProxiedOp(
  config: Readonly<Record<string, unknown>> = {},
  options: Omit<Parameters<typeof openOp>[0] & object, 'config'> = {},
): Promise<Op> {
  return await openOp({
    ...options,
    config: { trusted_proxies: [PROXY], access_control: { rules: ACCESS_RULES }, ...config },
  });
}

/** One of them for a test. */
export async function withProxied(
  work: (op: Op) => Promise<void>,
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const op = await openProxiedOp(config);
  try {
    await work(op);
  } finally {
    await op.close();
  }
}

/** What Traefik sends to a forward-auth address. */
export function traefik(url: string, headers: Readonly<Record<string, string>> = {}): Request {
  const { protocol, host, pathname, search } = new URL(url);
  return new Request('http://ostiary:9091/authz/forward-auth', {
    redirect: 'manual',
    headers: {
      'accept': 'text/html',
      ...headers,
      'x-forwarded-for': PERSON,
      'x-forwarded-method': headers['x-forwarded-method'] ?? 'GET',
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-host': host,
      'x-forwarded-uri': pathname + search,
    },
  });
}

export function ask(
  op: Op,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return op.instance.fetch(traefik(url, headers), { address: PROXY });
}

export interface Surfer {
  readonly cookies: ReadonlyMap<string, Map<string, string>>;
  readonly issuer: Browser;
  /** Where a URL leads in the end: a page of the issuer, or the answer of a protected host. */
  get(url: string): Promise<Page>;
  submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page>;
  /** The URL, through the sign-in that it asks for. */
  signIn(url: string, username?: string): Promise<Page>;
}

const MAX_REDIRECTS = 12;

/** A jar for each host, as browsers keep them; each protected host is behind the proxy. */
export function openSurfer(op: Op): Surfer {
  const { issuer } = op.instance.engine().settings;
  const own = openBrowser((request) => op.fetch(request), issuer);
  const jars = new Map<string, Map<string, string>>();
  const follow = async (url: string, rest = MAX_REDIRECTS): Promise<Page> => {
    if (rest === 0) throw new AssertionError({ message: `Redirects without end at ${url}` });
    const { origin } = new URL(url);
    if (origin === new URL(issuer).origin) {
      const page = await own.get(url);
      return page.url.origin === origin ? page : await follow(page.url.href, rest - 1);
    }
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const response = await ask(op, url, cookie === '' ? {} : { cookie });
    for (const each of response.headers.getSetCookie()) {
      assert(each.startsWith('__Host-') && /; Secure/.test(each) && /HttpOnly/.test(each), each);
      const [name = '', value = ''] = (each.split(';')[0] ?? '').split(/=(.*)/);
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null && response.status < 400) return await follow(location, rest - 1);
    const { status, headers } = response;
    return { url: new URL(url), status, headers, text: await response.text() };
  };
  const submit: Surfer['submit'] = async (page, fields) => {
    const next = await own.submit(page, fields);
    return next.url.origin === new URL(issuer).origin ? next : await follow(next.url.href);
  };
  return {
    cookies: jars,
    issuer: own,
    get: (url) => follow(url),
    submit,
    async signIn(url, username = 'alice') {
      const page = await follow(url);
      assert(has(page, 'login'), `${page.status} ${page.url.href} ${page.text.slice(0, 300)}`);
      return await submit(page, { username, password: PASSWORD });
    },
  };
}
