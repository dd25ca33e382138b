/** A whole provider on memory, with a clock the test sets: requests go to `fetch`, no socket. */
import type { PasswordHasher } from '../../src/accounts/password.ts';
import { type Instance, openInstance } from '../../src/app.ts';
import { loadLibraries, parseConfig } from '../../src/config/parse.ts';
import type { LanguageRow } from '../../src/interaction/languages.ts';
import type { Notifier } from '../../src/net/notifier/notifier.ts';
import type { Outbound } from '../../src/net/outbound.ts';
import type { LogLevel } from '../../src/spec/log.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Actor } from '../../src/store/records.ts';
import type { JsonValue, Store } from '../../src/store/store.ts';
import { type Browser, openBrowser } from './browser.ts';
import { openTestKeys } from './keys.ts';

export const ISSUER = 'https://op.example';
export const CLIENT_SECRET = 'a secret of the test client, 0123456789';
/** Who makes the changes that tests make. */
export const CLI: Actor = { kind: 'cli' };
export const PASSWORD = 'correct horse battery';

/** What tests usually want; a test's own clients and options go on top. */
export const CLIENT = {
  client_id: 'app',
  client_name: 'The App',
  client_secret: `$plaintext$${CLIENT_SECRET}`,
  redirect_uris: ['https://app.example/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile email phone address groups offline_access',
} as const;

/** All standard claims, as the certification tests want of their user. */
export const CLAIMS: Readonly<Record<string, JsonValue>> = {
  name: 'Alice Example',
  family_name: 'Example',
  given_name: 'Alice',
  middle_name: 'B.',
  nickname: 'Al',
  profile: 'https://alice.example/',
  picture: 'https://alice.example/me.png',
  website: 'https://alice.example/site',
  gender: 'female',
  birthdate: '1990-02-03',
  zoneinfo: 'Europe/Berlin',
  locale: 'de-DE',
  email: 'alice@alice.example',
  email_verified: true,
  phone_number: '+49 30 1234567',
  phone_number_verified: true,
  address: { formatted: 'Street 1\n10115 Berlin', country: 'Germany' },
};

/** Core §5.4: what scope profile asks for, written out here so that a slip in the table of scopes shows. */
export const PROFILE_CLAIMS = [
  'name',
  'family_name',
  'given_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'updated_at',
];

export interface Op {
  readonly instance: Instance;
  readonly store: Store;
  /** Unix seconds; set it to move time. */
  readonly clock: { now: number };
  /** What was logged, as JSON lines. */
  readonly log: string[];
  fetch(path: string | Request, init?: RequestInit & { readonly peer?: string }): Promise<Response>;
  /** A form to an endpoint; undefined values are left out. */
  post(path: string, form: Form, headers?: Record<string, string>): Promise<Response>;
  browser(): Browser;
  close(): Promise<void>;
}

export type Form =
  | Readonly<Record<string, string | undefined>>
  | readonly (readonly [string, string])[];

export interface OpOptions {
  /** Options of `ostiary.yaml`; issuer and the client `app` are there unless named. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly store?: Store;
  /** 32 bytes in base64url; zeros by default. */
  readonly storageKey?: string;
  /** Slow real hashes instead of quick ones. */
  readonly hasher?: PasswordHasher;
  /** In place of the log. */
  readonly notifier?: Notifier;
  /** In place of the network. */
  readonly outbound?: Outbound;
  /** What pages can be in, in place of our own. */
  readonly languages?: readonly LanguageRow[];
  /** What opens the administration API from loopback; default: nothing. */
  readonly localToken?: string;
  /** As for whoever mends a configuration. */
  readonly isLenient?: boolean;
  /** Whether alice is there already; default true. */
  readonly people?: boolean;
}

const STORAGE_KEY = 'A'.repeat(43);

export async function openOp(options: OpOptions = {}): Promise<Op> {
  const clock = { now: 1_800_000_000 };
  const config = {
    issuer: ISSUER,
    clients: [CLIENT],
    storage: { engine: 'memory' },
    ...options.config,
  };
  await loadLibraries(config);
  const parsed = parseConfig(config);
  if (!parsed.ok) {
    throw new TypeError(`Cannot parse the test's config: ${JSON.stringify(parsed.mistakes)}`);
  }
  const store = options.store ?? openMemoryStore({ now: () => clock.now });
  const { issuer } = parsed.config.issuers[0].settings;
  if (issuer === ISSUER) await plantKeys(store, [issuer]);
  const log: string[] = [];
  const instance = await openInstance(parsed.config, {
    store,
    storageKey: options.storageKey ?? STORAGE_KEY,
    now: () => clock.now,
    ...options.outbound !== undefined && { outbound: options.outbound },
    ...options.localToken !== undefined && { localToken: options.localToken },
    ...options.languages !== undefined && { languages: options.languages },
    ...options.isLenient !== undefined && { isLenient: options.isLenient },
    hasher: options.hasher ?? quickHasher(),
    ...options.notifier === undefined ? {} : { notifier: options.notifier },
    log: (level: LogLevel, event, fields) =>
      log.push(JSON.stringify({ level, event, ...fields }, errorsAsText)),
  });
  if (options.people !== false) await addAlice(instance);
  const origin = new URL(parsed.config.issuers[0].settings.issuer).origin;
  const op: Op = {
    instance,
    store,
    clock,
    log,
    fetch(path, init) {
      const request = typeof path === 'string'
        ? new Request(new URL(path, origin), { redirect: 'manual', ...init })
        : path;
      return instance.fetch(request, { address: init?.peer ?? '203.0.113.7' });
    },
    post: (path, form, headers = {}) =>
      op.fetch(path, { method: 'POST', headers, body: formBody(form) }),
    browser: () =>
      openBrowser((request) => op.fetch(request), parsed.config.issuers[0].settings.issuer),
    close: () => instance.close(),
  };
  return op;
}

export function formBody(form: Form): URLSearchParams {
  const pairs = Array.isArray(form) ? form : Object.entries(form);
  return new URLSearchParams(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

export function basic(client_id: string, secret: string = CLIENT_SECRET): Record<string, string> {
  return {
    authorization: `Basic ${
      btoa(`${encodeURIComponent(client_id)}:${encodeURIComponent(secret)}`)
    }`,
  };
}

export async function addAlice(instance: Instance): Promise<void> {
  const digest = await instance.hasher.hash(PASSWORD) ?? '';
  await instance.directory.create({
    username: 'alice',
    password: digest,
    groups: ['staff', 'admins'],
    claims: CLAIMS,
    attributes: { department: 'doors' },
    provenance: 'cli',
  });
}

/** The same interface at no cost, so that tests of the protocol do not wait for argon2. */
export function quickHasher(): PasswordHasher {
  return {
    hash: (password) => Promise.resolve(`quick:${password}`),
    verify: (password, digest) => Promise.resolve(digest === `quick:${password}`),
    needsRehash: () => false,
    dummy: 'quick dummy',
    close: () => Promise.resolve(),
  };
}

type Records = readonly {
  readonly key: readonly [string, ...string[]];
  readonly value: JsonValue;
}[];

const planted = new Map<string, Promise<Records>>();

/** RSA keys take their time: made once in a test process, then copied into each store. */
export async function plantKeys(store: Store, issuers: readonly string[]): Promise<void> {
  const name = issuers.join(' ');
  const made = planted.get(name) ?? makeKeys(issuers);
  planted.set(name, made);
  const put = await made;
  // A store that has been used keeps what it has.
  await store.commit({ check: put.map(({ key }) => ({ key, version: null })), put });
}

async function makeKeys(issuers: readonly string[]): Promise<Records> {
  const now = (): number => 1_800_000_000;
  const store = openMemoryStore({ now });
  for (const issuer of issuers) await (await openTestKeys({ store, issuer, now })).jwksText();
  const made: { key: readonly [string, ...string[]]; value: JsonValue }[] = [];
  for (const name of ['key', 'key_made', 'pepper']) {
    for await (const { key, value } of store.list<JsonValue>([name])) made.push({ key, value });
  }
  return made;
}

function errorsAsText(_name: string, value: unknown): unknown {
  return value instanceof Error ? String(value.stack) : value;
}
