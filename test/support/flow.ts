/** The steps of a code flow that most protocol tests begin with. */
import { assertEquals, AssertionError } from './assert.ts';
import type { Browser, Page } from './browser.ts';
import { basic, CLIENT, type Form, type Op, PASSWORD } from './op.ts';

export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const REDIRECT_URI = CLIENT.redirect_uris[0];

export const ALICE = { username: 'alice', password: PASSWORD } as const;

/** A usual authorization request, with changes; undefined takes a parameter away. */
export function authorizationUrl(
  changes: Readonly<Record<string, string | undefined>> = {},
  path = '/authorize',
): string {
  const params = {
    client_id: CLIENT.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid',
    state: 'xyz',
    ...changes,
  };
  const pairs = Object.entries(params).filter((pair): pair is [string, string] =>
    pair[1] !== undefined
  );
  return `${path}?${new URLSearchParams(pairs)}`;
}

/** What an authorization response said, from query or fragment. */
export function answerOf(page: Page): Readonly<Record<string, string>> {
  const query = page.url.search === '' ? page.url.hash : page.url.search;
  return Object.fromEntries(new URLSearchParams(query.slice(1)));
}

/** Signs alice in where needed, and takes the request to its code. */
export async function obtainCode(
  op: Op,
  changes: Readonly<Record<string, string | undefined>> = {},
  browser: Browser = op.browser(),
): Promise<string> {
  const page = await browser.authorize(authorizationUrl(changes), ALICE);
  const { code, error, error_description } = answerOf(page);
  if (code === undefined) {
    throw new AssertionError({
      message: `No code: ${error} ${error_description} ${page.status} ${page.text.slice(0, 500)}`,
    });
  }
  return code;
}

export interface Tokens {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token: string;
  readonly id_token: string;
}

/** A token request of the client `app`, and its answer whatever it is. */
export function tokenRequest(
  op: Op,
  form: Form,
  headers: Record<string, string> = basic(CLIENT.client_id),
): Promise<Response> {
  return op.post('/token', form, headers);
}

export function redeem(
  op: Op,
  code: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  return tokenRequest(op, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    ...changes,
  });
}

export function refresh(
  op: Op,
  refresh_token: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  return tokenRequest(op, { grant_type: 'refresh_token', refresh_token, ...changes });
}

/** The whole flow; the answer must be a success. */
export async function obtainTokens(
  op: Op,
  changes: Readonly<Record<string, string | undefined>> = {},
  browser?: Browser,
): Promise<Tokens> {
  const response = await redeem(op, await obtainCode(op, changes, browser));
  return await tokensOf(response);
}

export async function tokensOf(response: Response): Promise<Tokens> {
  const body = await response.json() as Tokens;
  assertEquals(response.status, 200, JSON.stringify(body));
  return body;
}

export async function isActive(op: Op, token: string): Promise<boolean> {
  const response = await op.post('/introspect', { token }, basic(CLIENT.client_id));
  return (await response.json() as { active: boolean }).active;
}

export function userinfo(op: Op, access_token: string): Promise<Response> {
  return op.fetch('/userinfo', { headers: { authorization: `Bearer ${access_token}` } });
}

/** A refusal by JSON: its code, status, and that no token came with it. */
export async function assertRefused(
  response: Response,
  code: string,
  status = 400,
): Promise<Record<string, string>> {
  const body = await response.json() as Record<string, string>;
  assertEquals([response.status, body['error']], [status, code], JSON.stringify(body));
  assertEquals(response.headers.get('content-type'), 'application/json');
  assertEquals(response.headers.get('cache-control'), 'no-store');
  for (const token of ['access_token', 'refresh_token', 'id_token']) {
    assertEquals(token in body, false, token);
  }
  assertEquals(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(body['error_description'] ?? ''), true);
  return body;
}

export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}

export function headerOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}
