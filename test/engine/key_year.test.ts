/**
 * A year of a provider that runs as two processes on one store, whose keys rotate by schedule, by command and by import, while
 * lifetimes change and processes end at any commit. T142
 */
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import { describe, it } from 'node:test';
import { requireConfig } from '../../src/config/parse.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { longestOf, tendKeys } from '../../src/engine/key_rotation.ts';
import { encryptTo } from '../../src/keys/encrypt.ts';
import type { KeyGroup } from '../../src/keys/key_records.ts';
import { REREAD_SECONDS } from '../../src/keys/key_state.ts';
import type { Keys } from '../../src/keys/keys.ts';
import { PUBLISHED_MAX_AGE_SECONDS } from '../../src/keys/key_state.ts';
import type { SigningAlg } from '../../src/spec/identifiers.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { Change, Store } from '../../src/store/store.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { openTestKeys } from '../support/keys.ts';
import { createRandom } from '../support/random.ts';

const ISSUER = 'https://op.example';
const START = 1_800_000_000;
const YEAR = 365 * 86_400;
/** What relying parties allow clocks to differ by. */
const TOLERANCE = 60;
/** A shared cache keeps the JWKS for its max-age, then a relying party keeps what it got from there for as long again. */
const STALE = 2 * PUBLISHED_MAX_AGE_SECONDS;
/** So long may a client wait with what it encrypted to us. */
const HELD = 86_400;
const SIGNING = ['ES256', 'EdDSA', 'ES384', 'RS256'] as const;
const ENC = 'ECDH-ES';
const EVERY = { rotate_every: '45d', algorithms: { EdDSA: '11d', [ENC]: '20d', RS256: '200d' } };
const LIVES = ['1h', '5h', '2d', '9d', '30d'] as const;

interface Jwks {
  readonly keys:
    readonly ({ readonly kid: string; readonly use: string } & Record<string, string>)[];
}

/** What one process published, from when on. */
interface Published {
  readonly from: number;
  readonly text: string;
  readonly kids: ReadonlySet<string>;
}

interface Process {
  readonly name: string;
  keys: Keys;
  engine: Engine;
  /** When it last looked for what others changed. */
  readAt: number;
  readonly history: Published[];
}

interface Signed {
  readonly jwt: string;
  readonly kid: string;
  readonly from: number;
  readonly until: number;
}

interface Later {
  readonly at: number;
  readonly look: () => void | Promise<void>;
}

class Killed extends Error {}

function simulation(seed: string) {
  const random = createRandom(seed);
  const clock = { now: START };
  const now = () => clock.now;
  const store = openMemoryStore({ now });
  const kill = { after: Infinity };
  const mortal: Store = {
    ...store,
    commit: async (change: Change) => {
      if (kill.after-- <= 0) throw new Killed();
      return await store.commit(change);
    },
  };
  let settings = settingsOf('1h');
  const processes: Process[] = [];
  const signed: Signed[] = [];
  /** Kids that were taken away, or used before everybody could know them. */
  const removed = new Set<string>();
  const hasty = new Map<string, number>();
  /** What is to be looked at later, by time. */
  const later: Later[] = [];

  function settingsOf(life: string) {
    return requireConfig({
      issuer: ISSUER,
      keys: EVERY,
      lifespans: { access_token: life, id_token: life, refresh_token: life },
      sessions: { idle: '1m', absolute: '1m', remember: '1m' },
    }).issuers[0].settings;
  }

  async function opened(): Promise<Pick<Process, 'keys' | 'engine' | 'readAt'>> {
    const keys = await openTestKeys({
      store: mortal,
      issuer: ISSUER,
      now,
    });
    const engine = { keys, store: mortal, now, log: () => {}, settings } as unknown as Engine;
    await keys.keepFor(longestOf(settings));
    return { keys, engine, readAt: clock.now };
  }

  /** The first comes last. */
  function lookLater(at: number, look: Later['look']): void {
    let index = later.length;
    while (index > 0 && (later[index - 1]?.at ?? Infinity) <= at) index -= 1;
    later.splice(index, 0, { at, look });
  }

  /** What it publishes now; the same bytes as before, unless keys have changed. */
  async function observe(process: Process): Promise<void> {
    const text = await process.keys.jwksText();
    if (process.history.at(-1)?.text === text) return;
    const { keys } = JSON.parse(text) as Jwks;
    assert(keys.length >= SIGNING.length, 'the JWKS is never without keys');
    const kids = new Set(keys.map(({ kid }) => kid));
    assertEquals(kids.size, keys.length);
    process.history.push({ from: clock.now, text, kids });
  }

  /** Its timer, which fired at the latest a while ago. */
  async function moveTo(at: number): Promise<void> {
    for (const process of processes) {
      const due = process.readAt + REREAD_SECONDS;
      if (due > at) continue;
      // Until then it knew no better; whether it did so once or often since makes no difference.
      clock.now = due;
      await process.keys.refresh();
      await observe(process);
      process.readAt = at - ((at - due) % REREAD_SECONDS);
    }
    clock.now = at;
    for (const process of processes) await observe(process);
  }

  async function sign(process: Process, alg: SigningAlg): Promise<void> {
    const life = longestOf(settings).sig;
    const iat = Math.floor(clock.now);
    const payload = { iss: ISSUER, sub: 's', iat, exp: iat + life };
    const jwt = await process.keys.sign(alg, 'JWT', payload);
    const kid = decodeProtectedHeader(jwt).kid ?? '';
    signed.push({ jwt, kid, from: clock.now, until: iat + life + TOLERANCE });
  }

  /** Sealed by one, for as long as it lives, opened by both. */
  function sealAndOpen(process: Process): void {
    const sealed = process.keys.seal('access token', 'x');
    const mac = process.keys.mac('refresh token', 'x');
    const kid = sealed.slice(0, 6);
    const look = (): void => {
      if (removed.has(kid)) return;
      for (const each of processes) {
        // It may not have heard yet of a key that was used at once.
        if (clock.now < (hasty.get(kid) ?? 0) + REREAD_SECONDS) continue;
        assertEquals(each.keys.open('access token', sealed), 'x', `${kid} at ${clock.now}`);
        assert(each.keys.isMac('refresh token', 'x', mac));
      }
    };
    look();
    const { seal } = longestOf(settings);
    lookLater(clock.now + seal - 0.001, look);
    lookLater(clock.now + REREAD_SECONDS, look);
  }

  /** To the oldest JWKS that anybody may hold, opened as late as it may come. */
  async function encryptLate(process: Process): Promise<void> {
    const at = clock.now;
    const { keys } = JSON.parse(process.history.at(-1)?.text ?? '') as Jwks;
    const jwk = keys.find(({ use }) => use === 'enc');
    assert(jwk !== undefined, 'there is always a key to encrypt to');
    const jwe = await encryptTo('text', { alg: ENC, enc: 'A128GCM', jwk });
    const look = async (): Promise<void> => {
      if (removed.has(jwk.kid)) return;
      for (const each of processes) {
        if (clock.now < (hasty.get(jwk.kid) ?? 0) + REREAD_SECONDS) continue;
        const text = await each.keys.decrypt(jwe, { algs: [ENC], encs: ['A128GCM'] });
        assertEquals(text, 'text', `${jwk.kid} of ${at} at ${clock.now}`);
      }
    };
    lookLater(at, look);
    lookLater(at + STALE + HELD - 0.001, look);
  }

  /** Everything that is made around a change, at every moment at which it could matter. */
  async function probe(group: KeyGroup): Promise<void> {
    for (const process of processes) {
      if (group === 'seal') sealAndOpen(process);
      else if (group === ENC) await encryptLate(process);
      else await sign(process, group as SigningAlg);
    }
  }

  async function changed(group: KeyGroup): Promise<void> {
    const from = clock.now;
    const turns =
      processes[0]?.keys.describe().flatMap((key) =>
        (key.alg ?? key.use) === group ? [key.active_at, key.superseded_at ?? 0] : []
      ) ?? [];
    const stale = processes.map(({ readAt }) => readAt + REREAD_SECONDS);
    const moments = [from, from + 1, ...turns, ...stale, ...turns.map((turn) => turn + 1)]
      .flatMap((at) => [at - 0.001, at]).filter((at) => at >= from);
    for (const at of new Set(moments)) lookLater(at, () => probe(group));
    await probe(group);
  }

  async function reopen(process: Process): Promise<void> {
    kill.after = Infinity;
    Object.assign(process, await opened());
    await observe(process);
  }

  /** Perhaps to the end, perhaps until the process is killed at a commit. */
  async function attempt(process: Process, work: () => Promise<unknown>): Promise<void> {
    if (random() < 0.3) kill.after = Math.floor(random() * 4);
    try {
      await work();
    } catch (error) {
      assert(error instanceof Killed, String(error));
      await reopen(process);
    }
    kill.after = Infinity;
    await observe(process);
  }

  /** What the clock asks for is done by one process, or by both at once. */
  async function tend(): Promise<void> {
    const [one, other] = processes as [Process, Process];
    const before = versionOf(one);
    await attempt(
      one,
      () =>
        random() < 0.3
          ? Promise.all([tendKeys(one.engine), tendKeys(other.engine)])
          : tendKeys(one.engine),
    );
    await tendKeys(one.engine);
    await observe(one);
    await observe(other);
    const after = versionOf(one);
    for (const [group, version] of after) if (before.get(group) !== version) await changed(group);
  }

  function versionOf({ keys }: Process): ReadonlyMap<KeyGroup, string> {
    const versions = new Map<KeyGroup, string>();
    for (const { kid, alg, use, active_at, superseded_at } of keys.describe()) {
      const group = (alg ?? use) as KeyGroup;
      const known = versions.get(group) ?? '';
      versions.set(group, `${known} ${kid} ${active_at} ${superseded_at}`);
    }
    return versions;
  }

  const GROUPS: readonly KeyGroup[] = ['ES256', 'EdDSA', 'ES384', ENC, 'seal'];

  /** What administrators may do, any day. */
  const DEEDS: readonly ((process: Process, group: KeyGroup) => Promise<void>)[] = [
    async (process, group) => {
      await attempt(process, () => process.keys.rotate(group));
      await changed(group);
    },
    async (process, group) => {
      await attempt(process, () => process.keys.rotate(group, { isNow: true }));
      noteHasty(process, group);
      await changed(group);
    },
    async (process) => {
      const { privateKey } = await generateKeyPair('ES384', { extractable: true });
      const text = JSON.stringify(await exportJWK(privateKey));
      const isNow = random() < 0.3;
      await attempt(process, () => process.keys.importKey(text, {}, { isNow }));
      if (isNow) noteHasty(process, 'ES384');
      await changed('ES384');
    },
    async (process, group) => {
      const all = process.keys.describe().filter((key) => (key.alg ?? key.use) === group);
      const kid = all[Math.floor(random() * all.length)]?.kid ?? '';
      // Whatever becomes of it: what it made no longer counts.
      removed.add(kid);
      await attempt(process, () => process.keys.remove(kid));
      noteHasty(process, group);
      await changed(group);
    },
    async () => {
      settings = settingsOf(LIVES[Math.floor(random() * LIVES.length)] ?? '1h');
      for (const process of processes) {
        process.engine = { ...process.engine, settings };
        await process.keys.keepFor(longestOf(settings));
      }
      for (const group of GROUPS) await changed(group);
    },
    async (process) => {
      await reopen(process);
    },
  ];

  /** Its use began before everybody could know it: the price of --now and of a removal. */
  function noteHasty(process: Process, group: KeyGroup): void {
    for (const { kid, alg, use, active_at, state } of process.keys.describe()) {
      if ((alg ?? use) !== group || state !== 'active') continue;
      if (active_at <= clock.now && active_at > clock.now - 1) hasty.set(kid, clock.now);
    }
  }

  /** The next moment at which anything is to be looked at or done. */
  function nextDue(): number {
    const { keys } = processes[0] as Process;
    return Math.min(
      ...keys.describe().flatMap((key) => {
        const group = key.alg ?? key.use;
        const days: Readonly<Record<string, number>> = {
          EdDSA: 11,
          [ENC]: 20,
          RS256: 200,
          seal: 7,
        };
        const every = (days[group] ?? 45) * 86_400;
        const isDue = key.superseded_at === undefined && key.imported !== true;
        return [
          ...isDue ? [key.active_at + every] : [],
          ...key.gone_at === undefined ? [] : [key.gone_at],
        ];
      }),
    );
  }

  async function run(): Promise<void> {
    for (const name of ['one', 'other']) {
      processes.push({ name, history: [], ...await opened() });
      await processes.at(-1)?.keys.ensure('sig', SIGNING);
      await processes.at(-1)?.keys.ensure('enc', [ENC]);
    }
    for (const process of processes) {
      await process.keys.refresh();
      await observe(process);
    }
    let deedAt = START + 5 * 86_400 + 0.9;
    while (clock.now < START + YEAR) {
      const look = later.at(-1)?.at ?? Infinity;
      const due = nextDue();
      const at = Math.max(clock.now, Math.min(look, due, deedAt));
      await moveTo(at);
      if (at >= look) await later.pop()?.look();
      else if (at >= deedAt) {
        const deed = DEEDS[Math.floor(random() * DEEDS.length)];
        // As late as possible will they hear of it again.
        for (const each of processes) {
          await each.keys.refresh();
          each.readAt = clock.now - 0.001;
        }
        const process = processes[Math.floor(random() * 2)];
        const group = GROUPS[Math.floor(random() * GROUPS.length)];
        if (process !== undefined && group !== undefined) await deed?.(process, group);
        // Often one after the other; and late in a second, as records know whole ones.
        deedAt = Math.floor(clock.now + random() * (random() < 0.4 ? 900 : 14 * 86_400)) + 0.9;
      } else await tend();
    }
  }

  /** Whether a process published a key all the time between two moments. */
  function isPublished({ history }: Process, kid: string, from: number, until: number): boolean {
    return history.every((each, index) => {
      const end = history[index + 1]?.from ?? Infinity;
      return end <= from || each.from >= until || each.kids.has(kid);
    });
  }

  return {
    signed,
    processes,
    removed,
    hasty,
    run,
    isPublished,
    end: () => clock.now,
  };
}

describe('T142: a year of key rotation', () => {
  for (const seed of ['spring', 'autumn']) {
    it(
      `${seed}: whoever keeps the JWKS for its max-age knows every kid, and all that is made is good to its end`,
      {
        timeout: 240_000,
      },
      async () => {
        const { signed, processes, removed, hasty, run, isPublished, end } = simulation(seed);
        await run();
        let checked = 0;
        for (const { jwt, kid, from, until } of signed) {
          if (removed.has(kid) || until > end()) continue;
          // Whoever looked before a hasty key was there has to look again.
          const since = Math.max(from - STALE, START, (hasty.get(kid) ?? 0) + REREAD_SECONDS);
          for (const process of processes) {
            assert(
              isPublished(process, kid, since, until),
              `${kid}, which signed at ${from}, is missing at ${process.name} before ${until}`,
            );
          }
          checked += 1;
          if (checked % 50 !== 0) continue;
          const { text } = processes[0]?.history.findLast((each) => each.from <= since + 1) ??
            { text: '' };
          const currentDate = new Date((until - 1) * 1000);
          const jwks = createLocalJWKSet(JSON.parse(text));
          await jwtVerify(jwt, jwks, { currentDate, clockTolerance: TOLERANCE });
        }
        assert(checked > 1000, `only ${checked} tokens`);
        assert(new Set(signed.map(({ kid }) => kid)).size > 50, 'many keys have signed');
        assert(hasty.size > 3 && removed.size > 3);
      },
    );
  }
});
