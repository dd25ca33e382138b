import { runBootstraps } from './app/bootstrap.ts';
import { type Configurations, createConfigurations, startingConfig } from './app/configuration.ts';
import { dispatcher } from './app/dispatch.ts';
import { type IssuerParts, type LiveIssuer, openIssuer, routeOf } from './app/issuer.ts';
import type { InstanceOptions } from './app/options.ts';
import { openShared, type Shared } from './app/shared.ts';
import { toldBy } from './app/told.ts';
import { createUpkeep, unknownKeysOf } from './app/upkeep.ts';
import type { Directory } from './accounts/directory.ts';
import type { PasswordHasher } from './accounts/password.ts';
import { ConfigError } from './config/config_error.ts';
import type { Config } from './config/config.ts';
import { withFiles } from './config/load.ts';
import { loadLibraries, requireConfig } from './config/parse.ts';
import type { Engine } from './engine/engine.ts';
import { longestOf } from './engine/key_rotation.ts';
import { watchFileSectors } from './engine/file_sectors.ts';
import { newSetupToken } from './engine/setup.ts';
import type { Peer } from './http/router.ts';
import type { Log } from './spec/log.ts';
import { describeMistake, type Mistake } from './spec/mistake.ts';
import type { Store } from './store/store.ts';

/** A running provider: what answers requests, and what the command line works on. */
export interface Instance {
  readonly store: Store;
  readonly directory: Directory;
  readonly hasher: PasswordHasher;
  /** Of every issuer as of the last reload, the first one first. */
  engines(): readonly [Engine, ...Engine[]];
  /** Of the first issuer. */
  engine(): Engine;
  fetch(request: Request, peer?: Peer): Promise<Response>;
  /** The same of one issuer, whatever the host; undefined when there is none of this name. */
  fetchOf(issuer: string, request: Request, peer?: Peer): Promise<Response | undefined>;
  /**
   * Another configuration takes over between two requests, its issuers included: the whole of it, or nothing of it. Of
   * two calls at once the second waits. Where people and records are kept stays as it was. @returns why it cannot take
   * over, together with what the store adds to it
   */
  reload(config: Config): Promise<readonly Mistake[]>;
  /** Where the first administrator signs up; undefined once there is somebody. */
  setupLink(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Everything that changes with a reload. */
interface Live {
  readonly issuers: readonly [LiveIssuer, ...LiveIssuer[]];
  readonly route: LiveIssuer['route'];
}

/** Puts everything together: store, keys, people, engines, routes. @throws {TypeError} when store and storage key do not fit */
export async function openInstance(config: Config, options: InstanceOptions): Promise<Instance> {
  const upkeep = createUpkeep({ isCommand: options.isCommand === true });
  const shared = await openShared(config, options, (ids) => upkeep.peopleCut(ids));
  try {
    const { store, directory, hasher, now, log } = shared.parts;
    const closing = new AbortController();
    let live: Live | undefined;
    const current = (): Live => {
      if (live === undefined) throw new TypeError('Cannot be asked before it is there');
      return live;
    };
    const engines = () => enginesOf(current());
    /** Everything that can fail comes first: until what this returns is called, nothing has changed. */
    const prepare = async (effective: Config): Promise<() => Promise<void>> => {
      const before = live?.issuers ?? [];
      const next = await goLive(effective, shared, before, { engines, configurations });
      return async () => {
        if (live !== undefined) logUnknownKeys(enginesOf(next), log);
        live = next;
        await upkeep.follow(enginesOf(next));
        if (options.isCommand !== true) shared.courier.follow(enginesOf(next));
        const clients = clientsOf(before);
        for (const engine of enginesOf(next)) {
          watchFileSectors(engine, closing.signal, clients.get(engine.settings.issuer));
        }
      };
    };
    const configurations = createConfigurations({ store, now, config, engines, prepare });
    const effective = await startingConfig(config, store, {
      isLenient: options.isLenient === true,
    });
    await (await prepare(effective))();
    await runBootstraps(effective.issuers, engines);
    const unknownKeys = engines().flatMap(unknownKeysOf);
    if (unknownKeys.length > 0) {
      throw new ConfigError('Cannot sign for every client:', unknownKeys);
    }
    let bringing = Promise.resolve();
    if (options.isCommand !== true) {
      configurations.mirror().catch((cause) =>
        log('error', 'configuration.not_mirrored', { cause })
      );
    }
    return {
      store,
      directory,
      hasher,
      engines,
      engine: () => current().issuers[0].engine,
      fetch: (request, peer) => current().route(request, peer),
      async fetchOf(issuer, request, peer) {
        return await current().issuers.find(({ url }) => url === issuer)?.route(request, peer);
      },
      async reload(next) {
        const known = new Set(engines().map(({ settings }) => settings.issuer));
        const mistakes = await configurations.reload(next);
        if (mistakes.length > 0) return mistakes;
        const added = next.issuers.filter(({ settings }) => !known.has(settings.issuer));
        bringing = bringing.then(() => runBootstraps(added, engines))
          .catch((cause) => log('error', 'bootstrap.failed', { cause }));
        await bringing;
        return [];
      },
      async setupLink() {
        const { engine, url } = current().issuers[0];
        const token = await newSetupToken(engine);
        return token && `${url}/setup?token=${token}`;
      },
      async close() {
        closing.abort();
        await configurations.close();
        await bringing;
        await upkeep.close();
        await shared.close();
      },
    };
  } catch (error) {
    await upkeep.close();
    await shared.close();
    throw error;
  }
}

/** How engines find each other, and how they are changed. */
interface Ways extends Pick<Engine, 'engines'> {
  readonly configurations: Pick<Configurations, 'of'>;
}

/** What an issuer had before stays with it. */
async function goLive(
  config: Config,
  shared: Shared,
  before: readonly LiveIssuer[],
  { engines, configurations }: Ways,
): Promise<Live> {
  const kept = new Map(before.map(({ url, parts }) => [url, parts]));
  const told = toldBy(config, shared);
  const liveIssuer = async (issuer: Config['issuers'][number]): Promise<LiveIssuer> => {
    const { settings } = issuer;
    const { issuer: url, mtls_endpoint_aliases: alias } = settings;
    const parts: IssuerParts = kept.get(url) ?? await openIssuer(url, shared);
    // Before anything is issued that lives longer.
    await parts.keys.keepFor(longestOf(settings));
    const engine: Engine = {
      ...shared.parts,
      ...parts,
      ...told(url),
      settings,
      configuration: configurations.of(url),
      engines,
    };
    return { url, alias, parts, engine, route: routeOf(issuer, config, engine, shared) };
  };
  // At once, so that none waits for another's RSA keys.
  const [first, ...others] = await allSettled(config.issuers.map(liveIssuer));
  if (first === undefined) throw new TypeError('Cannot serve as there must be an issuer: got none');
  const issuers = [first, ...others] as const;
  return { issuers, route: dispatcher(issuers, config.trusted_proxies) };
}

/** What all yield, or the first failure once none runs any more. */
async function allSettled<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

function logUnknownKeys(engines: readonly Engine[], log: Log): void {
  for (const engine of engines) {
    for (const problem of unknownKeysOf(engine)) {
      log('error', 'client.unknown_key', { issuer: engine.settings.issuer, problem });
    }
  }
}

/** Those of the file, by issuer. */
function clientsOf(
  issuers: readonly LiveIssuer[],
): ReadonlyMap<string, Engine['settings']['clients']> {
  return new Map(issuers.map(({ url, engine }) => [url, engine.settings.clients]));
}

function enginesOf({ issuers: [first, ...others] }: Live): readonly [Engine, ...Engine[]] {
  return [first.engine, ...others.map(({ engine }) => engine)];
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
  const { config: whole, mistakes } = await withFiles(requireConfig(config));
  if (mistakes.length > 0) {
    throw new ConfigError('Cannot use the configuration:', mistakes.map(describeMistake));
  }
  const { fetch, setupLink, close } = await openInstance(whole, { log, ...options });
  return { fetch, setupLink, close };
}
