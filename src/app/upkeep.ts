import { ensureKeysFor, keyIdProblems } from '../engine/client_algorithms.ts';
import type { Engine } from '../engine/engine.ts';
import { type KeyUpkeep, startKeyUpkeep } from '../engine/key_rotation.ts';

/** What clients of the file name and the store does not hold: the file alone does not tell. */
export function unknownKeysOf(engine: Engine): readonly string[] {
  return [...engine.settings.clients.values()].flatMap((client) =>
    keyIdProblems(client, engine).map(({ field, problem }) =>
      `client ${client.client_id}: ${field} ${problem}`
    )
  );
}

/** Looks after the keys of every issuer for as long as it is served. */
export interface Upkeep {
  /**
   * Begins with those that are new, all or none. What it returns is called once these engines are the ones that serve, and
   * takes note of what has changed and lets go of what is gone.
   */
  follow(engines: readonly Engine[]): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

interface Tended {
  engine: Engine;
  readonly keys: KeyUpkeep;
}

export function createUpkeep(): Upkeep {
  const all = new Map<string, Tended>();

  const begin = async (engine: Engine): Promise<Tended> => {
    const url = engine.settings.issuer;
    return { engine, keys: await startKeyUpkeep(() => all.get(url)?.engine ?? engine) };
  };

  const letGo = async (url: string): Promise<void> => {
    const gone = all.get(url);
    all.delete(url);
    await gone?.keys.close();
  };

  return {
    async follow(engines) {
      const begun = await Promise.allSettled(engines.filter(isNew).map(begin));
      const started = begun.flatMap((each) => each.status === 'fulfilled' ? [each.value] : []);
      const failed = begun.find((each) => each.status === 'rejected');
      if (failed !== undefined) {
        for (const { keys } of started) await keys.close();
        throw failed.reason;
      }
      return async () => {
        for (const engine of engines) {
          const known = all.get(engine.settings.issuer);
          if (known === undefined) continue;
          known.engine = engine;
          known.keys.soon();
        }
        for (const each of started) all.set(each.engine.settings.issuer, each);
        for (const engine of engines) prepareKeys(engine);
        const urls = new Set(engines.map(({ settings }) => settings.issuer));
        await Promise.all([...all.keys()].filter((url) => !urls.has(url)).map(letGo));
      };
    },
    async close() {
      await Promise.all([...all.keys()].map(letGo));
    },
  };

  function isNew({ settings }: Engine): boolean {
    return !all.has(settings.issuer);
  }
}

/** In the background, as RSA keys take their time; whoever needs one earlier waits for it. */
function prepareKeys(engine: Engine): void {
  ensureKeysFor(engine.settings.clients.values(), engine).catch((cause) => {
    engine.log('error', 'keys.not_made', { cause });
  });
}
