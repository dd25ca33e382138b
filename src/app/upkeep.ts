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
  /** Takes note of engines that are new, changed or gone. */
  follow(engines: readonly Engine[]): Promise<void>;
  close(): Promise<void>;
}

export function createUpkeep(): Upkeep {
  const all = new Map<string, { engine: Engine; readonly keys: KeyUpkeep }>();

  const letGo = async (url: string): Promise<void> => {
    const gone = all.get(url);
    all.delete(url);
    await gone?.keys.close();
  };

  return {
    async follow(engines) {
      for (const engine of engines) {
        const url = engine.settings.issuer;
        const known = all.get(url);
        if (known === undefined) {
          all.set(url, { engine, keys: startKeyUpkeep(() => all.get(url)?.engine ?? engine) });
        } else {
          known.engine = engine;
          known.keys.soon();
        }
        prepareKeys(engine);
      }
      const urls = new Set(engines.map(({ settings }) => settings.issuer));
      await Promise.all([...all.keys()].filter((url) => !urls.has(url)).map(letGo));
    },
    async close() {
      await Promise.all([...all.keys()].map(letGo));
    },
  };
}

/** In the background, as RSA keys take their time; whoever needs one earlier waits for it. */
function prepareKeys(engine: Engine): void {
  ensureKeysFor(engine.settings.clients.values(), engine).catch((cause) => {
    engine.log('error', 'keys.not_made', { cause });
  });
}
