/** The administration API as programs use it; each answer is held against the table of operations. */
import { jsonSchemaOf } from '../../src/engine/administration/schema.ts';
import { OPERATIONS } from '../../src/endpoints/admin/operations.ts';
import { PROBLEMS } from '../../src/endpoints/admin/problem.ts';
import { assert, assertEquals } from './assert.ts';
import { schemaProblems } from './json_schema.ts';
import { basic, CLIENT, CLIENT_SECRET, ISSUER, type Op, openOp, type OpOptions } from './op.ts';

export const API = `${ISSUER}/admin/api/v1`;

export const ROBOT = {
  client_id: 'robot',
  client_secret: `$plaintext$${CLIENT_SECRET}`,
  grant_types: ['client_credentials'],
  scope: 'ostiary:admin ostiary:read reports',
} as const;

export const LOCAL_TOKEN = 'a-local-token-of-this-very-start-0123456789';

export interface AdminOp extends Op {
  /** With scope ostiary:admin. */
  readonly token: string;
}

export async function openAdminOp(options: OpOptions = {}): Promise<AdminOp> {
  const op = await openOp({
    ...options,
    config: {
      clients: [CLIENT, ROBOT],
      scopes: { reports: { claims: [] } },
      ...options.config,
    },
    localToken: LOCAL_TOKEN,
  });
  return { ...op, token: await adminToken(op) };
}

/** What the client `robot` gets, with changes to its request. */
export async function adminToken(
  op: Op,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: 'ostiary:admin', ...changes };
  const response = await op.post('/token', form, basic('robot'));
  const { access_token } = await response.json() as { access_token?: string };
  assert(access_token !== undefined, 'no token');
  return access_token;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

export interface ApiOptions {
  readonly body?: unknown;
  /** In place of JSON. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the robot's; undefined: none. */
  readonly token?: string | undefined;
  readonly peer?: string;
}

export async function api(
  op: AdminOp,
  method: string,
  path: string,
  options: ApiOptions = {},
): Promise<ApiAnswer> {
  const token = 'token' in options ? options.token : op.token;
  const hasBody = 'body' in options || 'raw' in options;
  const place = path.split('?')[0] ?? '';
  const mediaType = operationAt(method, place)?.mediaType ?? 'application/json';
  const response = await op.fetch(`${API}${path}`, {
    method,
    headers: {
      ...token !== undefined && { authorization: `Bearer ${token}` },
      ...hasBody && { 'content-type': mediaType },
      ...options.headers,
    },
    ...hasBody && { body: options.raw ?? JSON.stringify(options.body) },
    ...options.peer !== undefined && { peer: options.peer },
  });
  const text = await response.text();
  const body = text === '' ? undefined : JSON.parse(text);
  const answer = { status: response.status, headers: response.headers, body };
  await checkAnswer(answer, method, place);
  return answer;
}

function operationAt(method: string, path: string): (typeof OPERATIONS)[number] | undefined {
  return OPERATIONS.find((each) =>
    each.method === method &&
    new RegExp(`^${each.path.replaceAll(/\{[a-z_]+\}/g, '[^/]+')}$`).test(path)
  );
}

/** That the answer is what the OpenAPI document says. */
async function checkAnswer(
  { status, headers, body }: ApiAnswer,
  method: string,
  path: string,
): Promise<void> {
  const place = `${method} ${path}: ${status}`;
  assert(status < 500, `${place} ${JSON.stringify(body)}`);
  assertEquals(headers.get('cache-control'), 'no-store', place);
  assertEquals(headers.get('access-control-allow-origin'), null, place);
  if (status >= 400) {
    assertEquals(headers.get('content-type'), 'application/problem+json', place);
    const kind = String(body.type).replace('urn:ostiary:problem:', '') as keyof typeof PROBLEMS;
    assertEquals([body.status, body.title], [status, PROBLEMS[kind]?.title], place);
    return;
  }
  if (status === 304 || path === '/openapi.json') return;
  const operation = operationAt(method, path);
  assert(operation !== undefined, `${place}: no operation`);
  assertEquals(status, operation.status ?? 200, place);
  if (operation.response === undefined) assertEquals(body, undefined, place);
  else assertEquals(schemaProblems(await jsonSchemaOf(operation.response), body), [], place);
  if (operation.hasEtag !== undefined) assert(headers.get('etag')?.startsWith('"'), place);
}
