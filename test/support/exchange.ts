/** A provider in which clients exchange tokens, and the requests that do so. RFC 8693 */
import type { Browser, Person } from './browser.ts';
import { ALICE, answerOf, authorizationUrl, type Tokens, tokensOf } from './flow.ts';
import { basic, CLIENT, type Op, openOp } from './op.ts';

export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const API = 'https://api.example/';
export const FILES = 'https://files.example/';

type Options = Readonly<Record<string, unknown>>;

/** Whose tokens are exchanged. */
export const APP = {
  ...CLIENT,
  scope: `${CLIENT.scope} read write`,
  grant_types: [...CLIENT.grant_types, 'client_credentials'],
  consent_mode: 'implicit',
  id_token_signed_response_alg: 'EdDSA',
  access_token_signed_response_alg: 'EdDSA',
};

/** Who exchanges them. */
export const GATEWAY = {
  client_id: 'gateway',
  client_secret: CLIENT.client_secret,
  grant_types: [EXCHANGE_GRANT, 'client_credentials'],
  scope: 'openid profile email read write',
  token_exchange_policy: 'gateway',
  id_token_signed_response_alg: 'EdDSA',
  access_token_signed_response_alg: 'EdDSA',
};

export const RESOURCES = [
  { resource: API, scope: 'read write', introspection_clients: ['api'] },
  { resource: FILES, scope: 'read' },
];

export const POLICY = { allow: ['delegation'], subject_clients: ['app'] };

export interface ExchangeOptions {
  /** Of the policy of `gateway`. */
  readonly policy?: Options;
  readonly gateway?: Options;
  readonly app?: Options;
  readonly clients?: readonly Options[];
  readonly config?: Options;
}

export function exchangeConfig(
  { policy = {}, gateway = {}, app = {}, clients = [], config = {} }: ExchangeOptions = {},
): Options {
  return {
    clients: [
      { ...APP, ...app },
      { ...GATEWAY, ...gateway },
      { ...CLIENT, client_id: 'api' },
      ...clients,
    ],
    resources: RESOURCES,
    token_exchange_policies: { gateway: { ...POLICY, ...policy } },
    ...config,
  };
}

export function openExchange(options: ExchangeOptions = {}): Promise<Op> {
  return openOp({ config: exchangeConfig(options) });
}

export function typeOf(kind: string): string {
  return `urn:ietf:params:oauth:token-type:${kind}`;
}

/** A form, whose undefined members are left out and whose lists repeat. */
export type Asked = Readonly<Record<string, string | readonly string[] | undefined>>;

export function exchange(
  op: Pick<Op, 'post'>,
  subject_token: string,
  asked: Asked = {},
  headers: Record<string, string> = basic('gateway'),
): Promise<Response> {
  const form = {
    grant_type: EXCHANGE_GRANT,
    subject_token,
    subject_token_type: typeOf('access_token'),
    ...asked,
  };
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value ?? []].flat().map((each) => [name, each] as const)
  );
  return op.post('/token', pairs, headers);
}

export interface Exchanged extends Tokens {
  readonly issued_token_type: string;
}

/** The answer, which must be a success. */
export async function exchanged(
  op: Pick<Op, 'post'>,
  subject_token: string,
  asked: Asked = {},
  headers?: Record<string, string>,
): Promise<Exchanged> {
  return await tokensOf(await exchange(op, subject_token, asked, headers)) as Exchanged;
}

/** Tokens of the app for a person, by default alice, good for the API and UserInfo. */
export async function subjectTokens(
  op: Pick<Op, 'post' | 'browser'>,
  changes: Readonly<Record<string, string | undefined>> = {},
  browser: Browser = op.browser(),
  person: Person = ALICE,
): Promise<Tokens & { readonly code: string }> {
  const asked = { scope: 'openid profile email read', resource: API, ...changes };
  const page = await browser.authorize(authorizationUrl(asked), person);
  const { code = '' } = answerOf(page);
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: changes['redirect_uri'] ?? CLIENT.redirect_uris[0],
  };
  const headers = basic(changes['client_id'] ?? 'app');
  return { ...await tokensOf(await op.post('/token', form, headers)), code };
}

/** A token that a client has for itself. */
export async function ownToken(
  op: Pick<Op, 'post'>,
  client_id = 'gateway',
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const form = { grant_type: 'client_credentials', ...changes };
  return (await tokensOf(await op.post('/token', form, basic(client_id)))).access_token;
}

export async function introspected(
  op: Pick<Op, 'post'>,
  token: string,
  client_id = 'gateway',
): Promise<Readonly<Record<string, unknown>>> {
  const response = await op.post('/introspect', { token }, basic(client_id));
  return await response.json() as Readonly<Record<string, unknown>>;
}

/** What there is in the store, so that a test can tell that nothing was made. */
export async function grantRecords(op: Op): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const name of ['grant', 'user_grant', 'code', 'revoked', 'jti']) {
    for await (const { key } of op.store.list([name])) keys.push(key.join(' '));
  }
  return keys;
}
