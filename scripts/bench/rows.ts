/** What is measured, and what design.md §7 asks of it. */
import type { Browser } from '../../test/support/browser.ts';
import type { Contestant, Endpoints, Name } from './contestants.ts';
import { APP, authorizationUrl, codeForm, formHeaders, KEEPER, refreshForm } from './fixture.ts';
import { loadFlow, type Step, type Variables } from './flow.ts';
import { load, type LoadOptions } from './load.ts';
import {
  checkIntrospection,
  checkRefresh,
  cookieHeader,
  obtainTokens,
  signIn,
  userinfoOf,
} from './people.ts';
import type { LoadResult, WindowOptions } from './window.ts';

export interface Budget {
  readonly of: Exclude<Name, 'ostiary'>;
  /** Ostiary's throughput over the other's. */
  readonly atLeast: number;
}

/** A contestant, ready for one row. */
export interface Bench {
  measure(timing: WindowOptions): Promise<LoadResult>;
  /** @throws {Error} when an answer is wrong */
  check(): Promise<void>;
}

export interface Row {
  readonly name: string;
  readonly unit: 'requests' | 'flows';
  readonly budgets: readonly Budget[];
  /** Which bare server is the ceiling; it is sent the very same requests. */
  readonly bare: 'hello' | 'flow' | 'signer' | 'none';
  /** The peer with no more enabled than people need, or with what machines need; default `people`. */
  readonly peer?: 'people' | 'machine' | 'none';
  /** Of an installation that guards hosts behind a proxy, which it trusts. */
  readonly isGuarding?: true;
  prepare(contestant: Contestant): Promise<Bench>;
}

/** Requests or flows at once. */
export const CONCURRENCY = 16;

/** Access tokens that are sent in turn, so that no row is about a single record. */
const TOKENS = 64;

export const ROWS: readonly Row[] = [
  {
    name: 'jwks',
    unit: 'requests',
    budgets: [{ of: 'bare', atLeast: 0.85 }],
    bare: 'hello',
    prepare: document('jwks_uri', '"keys"'),
  },
  {
    name: 'discovery',
    unit: 'requests',
    budgets: [{ of: 'bare', atLeast: 0.85 }],
    bare: 'hello',
    prepare: document('discovery', '"issuer"'),
  },
  {
    name: 'introspection',
    unit: 'requests',
    budgets: [{ of: 'bare', atLeast: 0.6 }, { of: 'peer', atLeast: 2.5 }],
    bare: 'hello',
    async prepare(contestant) {
      const tokens = await accessTokens(contestant);
      return {
        measure: requests(contestant, {
          url: contestant.endpoints.introspection_endpoint,
          method: 'POST',
          headers: formHeaders(APP),
          variants: tokens.map((token) => ({ body: `token=${token}` })),
          check: { includes: '"active":true' },
        }),
        check: ofProviders(contestant, () => checkIntrospection(contestant, tokens[0] ?? '')),
      };
    },
  },
  {
    name: 'userinfo',
    unit: 'requests',
    budgets: [{ of: 'bare', atLeast: 0.6 }, { of: 'peer', atLeast: 2.5 }],
    bare: 'hello',
    async prepare(contestant) {
      const tokens = await accessTokens(contestant);
      return {
        measure: requests(contestant, {
          url: contestant.endpoints.userinfo_endpoint,
          variants: tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` } })),
          check: { includes: '"sub":' },
        }),
        check: ofProviders(
          contestant,
          async () => void await userinfoOf(contestant, tokens[0] ?? ''),
        ),
      };
    },
  },
  {
    name: 'code-flow',
    unit: 'flows',
    budgets: [{ of: 'bare', atLeast: 0.3 }, { of: 'peer', atLeast: 2.5 }],
    bare: 'flow',
    async prepare(contestant) {
      const browsers = contestant.name === 'bare' ? [] : await signedIn(contestant);
      const actors: readonly (readonly Variables[])[] = contestant.name === 'bare'
        ? Array.from({ length: CONCURRENCY }, () => [{ cookie: 'session='.padEnd(80, 'x') }])
        : browsers.map((browser) => [{ cookie: cookieHeader(browser) }]);
      const [browser] = browsers;
      return {
        measure: (timing) => loadFlow({ steps: codeFlow(contestant), actors, ...timing }),
        check: ofProviders(contestant, async () => {
          if (browser !== undefined) await obtainTokens(contestant, APP, browser);
        }),
      };
    },
  },
  {
    name: 'refresh',
    unit: 'requests',
    budgets: [{ of: 'peer', atLeast: 2 }],
    bare: 'none',
    async prepare(contestant) {
      const browser = await signIn(contestant, KEEPER);
      const chain = async (): Promise<string> =>
        (await obtainTokens(contestant, KEEPER, browser)).refresh_token ?? '';
      return {
        async measure(timing) {
          // New chains each time: an answer that the end of a round cuts off would break the old ones.
          const actors: Variables[][] = [];
          for (let i = 0; i < CONCURRENCY; i++) actors.push([{ refresh_token: await chain() }]);
          return await loadFlow({ steps: [refreshStep(contestant.endpoints)], actors, ...timing });
        },
        check: async () => await checkRefresh(contestant, KEEPER, await chain()),
      };
    },
  },
];

/** A refresh that rotates: the variable `refresh_token` moves on. */
export function refreshStep(endpoints: Endpoints): Step {
  return {
    url: endpoints.token_endpoint,
    method: 'POST',
    headers: formHeaders(KEEPER),
    body: refreshForm('{refresh_token}'),
    take: { refresh_token: /"refresh_token":"([^"]+)"/ },
  };
}

/** Of the variable `access_token`. */
export function introspectionStep(endpoints: Endpoints): Step {
  return {
    url: endpoints.introspection_endpoint,
    method: 'POST',
    headers: formHeaders(KEEPER),
    body: 'token={access_token}',
    includes: '"active":true',
  };
}

function codeFlow({ endpoints }: Contestant): readonly Step[] {
  return [
    {
      url: authorizationUrl(endpoints.authorization_endpoint, APP),
      headers: { cookie: '{cookie}' },
      status: 303,
      take: { code: /[?&]code=([^&\r]+)/ },
    },
    {
      url: endpoints.token_endpoint,
      method: 'POST',
      headers: formHeaders(APP),
      body: codeForm('{code}'),
      includes: '"id_token":',
      take: { access_token: /"access_token":"([^"]+)"/ },
    },
    {
      url: endpoints.userinfo_endpoint,
      headers: { authorization: 'Bearer {access_token}' },
      includes: '"sub":',
    },
  ];
}

function document(
  endpoint: 'jwks_uri' | 'discovery',
  includes: string,
): (contestant: Contestant) => Promise<Bench> {
  return (contestant) => {
    const url = contestant.endpoints[endpoint];
    return Promise.resolve({
      measure: requests(contestant, { url, check: { includes } }),
      check: ofProviders(contestant, async () => {
        const text = JSON.stringify(await (await fetch(url)).json());
        const isRight = endpoint === 'jwks_uri'
          ? text.includes('"ES256"')
          : text.includes(`"issuer":"${contestant.endpoints.issuer}"`);
        if (!isRight) throw new Error(`${url} says ${text}`);
      }),
    });
  };
}

export function requests(
  { name }: Contestant,
  { check, ...options }: Omit<LoadOptions, 'concurrency' | 'seconds'>,
): (timing: WindowOptions) => Promise<LoadResult> {
  const expected = name === 'bare' ? { includes: 'hello' } : check;
  return (timing) =>
    load({
      ...options,
      ...(expected === undefined ? {} : { check: expected }),
      concurrency: CONCURRENCY,
      ...timing,
    });
}

function ofProviders({ name }: Contestant, check: () => Promise<void>): () => Promise<void> {
  return name === 'bare' ? () => Promise.resolve() : check;
}

/** What the bare server is sent in their place has their length. */
async function accessTokens(contestant: Contestant): Promise<readonly string[]> {
  if (contestant.name === 'bare') return ['x'.repeat(250)];
  const browsers = await signedIn(contestant);
  const tokens: string[] = [];
  for (let i = 0; i < TOKENS; i++) {
    const browser = browsers[i % browsers.length];
    if (browser === undefined) break;
    tokens.push((await obtainTokens(contestant, APP, browser)).access_token);
  }
  return tokens;
}

/** As many browsers as actors, each with a session of its own. */
async function signedIn(contestant: Contestant): Promise<readonly Browser[]> {
  const browsers: Browser[] = [];
  for (let i = 0; i < CONCURRENCY; i++) browsers.push(await signIn(contestant, APP));
  return browsers;
}
