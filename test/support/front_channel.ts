/** Authorization responses of every type and mode, as a client reads them. */
import { type Browser, hiddenFields, type Page, type Person } from './browser.ts';
import { ALICE, REDIRECT_URI } from './flow.ts';
import { CLIENT, type Op } from './op.ts';

export const EVERY_RESPONSE_TYPE = [
  'code',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
  'none',
] as const;

/** A client that may use all of them. */
export const HYBRID_CLIENT = {
  ...CLIENT,
  client_id: 'hybrid',
  grant_types: ['authorization_code', 'implicit', 'refresh_token'],
  response_types: EVERY_RESPONSE_TYPE,
} as const;

export type Changes = Readonly<Record<string, string | undefined>>;

export function requestUrl(changes: Changes = {}): string {
  const params = {
    client_id: HYBRID_CLIENT.client_id,
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    state: 'AbCdE12345',
    nonce: 'nOnCe-1234',
    ...changes,
  };
  return `/authorize?${new URLSearchParams(
    Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )}`;
}

export interface FrontResponse {
  readonly place: 'query' | 'fragment' | 'form_post' | 'page';
  readonly fields: Readonly<Record<string, string>>;
  readonly page: Page;
}

/** The request taken through sign-in and consent, and where its answer was found. */
export async function respond(
  op: Op,
  changes: Changes = {},
  browser: Browser = op.browser(),
  person: Person = ALICE,
): Promise<FrontResponse> {
  return readResponse(await browser.authorize(requestUrl(changes), person));
}

export function readResponse(page: Page): FrontResponse {
  const { search, hash } = page.url;
  if (page.text.includes(`action="${REDIRECT_URI}"`)) {
    return { place: 'form_post', fields: Object.fromEntries(hiddenFields(page.text)), page };
  }
  if (!page.url.href.startsWith(REDIRECT_URI)) return { place: 'page', fields: {}, page };
  const [place, text] = hash === '' ? ['query', search] as const : ['fragment', hash] as const;
  return { place, fields: Object.fromEntries(new URLSearchParams(text.slice(1))), page };
}
