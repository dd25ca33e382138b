import { runBootstraps } from './app/bootstrap.ts';
import { dispatcher } from './app/dispatch.ts';
import { type IssuerParts, type LiveIssuer, openIssuer, routeOf } from './app/issuer.ts';
import type { InstanceOptions } from './app/options.ts';
import { openShared, type Shared } from './app/shared.ts';
import { toldBy } from './app/told.ts';
import { createUpkeep, unknownKeysOf } from './app/upkeep.ts';
import type { Directory } from './accounts/directory.ts';
import type { PasswordHasher } from './accounts/password.ts';
import type { Config } from './config/config.ts';
import { withFiles } from './config/load.ts';
import { loadLibraries, requireConfig } from './config/parse.ts';
import type { Engine } from './engine/engine.ts';
import { longestOf } from './engine/key_rotation.ts';
import { watchFileSectors } from './engine/file_sectors.ts';
import { newSetupToken } from './engine/setup.ts';
import type { Peer } from './http/router.ts';
import { describeMistake } from './spec/mistake.ts';
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
   * Another configuration takes over between two requests, its issuers included: the whole of it, or nothing of it when
   * the promise rejects. Of two calls at once the second waits. Where people and records are kept stays as it was.
   */
  reload(config: Config): Promise<void>;
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
  const shared = await openShared(config, options);
  const upkeep = createUpkeep();
  try {
    let live = await goLive(config, shared, []);
    let reloading = Promise.resolve();
    const engines = () => enginesOf(live);
    await runBootstraps(config.issuers, engines);
    const unknownKeys = engines().flatMap(unknownKeysOf);
    if (unknownKeys.length > 0) {
      throw new TypeError(['Cannot sign for every client:', ...unknownKeys].join('\n  '));
    }
    await (await upkeep.follow(engines()))();
    const closing = new AbortController();
    for (const engine of engines()) watchFileSectors(engine, closing.signal);
    const { store, directory, hasher, log } = shared.parts;

    /** Whole, or not at all when an issuer that is new cannot be opened. */
    const takeOver = async (next: Config): Promise<void> => {
      if (closing.signal.aborted) return;
      const before = clientsOf(live);
      const ahead = await goLive(next, shared, live.issuers);
      const settle = await upkeep.follow(enginesOf(ahead));
      live = ahead;
      await settle();
      for (const engine of engines()) {
        for (const problem of unknownKeysOf(engine)) {
          log('error', 'client.unknown_key', { issuer: engine.settings.issuer, problem });
        }
        watchFileSectors(engine, closing.signal, before.get(engine.settings.issuer));
      }
    };

    return {
      store,
      directory,
      hasher,
      engines,
      engine: () => live.issuers[0].engine,
      fetch: (request, peer) => live.route(request, peer),
      async fetchOf(issuer, request, peer) {
        return await live.issuers.find(({ url }) => url === issuer)?.route(request, peer);
      },
      reload(next) {
        const done = reloading.then(() => takeOver(next));
        reloading = done.catch(() => {});
        return done;
      },
      async setupLink() {
        const { engine, url } = live.issuers[0];
        const token = await newSetupToken(engine);
        return token && `${url}/setup?token=${token}`;
      },
      async close() {
        closing.abort();
        await reloading;
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

/** What an issuer had before stays with it. */
async function goLive(
  config: Config,
  shared: Shared,
  before: readonly LiveIssuer[],
): Promise<Live> {
  const kept = new Map(before.map(({ url, parts }) => [url, parts]));
  const told = toldBy(config, shared);
  const all: Engine[] = [];
  const liveIssuer = async (issuer: Config['issuers'][number]): Promise<LiveIssuer> => {
    const { settings } = issuer;
    const url = settings.issuer;
    const parts: IssuerParts = kept.get(url) ?? await openIssuer(url, shared);
    // Before anything is issued that lives longer.
    await parts.keys.keepFor(longestOf(settings));
    const engine: Engine = {
      ...shared.parts,
      ...parts,
      ...told(url),
      settings,
      engines: () => all,
    };
    all.push(engine);
    return { url, parts, engine, route: routeOf(issuer, config, engine, shared) };
  };
  const [first, ...others] = config.issuers;
  const issuers: [LiveIssuer, ...LiveIssuer[]] = [await liveIssuer(first)];
  for (const other of others) issuers.push(await liveIssuer(other));
  return { issuers, route: dispatcher(issuers, config.trusted_proxies) };
}

/** Those of the file, by issuer. */
function clientsOf({ issuers }: Live): ReadonlyMap<string, Engine['settings']['clients']> {
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
  const { config: whole, mistakes } = await withFiles(requireConfig(config), config, '.');
  if (mistakes.length > 0) {
    throw new TypeError(
      ['Cannot use the configuration:', ...mistakes.map(describeMistake)].join('\n  '),
    );
  }
  const { fetch, setupLink, close } = await openInstance(whole, { log, ...options });
  return { fetch, setupLink, close };
}
