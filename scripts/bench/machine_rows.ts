/** Rows about clients that act for themselves: what a person takes no part in. */
import type { Contestant } from './contestants.ts';
import { authorizationUrl, formHeaders } from './fixture.ts';
import { load } from './load.ts';
import {
  assertions,
  JWT_ALGS,
  type JwtAlg,
  jwtMachine,
  MACHINE,
  proofs,
  PUSHER,
} from './machine_clients.ts';
import { type Bench, CONCURRENCY, type Row } from './rows.ts';
import type { LoadResult, WindowOptions } from './window.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const OWN = 'grant_type=client_credentials';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A second; none of the servers answers more of what can be sent only once. */
const MOST_PER_SECOND = 14_000;

export const MACHINE_ROWS: readonly Row[] = [
  {
    name: 'client-credentials',
    unit: 'requests',
    budgets: [{ of: 'bare', atLeast: 0.6 }, { of: 'peer', atLeast: 2.5 }],
    bare: 'hello',
    peer: 'machine',
    prepare: (contestant) => Promise.resolve(tokens(contestant, formHeaders(MACHINE))),
  },
  ...JWT_ALGS.map(jwtRow),
  {
    name: 'par',
    unit: 'requests',
    budgets: [{ of: 'peer', atLeast: 2 }],
    bare: 'none',
    peer: 'machine',
    prepare: (contestant) =>
      Promise.resolve(posts(contestant, {
        url: contestant.endpoints.pushed_authorization_request_endpoint ?? '',
        headers: formHeaders(PUSHER),
        status: 201,
        includes: '"request_uri":',
        bodies: () => [authorizationUrl('', PUSHER).slice(1)],
      })),
  },
  {
    name: 'private-key-jwt',
    unit: 'requests',
    budgets: [{ of: 'peer', atLeast: 2 }],
    bare: 'none',
    peer: 'machine',
    prepare: (contestant) =>
      Promise.resolve(posts(contestant, {
        url: contestant.endpoints.token_endpoint,
        headers: FORM,
        includes: '"access_token":',
        bodies: (count) =>
          assertions(count, contestant.endpoints.issuer).map((assertion) =>
            `${OWN}&client_assertion_type=${ASSERTION}&client_assertion=${assertion}`
          ),
      })),
  },
  {
    name: 'dpop',
    unit: 'requests',
    budgets: [{ of: 'peer', atLeast: 2 }],
    bare: 'none',
    peer: 'machine',
    prepare(contestant) {
      const url = contestant.endpoints.token_endpoint;
      return Promise.resolve(posts(contestant, {
        url,
        headers: formHeaders(MACHINE),
        includes: '"token_type":"DPoP"',
        bodies: () => [OWN],
        proofs: (count) => proofs(count, url),
      }));
    },
  },
];

/** Against a bare server that signs the same token with jose for each request. */
function jwtRow(alg: JwtAlg): Row {
  return {
    name: `client-credentials-${alg.toLowerCase()}`,
    unit: 'requests',
    budgets: [{ of: 'bare', atLeast: 0.8 }],
    bare: 'signer',
    peer: 'none',
    prepare(contestant) {
      const { endpoints } = contestant;
      const url = contestant.name === 'bare' ? `${endpoints.issuer}/${alg}` : undefined;
      return Promise.resolve(tokens(contestant, formHeaders(jwtMachine(alg)), url));
    },
  };
}

function tokens(
  contestant: Contestant,
  headers: Readonly<Record<string, string>>,
  url: string = contestant.endpoints.token_endpoint,
): Bench {
  const includes = contestant.name === 'bare' ? '' : '"access_token":';
  return posts(contestant, { url, headers, includes, bodies: () => [OWN] });
}

interface Posts {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly includes: string;
  readonly bodies: (count: number) => readonly string[];
  /** One for each request. */
  readonly proofs?: (count: number) => readonly string[];
}

function posts(contestant: Contestant, { url, headers, status, includes, ...make }: Posts): Bench {
  const measure = (timing: WindowOptions): Promise<LoadResult> => {
    const count = Math.ceil((timing.seconds + (timing.warmupSeconds ?? 1)) * MOST_PER_SECOND);
    const bodies = make.bodies(count);
    const variants = make.proofs === undefined
      ? bodies.map((body) => ({ body }))
      : make.proofs(count).map((dpop) => ({ body: bodies[0] ?? '', headers: { dpop } }));
    const check = { includes, ...status === undefined ? {} : { status } };
    return load({
      url,
      method: 'POST',
      headers,
      variants,
      check,
      concurrency: CONCURRENCY,
      ...timing,
    });
  };
  return {
    measure,
    async check() {
      if (contestant.name === 'bare') return;
      const [dpop] = make.proofs?.(1) ?? [];
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, ...dpop === undefined ? {} : { dpop } },
        body: make.bodies(1)[0] ?? '',
      });
      const text = await response.text();
      if (response.status !== (status ?? 200) || !text.includes(includes)) {
        throw new Error(`${url} says ${response.status} ${text}`);
      }
    },
  };
}
