/** Several issuers in one provider on memory: the same client with the same secret at each, and alice, whom they share. */
import { type Instance, openInstance } from '../../src/app.ts';
import { requireConfig } from '../../src/config/parse.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { assertEquals } from './assert.ts';
import { type Browser, openBrowser } from './browser.ts';
import { ALICE, answerOf, authorizationUrl, REDIRECT_URI, type Tokens, tokensOf } from './flow.ts';
import { addAlice, basic, CLIENT, type Form, formBody, plantKeys, quickHasher } from './op.ts';

export type Options = Readonly<Record<string, unknown>>;

/** The root of a host, a path of it, one below that, the root by another port, and another host. */
export const ROOT = 'https://id.example';
export const PATH = 'https://id.example/staff';
export const NESTED = 'https://id.example/staff/night';
export const PORT = 'https://id.example:8443';
export const HOST = 'https://other.example';
export const URLS = [ROOT, PATH, NESTED, PORT, HOST] as const;

export const PAIRS = URLS.flatMap((own) =>
  URLS.filter((other) => other !== own).map((other) => ({ own, other }))
);

export interface Issuers {
  readonly instance: Instance;
  readonly store: Store;
  readonly clock: { now: number };
  /** What was logged, as JSON lines. */
  readonly log: readonly string[];
  /** Where requests come from; set it so that those of another test do not count. */
  readonly source: { address: string };
  engine(issuer: string): Engine;
  /** From a trusted proxy, which may bring certificates. */
  fetch(request: string | Request, init?: RequestInit): Promise<Response>;
  post(url: string, form: Form, headers?: Record<string, string>): Promise<Response>;
  /** Its cookies go to every issuer, whatever their host and path. */
  browser(issuer: string): Browser;
  reload(options: Options): Promise<void>;
  close(): Promise<void>;
}

/** With one entry for each of `URLS`, unless the options have a list of their own. */
export async function openIssuers(
  options: Options = {},
  store: Store = openMemoryStore({ now: () => clock.now }),
  clock: { now: number } = { now: 1_800_000_000 },
): Promise<Issuers> {
  const whole = (own: Options): Options => ({
    storage: { engine: 'memory' },
    trusted_proxies: ['192.0.2.1'],
    issuers: URLS.map((issuer) => ({ issuer, clients: [CLIENT] })),
    ...own,
  });
  const log: string[] = [];
  const config = requireConfig(whole(options));
  await plantKeys(store, config.issuers.map(({ settings }) => settings.issuer));
  const instance = await openInstance(config, {
    store,
    storageKey: 'A'.repeat(43),
    now: () => clock.now,
    hasher: quickHasher(),
    log: (level, event) => log.push(JSON.stringify({ level, event })),
  });
  await addAlice(instance);
  const issuers: Issuers = {
    instance,
    store,
    clock,
    log,
    source: { address: '203.0.113.7' },
    engine(issuer) {
      const engine = instance.engines().find(({ settings }) => settings.issuer === issuer);
      if (engine === undefined) throw new RangeError(`Cannot find the issuer ${issuer}`);
      return engine;
    },
    fetch(request, init) {
      const whole = request instanceof Request
        ? request
        : new Request(request, { redirect: 'manual', ...init });
      whole.headers.set('x-forwarded-for', issuers.source.address);
      return instance.fetch(whole, { address: '192.0.2.1' });
    },
    post: (url, form, headers = {}) =>
      issuers.fetch(url, { method: 'POST', headers, body: formBody(form) }),
    browser: (issuer) => openBrowser((request) => issuers.fetch(request), issuer),
    async reload(own) {
      assertEquals(await instance.reload(requireConfig(whole(own))), []);
    },
    close: () => instance.close(),
  };
  return issuers;
}

export async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return await response.json() as Readonly<Record<string, unknown>>;
}

/** The code flow of `app` with offline access, in a browser that nobody is signed in at yet. */
export async function tokensAt(
  issuers: Issuers,
  issuer: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Tokens> {
  const asked = { scope: 'openid offline_access', prompt: 'consent', ...changes };
  const { code } = await answerAt(issuers.browser(issuer), issuer, asked);
  return await tokensOf(await redeemAt(issuers, issuer, code));
}

/** What the authorization request of a browser is answered with. */
export async function answerAt(
  browser: Browser,
  issuer: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Readonly<Record<string, string>>> {
  return answerOf(await browser.authorize(authorizationUrl(changes, `${issuer}/authorize`), ALICE));
}

export function redeemAt(
  issuers: Issuers,
  issuer: string,
  code: string | undefined,
  headers: Record<string, string> = basic(CLIENT.client_id),
): Promise<Response> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI };
  return issuers.post(`${issuer}/token`, form, headers);
}

export async function userinfoStatus(
  issuers: Issuers,
  issuer: string,
  token: string,
): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await issuers.fetch(`${issuer}/userinfo`, { headers })).status;
}
