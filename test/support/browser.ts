/** A browser as far as plain forms go: cookies, redirects within the provider, forms with their hidden fields. */
import { AssertionError } from './assert.ts';
import type { Authenticator } from './authenticator.ts';

export type Fetch = (request: Request) => Promise<Response>;

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Browser {
  readonly cookies: Map<string, string>;
  /** Follows redirects as long as they stay with the provider; the page, or where it led outside. */
  get(url: string, headers?: Record<string, string>): Promise<Page>;
  /** Submits the form of a page, the first that holds `within`, with its hidden fields and these on top. */
  submit(
    page: Page,
    fields: Readonly<Record<string, string | readonly string[]>>,
    headers?: Record<string, string>,
    within?: string,
  ): Promise<Page>;
  /** A form of the test's own making. */
  post(url: string, body: URLSearchParams, headers?: Record<string, string>): Promise<Page>;
  /** An authorization request taken through sign-in and consent, to the address outside where it ends. */
  authorize(url: string, person: Person): Promise<Page>;
}

export interface Person {
  /** What a second factor is shown with. */
  readonly authenticator?: Pick<Authenticator, 'get'>;
  readonly username: string;
  readonly password: string;
  /** Scopes whose check boxes stay ticked; default all. */
  readonly scope?: readonly string[];
  /** The same of claims asked for one by one. */
  readonly claim?: readonly string[];
  /** Whether to have the answer saved; by default not. */
  readonly remember?: boolean;
}

/** What the script of a page with passkeys is given. */
function passkeyOptions({ text }: Page): unknown {
  const [, options = ''] = /data-options="([^"]*)"/.exec(text) ?? [];
  return JSON.parse(unescape(options));
}

export function openBrowser(fetch: Fetch, issuer: string): Browser {
  const { origin } = new URL(issuer);
  const cookies = new Map<string, string>();

  async function send(url: URL, init: RequestInit): Promise<Page> {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) {
      headers.set(
        'cookie',
        [...cookies].map((pair) => pair.join('=')).join('; '),
      );
    }
    const response = await fetch(new Request(url, { ...init, headers, redirect: 'manual' }));
    for (const cookie of response.headers.getSetCookie()) keep(cookie);
    const location = response.headers.get('location');
    if (location !== null) {
      const target = new URL(location, url);
      if (target.origin === origin) return await send(target, {});
      return { url: target, status: response.status, headers: response.headers, text: '' };
    }
    return { url, status: response.status, headers: response.headers, text: await response.text() };
  }

  function keep(cookie: string): void {
    const [pair = ''] = cookie.split(';');
    const [name = '', value = ''] = [
      pair.slice(0, pair.indexOf('=')),
      pair.slice(pair.indexOf('=') + 1),
    ];
    if (/max-age=0/i.test(cookie)) cookies.delete(name);
    else cookies.set(name, value);
  }

  const browser: Browser = {
    cookies,
    get: (url, headers = {}) => send(new URL(url, issuer), { headers }),
    post: (url, body, headers = {}) =>
      send(new URL(url, issuer), { method: 'POST', body, headers: { origin, ...headers } }),
    submit(page, fields, headers = {}, within = '') {
      const body = new URLSearchParams();
      const form = formOf(page.text, within);
      for (const [name, value] of hiddenFields(form)) body.append(name, value);
      for (const [name, value] of Object.entries(fields)) {
        for (const each of [value].flat()) body.append(name, each);
      }
      return browser.post(new URL(formAction(form), page.url).href, body, headers);
    },
    async authorize(url, person) {
      let page = await browser.get(url);
      if (has(page, 'login')) {
        page = await browser.submit(page, { username: person.username, password: person.password });
      }
      if (has(page, 'passkey-form') && !has(page, 'login') && person.authenticator) {
        const passkey_response = JSON.stringify(person.authenticator.get(passkeyOptions(page)));
        page = await browser.submit(page, { passkey_response }, {}, 'passkey-form');
      }
      if (has(page, 'accept')) {
        page = await browser.submit(page, {
          decision: 'accept',
          scope: person.scope ?? checkBoxes(page.text),
          claim: person.claim ?? checkBoxes(page.text, 'claim'),
          ...(person.remember === true ? { remember: 'yes' } : {}),
        });
      }
      return page;
    },
  };
  return browser;
}

/** Does the page have an element with this id? */
export function has(page: Page, id: string): boolean {
  return page.text.includes(`id="${id}"`);
}

/** The text of the element with this id. */
export function textOf(page: Page, id: string): string {
  const [, text] = new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(page.text) ?? [];
  if (text === undefined) {
    throw new AssertionError({ message: `No element #${id} in ${page.text.slice(0, 2000)}` });
  }
  return unescape(text).trim();
}

/** The first form that holds this text. */
export function formOf(text: string, within = ''): string {
  const forms = Array.from(text.matchAll(/<form\b[\s\S]*?<\/form>/g), ([form]) => form);
  const form = forms.find((each) => each.includes(within));
  if (form === undefined) {
    throw new AssertionError({ message: `No form with ${within} in ${text.slice(0, 2000)}` });
  }
  return form;
}

export function formAction(text: string): string {
  const [, action] = /<form[^>]*\baction="([^"]*)"/.exec(text) ?? [];
  if (action === undefined) {
    throw new AssertionError({ message: `No form in ${text.slice(0, 2000)}` });
  }
  return unescape(action);
}

/** Those of the page's first form. */
export function hiddenFields(text: string): readonly (readonly [name: string, value: string])[] {
  return Array.from(
    formOf(text).matchAll(/<input[^>]*type="hidden"[^>]*>/g),
    ([input]) => [attribute(input, 'name'), attribute(input, 'value')],
  );
}

/** The values of the check boxes of a name. */
export function checkBoxes(text: string, name = 'scope'): readonly string[] {
  const inputs = Array.from(text.matchAll(/<input[^>]*type="checkbox"[^>]*>/g), ([input]) => input);
  return inputs.filter((input) => attribute(input, 'name') === name).map((input) =>
    attribute(input, 'value')
  );
}

function attribute(tag: string, name: string): string {
  return unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function unescape(text: string): string {
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#96;': '`',
    '&amp;': '&',
  };
  return text.replace(/&(?:lt|gt|quot|#39|#96|amp);/g, (entity) => entities[entity] ?? entity);
}
