import type { Log } from '../../spec/log.ts';
import { unref } from '../../spec/unref.ts';
import { deliveries } from '../../store/collections.ts';
import { isFileStore } from '../../store/file/is_file_store.ts';
import type { DeliveryRecord } from '../../store/records.ts';
import type { Change, Key, Store } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { type Addressed, createAgenda, isDue, type Planned, queueOf } from './agenda.ts';
import { attempt, outgoing } from './attempt.ts';
import { createTurns } from './turns.ts';

/** Messages to clients' servers that wait in the store. */
export interface Deliveries {
  /** How many of a kind wait for a client, as far as this process knows. */
  waitingFor(issuer: string, addressed: Addressed): number;
  /** Looks at what is due by now; what is committed here is looked at anyway. */
  soon(): void;
  /** When nothing is due or under way any more. */
  settled(): Promise<void>;
}

/** Who sends them, for as long as the process runs. */
export interface Courier extends Deliveries {
  /** What has been committed. */
  noted(change: Change): void;
  /** From now on sends what waits for these issuers, and for no others. */
  follow(engines: readonly Engine[]): void;
  /** Begins nothing more, and gives what is under way so many seconds. */
  close(seconds: number): Promise<void>;
}

/** After which the store is read again where another process may have written, and ended, or where it could not be read. */
const REREAD_SECONDS = 60;
/** How many times as long as a look has taken nothing is looked at: however much waits, requests come first. */
const REST = 20;
/** Milliseconds. */
const MAX_REST = 500;
/** After which it is tried again to read or write what could not be. */
const PAUSE_SECONDS = 10;

export function createCourier(
  { now, log }: { readonly now: () => number; readonly log: Log },
): Courier {
  const agenda = createAgenda();
  const turns = createTurns();
  const engines = new Map<string, Engine>();
  /** Issuers of which all that waits is known, and nobody else can add to it. */
  const known = new Set<string>();
  const pending = new Set<Promise<void>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let readAt = 0;
  let isLooking = false;
  /** By `performance.now()`. */
  let restUntil = 0;
  let isClosed = false;

  const courier: Courier = {
    waitingFor: agenda.waitingFor,
    noted({ put = [], remove = [] }) {
      const puts = put.filter(({ key }) => isDelivery(key));
      for (const { key, value } of puts) agenda.plan(key, value as unknown as DeliveryRecord);
      for (const key of remove.filter(isDelivery)) agenda.forget(key);
      if (puts.length > 0) courier.soon();
    },
    follow(next) {
      const added = next.filter(({ settings }) => !engines.has(settings.issuer));
      engines.clear();
      for (const engine of next) engines.set(engine.settings.issuer, engine);
      for (const issuer of known) if (!engines.has(issuer)) known.delete(issuer);
      for (const engine of added) track(load(engine, isFileStore(engine.store)));
      readAt = now();
    },
    soon() {
      if (isLooking || isClosed || engines.size === 0) return;
      isLooking = true;
      track(rested().then(look));
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending);
    },
    async close(seconds) {
      isClosed = true;
      clearTimeout(timer);
      turns.clear();
      let late: ReturnType<typeof setTimeout> | undefined;
      const deadline = new Promise<void>((resolve) => late = setTimeout(resolve, seconds * 1000));
      await Promise.race([courier.settled(), deadline]);
      clearTimeout(late);
    },
  };
  return courier;

  function rested(): Promise<void> {
    const wait = restUntil - performance.now();
    return wait <= 1 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, wait));
  }

  function look(): void {
    isLooking = false;
    if (isClosed) return;
    const began = performance.now();
    for (const planned of agenda.due(now())) {
      planned.isTaken = true;
      track(take(planned));
    }
    // Whichever way the clock went.
    if (Math.abs(now() - readAt) >= REREAD_SECONDS) {
      readAt = now();
      const unsure = [...engines.values()].filter(({ settings }) => !known.has(settings.issuer));
      for (const engine of unsure) track(load(engine, false));
    }
    clearTimeout(timer);
    const seconds = Math.min(agenda.nextAt() - now(), REREAD_SECONDS);
    timer = setTimeout(courier.soon, Math.max(seconds, 0) * 1000);
    unref(timer);
    const ended = performance.now();
    restUntil = ended + Math.min(REST * (ended - began), MAX_REST);
  }

  function track(work: Promise<void>): void {
    const done = work
      .catch((cause) => {
        if (!isClosed) log('error', 'delivery.not_handled', { cause });
      })
      .finally(() => pending.delete(done));
    pending.add(done);
  }

  /** `isAlone`: nobody else has the store, so that whoever had something under way is no more. */
  async function load(engine: Engine, isAlone: boolean): Promise<void> {
    const { store, settings: { issuer } } = engine;
    for await (const { key, value } of deliveries.list(store, [issuer])) {
      agenda.find(key, value, isAlone && value.claimed === true);
    }
    if (isFileStore(store) && engines.has(issuer)) known.add(issuer);
    courier.soon();
  }

  /** Until an attempt has been made, or is put off. */
  async function take(planned: Planned): Promise<void> {
    try {
      await send(planned);
      planned.isOrphan = false;
    } catch (cause) {
      planned.due_at = now() + PAUSE_SECONDS;
      throw cause;
    } finally {
      planned.isTaken = false;
      courier.soon();
    }
  }

  async function send({ key, isOrphan }: Planned): Promise<void> {
    const [, issuer = '', id = ''] = key;
    const engine = engines.get(issuer);
    const entry = engine && await deliveries.get(engine.store, issuer, id);
    if (engine === undefined || entry === undefined) return agenda.forget(key);
    if (!isDue(entry.value.due_at, now()) && !isOrphan) return agenda.plan(key, entry.value);
    const message = await outgoing(entry, engine);
    if (message === undefined) return;
    const lane = { host: hostOf(message.address), queue: queueOf(issuer, entry.value) };
    await turns.enter(lane, async () => {
      const current = engines.get(issuer);
      return current && await attempt(entry, current);
    });
  }
}

/** The same store, which tells of each commit. */
export function withDeliveries<S extends Store>(store: S, { noted }: Pick<Courier, 'noted'>): S {
  return {
    ...store,
    async commit(change) {
      const outcome = await store.commit(change);
      if (outcome === 'committed') noted(change);
      return outcome;
    },
  };
}

function isDelivery([name]: Key): boolean {
  return name === deliveries.name;
}

/** One that cannot be read is refused when it is sent to. */
function hostOf(address: string): string {
  return URL.parse(address)?.host ?? '';
}
