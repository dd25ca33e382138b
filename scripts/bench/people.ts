/** What a person and a client do once, with a browser's cookies: sign in, consent, get tokens. And whether all of it is right. */
import { createLocalJWKSet, jwtVerify } from 'jose';
import { type Browser, openBrowser } from '../../test/support/browser.ts';
import type { Contestant } from './contestants.ts';
import {
  APP,
  authorizationUrl,
  type BenchClient,
  codeForm,
  formHeaders,
  NONCE,
  PERSON,
  refreshForm,
} from './fixture.ts';

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token?: string;
}

/** A browser in which the person has signed in and consented. */
export async function signIn({ endpoints }: Contestant, client: BenchClient): Promise<Browser> {
  const browser = openBrowser((request) => fetch(request), endpoints.issuer);
  await browser.authorize(authorizationUrl(endpoints.authorization_endpoint, client), PERSON);
  return browser;
}

/** Those that live on; what belonged to the way through the pages is left behind. */
export function cookieHeader({ cookies }: Browser): string {
  return [...cookies].filter(([name, value]) => value !== '' && !name.includes('interaction'))
    .map((pair) => pair.join('=')).join('; ');
}

/** A code flow to its end. @throws {Error} when an answer is wrong: the ID token must verify and be meant for this client */
export async function obtainTokens(
  contestant: Contestant,
  client: BenchClient,
  browser: Browser,
): Promise<Tokens> {
  const { endpoints } = contestant;
  const { url } = await browser.authorize(
    authorizationUrl(endpoints.authorization_endpoint, client),
    PERSON,
  );
  const code = url.searchParams.get('code');
  check(code !== null && url.searchParams.get('state') === 'state', `no code: ${url}`);
  const { status, body } = await post(endpoints.token_endpoint, client, codeForm(code));
  check(status === 200, `no tokens: ${status} ${JSON.stringify(body)}`);
  const tokens = body as unknown as Tokens;
  const { payload, protectedHeader } = await jwtVerify(
    tokens.id_token,
    createLocalJWKSet(await (await fetch(endpoints.jwks_uri)).json()),
    { issuer: endpoints.issuer, audience: client.client_id },
  );
  check(protectedHeader.alg === 'ES256' && payload['nonce'] === NONCE, 'ID token is not as asked');
  const userinfo = await userinfoOf(contestant, tokens.access_token);
  check(userinfo['sub'] === payload.sub, 'userinfo is about another subject');
  return tokens;
}

/** @throws {Error} when it lacks what was asked for */
export async function userinfoOf(
  { endpoints }: Contestant,
  access_token: string,
): Promise<Readonly<Record<string, unknown>>> {
  const headers = { authorization: `Bearer ${access_token}` };
  const userinfo = await (await fetch(endpoints.userinfo_endpoint, { headers })).json();
  const isWhole = typeof userinfo.sub === 'string' && userinfo.email === PERSON.email;
  check(isWhole, `userinfo is ${JSON.stringify(userinfo)}`);
  return userinfo;
}

/** @throws {Error} unless it is active, and something made up is not */
export async function checkIntrospection(
  { endpoints }: Contestant,
  access_token: string,
): Promise<void> {
  const { body } = await post(endpoints.introspection_endpoint, APP, `token=${access_token}`);
  const isRight = body['active'] === true && body['client_id'] === APP.client_id;
  check(isRight, `introspection says ${JSON.stringify(body)}`);
  const madeUp = await post(endpoints.introspection_endpoint, APP, `token=${access_token}x`);
  check(madeUp.body['active'] === false, 'a token that was made up is active');
}

/** @throws {Error} unless each refresh brings another token, and a used one ends them all. RFC 9700 §4.14.2 */
export async function checkRefresh(
  { endpoints }: Contestant,
  client: BenchClient,
  refresh_token: string,
): Promise<void> {
  const chain = [refresh_token];
  for (const token of chain) {
    const { body } = await post(endpoints.token_endpoint, client, refreshForm(token));
    const next = body['refresh_token'];
    check(
      typeof next === 'string' && !chain.includes(next),
      `no rotation: ${JSON.stringify(body)}`,
    );
    if (chain.length < 3) chain.push(next);
  }
  // The first one, not the second last: a grace for answers that got lost may cover that.
  for (const token of [chain[0], chain[2]]) {
    const { status, body } = await post(endpoints.token_endpoint, client, refreshForm(token ?? ''));
    check(status === 400 && body['error'] === 'invalid_grant', `a used chain goes on: ${status}`);
  }
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(url: string, client: BenchClient, body: string): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers: formHeaders(client), body });
  return { status: response.status, body: await response.json() };
}

function check(isRight: boolean, problem: string): asserts isRight {
  if (!isRight) throw new Error(problem);
}
