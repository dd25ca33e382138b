import { createBuckets } from './accounts/bucket.ts';
import type { Directory } from './accounts/directory.ts';
import { createPasswordHasher, type PasswordHasher } from './accounts/password.ts';
import { createRegulation } from './accounts/regulation.ts';
import { openRegulationMemory } from './accounts/regulation_memory.ts';
import { createStoreDirectory } from './accounts/store_directory.ts';
import { readBranding } from './config/branding_files.ts';
import type { Config } from './config/config.ts';
import { loadLibraries, requireConfig } from './config/parse.ts';
import { fingerprint } from './config/poll.ts';
import { watchUsersFile } from './config/watch_users.ts';
import { corsPolicies } from './endpoints/cors.ts';
import { rootRoutesOf, routesOf } from './endpoints/routes.ts';
import { pageHandler, type Site } from './endpoints/site.ts';
import { createActivityLog } from './engine/activity_log.ts';
import { ensureKeysFor, keyIdProblems } from './engine/client_algorithms.ts';
import { createSecretVerifier } from './engine/client_auth/secret.ts';
import { createClientKeySets } from './engine/client_keys.ts';
import { createDeviceMemory } from './engine/device/memory.ts';
import { observedNotifier } from './engine/doctor/observed_notifier.ts';
import { createProbes } from './engine/doctor/probes.ts';
import type { Engine } from './engine/engine.ts';
import { watchFileSectors } from './engine/file_sectors.ts';
import { createObservations } from './engine/observations.ts';
import { startKeyUpkeep } from './engine/key_rotation.ts';
import type { RegistrationPolicy } from './engine/registration/policies.ts';
import { createRegistrar } from './engine/registration/registrar.ts';
import { newSetupToken } from './engine/setup.ts';
import { createRouter, type Peer } from './http/router.ts';
import { errorPage, notFoundPage } from './interaction/error_page.ts';
import { createLanguages, type LanguageRow, type Languages } from './interaction/languages.ts';
import { lookOf } from './interaction/look.ts';
import { deriveKey, hmac } from './keys/digest.ts';
import { type Keys, openKeys } from './keys/keys.ts';
import { createRecent } from './keys/recent.ts';
import { loadStorageKey, parseStorageKey, randomStorageKey } from './keys/storage_key.ts';
import { createLogNotifier } from './net/notifier/log.ts';
import type { Notifier } from './net/notifier/notifier.ts';
import { checkedNotifier, openNotifier } from './net/notifier/open.ts';
import { createOutbox } from './net/notifier/outbox.ts';
import { createOutbound, type Outbound, type OutboundOptions } from './net/outbound.ts';
import type { Log } from './spec/log.ts';
import { describeMistake } from './spec/mistake.ts';
import { parseNetworks } from './spec/networks.ts';
import { isLoopbackHost } from './spec/redirect_uri.ts';
import { openFileStore } from './store/file/file_store.ts';
import { openMemoryStore } from './store/memory.ts';
import type { Store } from './store/store.ts';

export interface InstanceOptions {
  readonly log: Log;
  /** Unix seconds, with a fraction; by default the machine's clock. */
  readonly now?: () => number;
  /** In place of the store that the configuration names; closed with the instance. */
  readonly store?: Store;
  /** 32 bytes in base64url; by default from `secret.key` in the data directory. */
  readonly storageKey?: string | undefined;
  /** By default one of its own, closed with the instance. */
  readonly hasher?: PasswordHasher;
  /** People from elsewhere, in place of the store or the users file. */
  readonly directory?: Directory;
  /** In place of the one that the configuration describes. */
  readonly outbound?: Outbound;
  /** In place of the one that the configuration describes. */
  readonly notifier?: Notifier;
  /** Rows for clients that register themselves, judged after our own. */
  readonly registrationPolicies?: readonly RegistrationPolicy[];
  /** What pages can be in; by default all languages that we have. */
  readonly languages?: readonly LanguageRow[];
}

/** A running provider: what answers requests, and what the command line works on. */
export interface Instance {
  readonly store: Store;
  readonly keys: Keys;
  readonly directory: Directory;
  readonly hasher: PasswordHasher;
  /** As of the last reload. */
  engine(): Engine;
  fetch(request: Request, peer?: Peer): Promise<Response>;
  /** Another configuration takes over between two requests. What cannot change while running stays as it was. */
  reload(config: Config): void;
  /** Where the first administrator signs up; undefined once there is somebody. */
  setupLink(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What is being sent when everything stops gets so long. */
const OUTBOX_SECONDS = 10;

const MAX_BODY_BYTES = 64 * 1024;

/** Puts everything together: store, keys, people, engine, routes. @throws {TypeError} when store and storage key do not fit */
export async function openInstance(config: Config, options: InstanceOptions): Promise<Instance> {
  const { log } = options;
  const now = options.now ?? (() => Date.now() / 1000);
  const store = options.store ?? await openStore(config, now, log);
  const hasher = options.hasher ?? createPasswordHasher();
  try {
    const { issuer } = config.settings;
    const storageKey = await storageKeyOf(config, store, options);
    const keys = await openKeys({ store, issuer, storageKey, now, log });
    const { directory, unwatch } = await openPeople(config, { store, storageKey, now, options });
    const secrets = createSecretVerifier(keys, hasher);
    const attempts = await openRegulationMemory({ store, now, log });
    const regulation = createRegulation({ now, memory: attempts });
    const secretTries = createBuckets({ now, perSecond: 20, burst: 50 });
    // The fifth wrong one ends the session: T099.
    const factorTries = createBuckets({ now, perSecond: 1 / 600, burst: 4 });
    const devices = createDeviceMemory(now);
    const publicPushes = createBuckets({ now, perSecond: 1, burst: 60 });
    const signUps = createBuckets({ now, perSecond: 1 / 30, burst: 20 });
    const resetTries = {
      ofAccount: createBuckets({ now, perSecond: 1 / 600, burst: 3 }),
      ofSource: createBuckets({ now, perSecond: 1 / 30, burst: 20 }),
    };
    const outbox = createOutbox({ log });
    const activityLog = createActivityLog({ store, log });
    const observations = createObservations({ store, now, log });
    const clientKeySets = createClientKeySets();
    const parts = {
      store,
      keys,
      directory,
      hasher,
      regulation,
      secrets,
      secretTries,
      clientKeySets,
      devices,
      factorTries,
      publicPushes,
      signUps,
      resetTries,
      outbox,
      activityLog,
      observations,
      probes: createProbes(),
      registrar: createRegistrar({ now, policies: options.registrationPolicies }),
      now,
      log,
    };
    const outboundOf = (next: Config): Outbound =>
      options.outbound ?? createOutbound(outboundOptions(next, now));
    const toldBy = (next: Config): Pick<Engine, 'outbound' | 'notifier'> => {
      const outbound = outboundOf(next);
      const notifier = observedNotifier(
        notifierOf(next, outbound, now, options),
        issuer,
        observations,
      );
      return { outbound, notifier: checkedNotifier(notifier) };
    };
    let engine: Engine = { ...parts, ...toldBy(config), settings: config.settings };
    const unknownKeys = unknownKeysOf(engine);
    if (unknownKeys.length > 0) {
      throw new TypeError(['Cannot sign for every client:', ...unknownKeys].join('\n  '));
    }
    const languages = createLanguages(options.languages);
    let route = routerOf(config, engine, languages);
    const upkeep = await startKeyUpkeep(() => engine);
    prepareKeys(engine);
    const closing = new AbortController();
    watchFileSectors(engine, closing.signal);
    return {
      store,
      keys,
      directory,
      hasher,
      engine: () => engine,
      fetch: (request, peer) => route(request, peer),
      reload(next) {
        const before = engine.settings.clients;
        engine = {
          ...parts,
          ...toldBy(next),
          settings: { ...next.settings, issuer },
        };
        route = routerOf(next, engine, languages);
        for (const problem of unknownKeysOf(engine)) {
          log('error', 'client.unknown_key', { problem });
        }
        upkeep.soon();
        prepareKeys(engine);
        watchFileSectors(engine, closing.signal, before);
      },
      async setupLink() {
        const token = await newSetupToken(engine);
        return token && `${issuer}/setup?token=${token}`;
      },
      async close() {
        closing.abort();
        unwatch();
        await upkeep.close();
        await outbox.close(OUTBOX_SECONDS);
        await hasher.close();
        await attempts.close();
        await activityLog.close();
        await observations.close();
        await store.close();
      },
    };
  } catch (error) {
    await hasher.close();
    await store.close();
    throw error;
  }
}

export interface ProviderOptions extends Partial<InstanceOptions> {
  /** The same options as in `ostiary.yaml`. */
  readonly config: unknown;
}

/** A provider to be mounted in any web-standard server. */
export interface Provider {
  fetch(request: Request, peer?: Peer): Promise<Response>;
  /** Where the first administrator signs up; undefined once there is somebody. Each call makes the link before void. */
  setupLink(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** For embedding: the provider as a function of requests. @throws {TypeError} that lists every mistake of the configuration */
export async function createProvider(
  { config, log = () => {}, ...options }: ProviderOptions,
): Promise<Provider> {
  await loadLibraries(config);
  const parsed = requireConfig(config);
  const { branding, mistakes } = await readBranding(parsed.branding, '.');
  if (mistakes.length > 0) {
    throw new TypeError(
      ['Cannot use the configuration:', ...mistakes.map(describeMistake)].join('\n  '),
    );
  }
  const { fetch, setupLink, close } = await openInstance({ ...parsed, branding }, {
    log,
    ...options,
  });
  return { fetch, setupLink, close };
}

async function openStore(config: Config, now: () => number, log: Log): Promise<Store> {
  switch (config.storage.engine) {
    case 'memory':
      return openMemoryStore({ now });
    case 'file':
      return await openFileStore(config.data, { now, log });
  }
}

interface PeopleParts {
  readonly store: Store;
  readonly storageKey: Uint8Array;
  readonly now: () => number;
  readonly options: InstanceOptions;
}

async function openPeople(
  { users_file }: Config,
  { store, storageKey, now, options }: PeopleParts,
): Promise<{ readonly directory: Directory; readonly unwatch: () => void }> {
  if (options.directory !== undefined) return { directory: options.directory, unwatch() {} };
  if (users_file === undefined) {
    return { directory: createStoreDirectory({ store, now }), unwatch() {} };
  }
  const { openUsersFile } = await import('./accounts/users_file/users_file.ts');
  const key = deriveKey(storageKey, 'users file');
  const mark = (text: string): string => hmac(key, text);
  const seen = await fingerprint([users_file]);
  const users = await openUsersFile({ file: users_file, store, now, mark });
  const watch = watchUsersFile({ file: users_file, users, seen, log: options.log });
  return { directory: users.directory, unwatch: () => watch.close() };
}

async function storageKeyOf(
  config: Config,
  store: Store,
  options: InstanceOptions,
): Promise<Uint8Array> {
  if (options.storageKey !== undefined) {
    return parseStorageKey(options.storageKey, 'OSTIARY_STORAGE_KEY');
  }
  if (config.storage.engine === 'memory' || options.store !== undefined) return randomStorageKey();
  return await loadStorageKey(config.data, { isNewStore: await isNew(store), log: options.log });
}

/** Nothing was ever sealed in it. */
async function isNew(store: Store): Promise<boolean> {
  for await (const _ of store.list(['key'], { limit: 1 })) return false;
  return true;
}

function outboundOptions(
  { outbound, development, settings }: Config,
  now: () => number,
): OutboundOptions {
  const { allow_networks, ca, timeout } = outbound;
  return {
    allow_networks,
    timeoutSeconds: timeout,
    allowHttp: development,
    ownUrls: [settings.issuer],
    now,
    ...ca !== undefined && { ca },
  };
}

/** Who configured none finds messages beside the data, or in the log of a server that keeps no data. */
function notifierOf(
  { notifier, storage, data, development, settings }: Config,
  outbound: Outbound,
  now: () => number,
  options: InstanceOptions,
): Notifier {
  if (options.notifier !== undefined) return options.notifier;
  if (notifier !== undefined) return openNotifier(notifier, { outbound, now });
  if (storage.engine === 'file' && options.store === undefined) {
    return openNotifier({ kind: 'file', path: `${data}/notifications.jsonl` }, { outbound, now });
  }
  const isShown = development || isLoopbackHost(new URL(settings.issuer).hostname);
  return createLogNotifier(options.log, { isShown });
}

function routerOf(
  config: Config,
  engine: Engine,
  languages: Languages,
): (request: Request, peer?: Peer) => Promise<Response> {
  const url = new URL(engine.settings.issuer);
  const site: Site = {
    engine,
    origin: url.origin,
    basePath: url.pathname.replace(/\/$/, ''),
    isSecure: url.protocol === 'https:',
    trustedProxies: parseNetworks(config.trusted_proxies),
    clientCertificates: config.trusted_proxies.length > 0 ||
      config.listen.tls?.client_certificates === 'request',
    senders: createRecent(1024),
    productName: config.name,
    branding: config.branding,
    look: lookOf(config.branding, engine.settings.issuer),
    languages,
    maxBodyBytes: MAX_BODY_BYTES,
    cors: corsPolicies(config.cors, engine),
  };
  return createRouter({
    basePath: site.basePath,
    routes: routesOf(site),
    rootRoutes: rootRoutesOf(site),
    notFound: pageHandler(notFoundPage, site),
    failed: (error, request, context) =>
      errorPage(error, context, { ...site, asked: { request, context } }),
  });
}

/** What clients of the file name and the store does not hold: the file alone does not tell. */
function unknownKeysOf(engine: Engine): readonly string[] {
  return [...engine.settings.clients.values()].flatMap((client) =>
    keyIdProblems(client, engine).map(({ field, problem }) =>
      `client ${client.client_id}: ${field} ${problem}`
    )
  );
}

/** In the background, as RSA keys take their time; whoever needs one earlier waits for it. */
function prepareKeys(engine: Engine): void {
  ensureKeysFor(engine.settings.clients.values(), engine).catch((cause) => {
    engine.log('error', 'keys.not_made', { cause });
  });
}
