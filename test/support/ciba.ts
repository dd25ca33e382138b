/** The steps of backchannel authentication that tests begin with. */
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { assertEquals, AssertionError } from './assert.ts';
import { type Browser, checkBoxes, has, type Page } from './browser.ts';
import { ALICE } from './flow.ts';
import { basic, CLIENT, type Form, ISSUER, type Op, openOp, type OpOptions } from './op.ts';

export const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

const pair = await generateKeyPair('EdDSA', { extractable: true });
export const BANK_KEY: CryptoKey = pair.privateKey;
const BANK_JWKS = {
  keys: [{ ...await exportJWK(pair.publicKey), kid: 'k', use: 'sig', alg: 'EdDSA' }],
};

/** A client of a call centre, say: whoever is on the telephone confirms who they are. */
export const BANK = {
  client_id: 'bank',
  client_name: 'The Bank',
  client_secret: CLIENT.client_secret,
  grant_types: [CIBA_GRANT, 'refresh_token'],
  scope: 'openid profile email offline_access',
  backchannel_token_delivery_mode: 'poll',
  jwks: BANK_JWKS,
} as const;

export interface BackchannelResponse {
  readonly auth_req_id: string;
  readonly expires_in: number;
  readonly interval?: number;
}

/** A provider with the client `bank`, and these. */
export function openCibaOp(
  clients: readonly object[] = [],
  config: Readonly<Record<string, unknown>> = {},
  options: OpOptions = {},
): Promise<Op> {
  return openOp({ ...options, config: { clients: [BANK, ...clients], ...config } });
}

/** The bank asks for alice. */
export function backchannelRequest(
  op: Pick<Op, 'post'>,
  changes: Form = {},
  headers: Record<string, string> = basic('bank'),
): Promise<Response> {
  const form = Array.isArray(changes)
    ? changes
    : { scope: 'openid profile', login_hint: 'alice', ...changes };
  return op.post('/backchannel_authentication', form, headers);
}

export async function acknowledged(
  op: Pick<Op, 'post'>,
  changes: Form = {},
  headers?: Record<string, string>,
): Promise<BackchannelResponse> {
  const response = await backchannelRequest(op, changes, headers);
  const body = await response.json() as BackchannelResponse;
  assertEquals(response.status, 200, JSON.stringify(body));
  return body;
}

export function pollCiba(
  op: Pick<Op, 'post'>,
  auth_req_id: string,
  changes: Form = {},
  headers: Record<string, string> = basic('bank'),
): Promise<Response> {
  return op.post('/token', { grant_type: CIBA_GRANT, auth_req_id, ...changes }, headers);
}

/** The page where alice, who signs in where needed, can answer the only request that waits. */
export async function openRequests(
  browser: Browser,
  person: { readonly username: string; readonly password: string } = ALICE,
): Promise<Page> {
  let page = await browser.get('/account/requests');
  if (has(page, 'login')) page = await browser.submit(page, person);
  return page;
}

export function answerPage(
  browser: Browser,
  page: Page,
  decision: 'accept' | 'deny',
  scope: readonly string[] = checkBoxes(page.text),
): Promise<Page> {
  return browser.submit(page, { decision, scope });
}

export async function answerAsAlice(
  op: Pick<Op, 'browser'>,
  decision: 'accept' | 'deny' = 'accept',
  browser: Browser = op.browser(),
): Promise<Page> {
  const page = await openRequests(browser);
  if (!has(page, 'approve') || !has(page, 'deny')) {
    throw new AssertionError({ message: `No question: ${page.status} ${page.text.slice(-2000)}` });
  }
  const done = await answerPage(browser, page, decision);
  const expected = decision === 'accept' ? 'request_approved' : 'request_denied';
  assertEquals(done.url.searchParams.get('done'), expected, done.text.slice(-900));
  return done;
}

/** CIBA §7.1.1: a signed request of the bank’s; undefined takes a claim away. */
export async function signedRequest(
  op: Op,
  changes: Readonly<Record<string, unknown>> = {},
  { key = BANK_KEY, alg = 'EdDSA' }: {
    readonly key?: CryptoKey | Uint8Array;
    readonly alg?: string;
  } = {},
): Promise<string> {
  const now = op.clock.now;
  const payload = {
    iss: 'bank',
    aud: ISSUER,
    iat: now,
    nbf: now,
    exp: now + 60,
    jti: randomUUID(),
    scope: 'openid profile',
    login_hint: 'alice',
    ...changes,
  };
  const claims = JSON.parse(JSON.stringify(payload)) as JWTPayload;
  return await new SignJWT(claims).setProtectedHeader({ alg })
    .sign(key);
}
