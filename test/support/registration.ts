/** What tests of clients that register themselves share. */
import type { JsonValue } from '../../src/store/store.ts';
import {
  digestOfInitial,
  INITIAL_TOKEN_PREFIX,
} from '../../src/engine/registration/initial_token.ts';
import { initialTokens } from '../../src/store/collections.ts';
import type { InitialTokenRecord } from '../../src/store/records.ts';
import { randomToken } from '../../src/keys/digest.ts';
import { assertEquals } from './assert.ts';
import { ISSUER, type Op, openOp, type OpOptions } from './op.ts';

export const METADATA = { redirect_uris: ['https://rp.example/callback'] } as const;

export type Metadata = Readonly<Record<string, unknown>>;

export interface Information {
  readonly client_id: string;
  readonly client_secret: string;
  readonly client_id_issued_at: number;
  readonly client_secret_expires_at: number;
  readonly registration_access_token: string;
  readonly registration_client_uri: string;
  readonly [field: string]: JsonValue;
}

export interface Refusal {
  readonly error: string;
  readonly error_description: string;
}

/** A provider where anybody may register, unless the options say otherwise. */
export function openRegistrar(
  registration: Metadata = { mode: 'open' },
  config: Metadata = {},
  options: OpOptions = {},
): Promise<Op> {
  return openOp({ ...options, config: { ...config, registration } });
}

export async function withRegistrar(
  work: (op: Op) => Promise<void>,
  registration?: Metadata,
  config?: Metadata,
): Promise<void> {
  const op = await openRegistrar(registration, config);
  try {
    await work(op);
  } finally {
    await op.close();
  }
}

/** A token that an administrator has made, put there by hand. */
export async function plantToken(
  op: Op,
  fields: Partial<InitialTokenRecord> = {},
): Promise<string> {
  const token = INITIAL_TOKEN_PREFIX + randomToken(32);
  const record = { ...digestOfInitial(token, op.instance.engine()), created_at: op.clock.now };
  await op.store.commit({
    put: [initialTokens.put([ISSUER, record.id], { ...record, ...fields }, fields.expires_at)],
  });
  return token;
}

export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** Sends JSON, or a text as it is. */
export function send(
  op: Op,
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
  token?: string,
): Promise<Response> {
  return op.fetch(path, {
    method,
    headers: { 'content-type': 'application/json', ...bearer(token) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export function register(op: Op, metadata: unknown = METADATA, token?: string): Promise<Response> {
  return send(op, 'POST', '/register', metadata, token);
}

export async function registered(
  op: Op,
  metadata: unknown = METADATA,
  token?: string,
): Promise<Information> {
  const response = await register(op, metadata, token);
  const text = await response.text();
  assertEquals([response.status, response.status === 201 ? '' : text], [201, '']);
  return JSON.parse(text);
}

export async function refusalOf(response: Response): Promise<Refusal & { status: number }> {
  return { status: response.status, ...await response.json() as Refusal };
}

export async function allOf<T>(listing: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const each of listing) all.push(each);
  return all;
}
