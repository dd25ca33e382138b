import { startBackchannelUpkeep } from '../engine/ciba/upkeep.ts';
import { ensureKeysFor, keyIdProblems } from '../engine/client_algorithms.ts';
import type { Engine } from '../engine/engine.ts';
import { startKeyUpkeep } from '../engine/key_rotation.ts';
import { cutOf, endLostSessions } from '../engine/logout/person_cut.ts';
import { startSessionUpkeep } from '../engine/logout/session_upkeep.ts';
import type { Repeated } from '../engine/repeated.ts';
import { sessions } from '../store/collections.ts';

/** What clients of the file name and the store does not hold: the file alone does not tell. */
export function unknownKeysOf(engine: Engine): readonly string[] {
  return [...engine.settings.clients.values()].flatMap((client) =>
    keyIdProblems(client, engine).map(({ field, problem }) =>
      `client ${client.client_id}: ${field} ${problem}`
    )
  );
}

/** Looks after the keys, sessions and requests of every issuer for as long as it is served. */
export interface Upkeep {
  /** Takes note of engines that are new, changed or gone. */
  follow(engines: readonly Engine[]): Promise<void>;
  /** People were disabled, removed or given a new password from outside. */
  peopleCut(ids: readonly string[]): void;
  close(): Promise<void>;
}

export interface UpkeepOptions {
  /** Whether this is no server: who only runs a command leaves what is due to the next one that is. */
  readonly isCommand: boolean;
}

interface Tended {
  engine: Engine;
  readonly tending: readonly Repeated[];
}

export function createUpkeep({ isCommand }: UpkeepOptions): Upkeep {
  const all = new Map<string, Tended>();
  let cutting = Promise.resolve();

  const letGo = async (url: string): Promise<Engine | undefined> => {
    const gone = all.get(url);
    all.delete(url);
    await Promise.all(gone?.tending.map((each) => each.close()) ?? []);
    return gone?.engine;
  };

  /** Lets go of an issuer that is served no longer, and notes that its clients were told of no session's end. */
  const noteGone = async (url: string): Promise<void> => {
    const gone = await letGo(url);
    if (gone === undefined) return;
    for await (const _ of sessions.list(gone.store, [url], { limit: 1 })) {
      gone.log('warn', 'sessions.resting', { issuer: url });
    }
  };

  return {
    async follow(engines) {
      for (const engine of engines) {
        const url = engine.settings.issuer;
        const known = all.get(url);
        if (known === undefined) {
          const current = (): Engine => all.get(url)?.engine ?? engine;
          const keys = startKeyUpkeep(current);
          const tending = isCommand
            ? [keys]
            : [keys, startSessionUpkeep(current), startBackchannelUpkeep(current)];
          all.set(url, { engine, tending });
        } else {
          known.engine = engine;
          for (const each of known.tending) each.soon();
        }
        prepareKeys(engine);
      }
      const urls = new Set(engines.map(({ settings }) => settings.issuer));
      await Promise.all([...all.keys()].filter((url) => !urls.has(url)).map(noteGone));
    },
    peopleCut(ids) {
      cutting = cutting.then(async () => {
        const [first] = all.values();
        if (first === undefined || isCommand) return;
        await endAllLost(ids, first.engine);
      });
    },
    async close() {
      await cutting;
      await Promise.all([...all.keys()].map(letGo));
    },
  };
}

async function endAllLost(ids: readonly string[], engine: Engine): Promise<void> {
  try {
    for (const id of ids) {
      await endLostSessions(id, cutOf(await engine.directory.findById(id)), engine);
    }
  } catch (cause) {
    engine.log('error', 'sessions.not_tended', { cause });
  }
}

/** In the background, as RSA keys take their time; whoever needs one earlier waits for it. */
function prepareKeys(engine: Engine): void {
  ensureKeysFor(engine.settings.clients.values(), engine).catch((cause) => {
    engine.log('error', 'keys.not_made', { cause });
  });
}
