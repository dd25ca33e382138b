import type { Log } from '../spec/log.ts';
import { createSoon } from '../spec/soon.ts';
import { observations as records } from '../store/collections.ts';
import type { ClientUse, ObservationRecord, Sighting, SightingKind } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';

export interface Seen {
  readonly kind: SightingKind;
  /** A client that there is; absent: it concerns all of them. */
  readonly client_id?: string;
  readonly value: string;
  readonly endpoint?: string;
}

/**
 * What others got wrong lately, for the doctor to tell. Requests only leave a mark in memory; what is new is written
 * once a minute. Hostile floods fill fixed places: so many clients a minute, so many values of a kind, each cut, and of
 * those the ones seen most often stay. A crash loses a minute.
 */
export interface Observations {
  saw(issuer: string, seen: Seen): void;
  /** A client got an ID token beside an access token. */
  issued(issuer: string, client_id: string, scope: readonly string[]): void;
  askedUserinfo(issuer: string, client_id: string): void;
  /** A message to a person was handed on. */
  delivered(issuer: string): void;
  /** By client_id, with what is not written yet; '' is what concerns all clients. */
  read(issuer: string): Promise<ReadonlyMap<string, ObservationRecord>>;
  flush(): Promise<void>;
  /** Writes what is new, for the last time; never throws. */
  close(): Promise<void>;
}

export interface ObservationsOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly log: Log;
  /** How long marks stay in memory alone; by default 60. */
  readonly holdSeconds?: number;
}

/** Notes what a request got wrong; never waits, never fails. */
export function observe(seen: Seen, { observations, settings }: Engine): void {
  observations.saw(settings.issuer, seen);
}

/** Seconds for which it is remembered. */
export const OBSERVED_SECONDS = 14 * 86_400;
/** Characters of a value: a whole record stays within what the store takes. */
export const MAX_SEEN_LENGTH = 250;
/** Clients of one issuer that something new is known of, and what they got wrong; others wait until these are written. */
const MAX_CLIENTS = 1000;
const MAX_NEW_SIGHTINGS = 200;
/** Different values of a kind. */
const MAX_VALUES = 5;
const MAX_UNKNOWN_CLIENTS = 10;
const MAX_SCOPES = 30;
/** ID tokens from which on a client is known well enough to be written of once a day only. */
const MANY_TOKENS = 20;
const DAY = 86_400;
const RECORDS_PER_COMMIT = 50;
/** How often a record that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** What is new of one client, changed in place: a mark must cost next to nothing. */
interface News {
  sightings: readonly Sighting[];
  tokens: number;
  scope: readonly string[];
  first_at: number;
  at: number;
  userinfo_at: number | undefined;
  delivered_at: number | undefined;
}

interface NewsOfIssuer {
  readonly clients: Map<string, News>;
  /** Of single clients. */
  sightings: number;
}

export function createObservations(options: ObservationsOptions): Observations {
  const { store, now, log, holdSeconds = 60 } = options;
  const news = new Map<string, NewsOfIssuer>();
  const failed = (cause: unknown): void => log('error', 'observations.not_written', { cause });
  const soon = createSoon(holdSeconds, () => observations.flush(), failed);

  const observations: Observations = {
    saw(issuer, { client_id = '', kind, value, endpoint }) {
      const of = newsOf(issuer, client_id);
      if (of === undefined) return;
      const at = now();
      const shown = value.slice(0, MAX_SEEN_LENGTH).toWellFormed();
      const seen = { kind, value: shown, ...endpoint !== undefined && { endpoint } };
      const sightings = withSighting(of.sightings, { ...seen, count: 1, first_at: at, at });
      const isMore = client_id !== '' && sightings.length > of.sightings.length;
      if (!isMore || hasRoom(issuer)) of.sightings = sightings;
    },
    issued(issuer, client_id, scope) {
      const of = newsOf(issuer, client_id);
      if (of === undefined) return;
      of.at = now();
      if (of.tokens === 0) of.first_at = of.at;
      of.tokens += 1;
      of.scope = scope;
    },
    askedUserinfo(issuer, client_id) {
      const of = newsOf(issuer, client_id);
      if (of !== undefined) of.userinfo_at = now();
    },
    delivered(issuer) {
      const of = newsOf(issuer, '');
      if (of !== undefined) of.delivered_at = now();
    },
    async read(issuer) {
      const all = new Map<string, ObservationRecord>();
      for await (const { key, value } of records.list(store, [issuer])) {
        all.set(key[2] ?? '', value);
      }
      for (const [client_id, of] of news.get(issuer)?.clients ?? []) {
        all.set(client_id, merged(all.get(client_id), of, now()));
      }
      return all;
    },
    async flush() {
      for (const [issuer, { clients }] of news) {
        news.delete(issuer);
        const all = [...clients];
        for (let start = 0; start < all.length; start += RECORDS_PER_COMMIT) {
          await write(issuer, all.slice(start, start + RECORDS_PER_COMMIT));
        }
      }
    },
    async close() {
      soon.cancel();
      await observations.flush().catch(failed);
    },
  };
  return observations;

  function newsOf(issuer: string, client_id: string): News | undefined {
    let ofIssuer = news.get(issuer);
    if (ofIssuer === undefined) {
      news.set(issuer, ofIssuer = { clients: new Map(), sightings: 0 });
    }
    const { clients } = ofIssuer;
    let of = clients.get(client_id);
    // There is always room for what concerns all.
    if (of === undefined && (clients.size < MAX_CLIENTS || client_id === '')) {
      clients.set(client_id, of = nothingNew());
      soon.ask();
    }
    return of;
  }

  function hasRoom(issuer: string): boolean {
    const ofIssuer = news.get(issuer);
    if (ofIssuer === undefined || ofIssuer.sightings >= MAX_NEW_SIGHTINGS) return false;
    ofIssuer.sightings += 1;
    return true;
  }

  async function write(
    issuer: string,
    all: readonly (readonly [client_id: string, of: News])[],
  ): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const at = now();
      const read = await Promise.all(all.map(async ([client_id, of]) => {
        const before = await records.get(store, issuer, client_id);
        if (!isWorthWriting(before?.value, of, at)) return [];
        const check = before === undefined
          ? records.absent(issuer, client_id)
          : records.check(before);
        const record = merged(before?.value, of, at);
        const put = records.put([issuer, client_id], record, Math.ceil(at) + OBSERVED_SECONDS);
        return [{ check, put }];
      }));
      const writes = read.flat();
      if (writes.length === 0) return;
      const outcome = await store.commit({
        check: writes.map(({ check }) => check),
        put: writes.map(({ put }) => put),
      });
      if (outcome === 'committed') return;
    }
    log('warn', 'observations.not_written', { issuer, clients: all.length });
  }
}

function nothingNew(): News {
  return {
    sightings: [],
    tokens: 0,
    scope: [],
    first_at: 0,
    at: 0,
    userinfo_at: undefined,
    delivered_at: undefined,
  };
}

/** A busy client that does nothing new is written of once a day. */
function isWorthWriting(before: ObservationRecord | undefined, of: News, at: number): boolean {
  const isNews = (since: number | undefined, last: number | undefined): boolean =>
    since !== undefined && (last === undefined || last < at - DAY);
  const isKnown = (before?.use?.tokens ?? 0) >= MANY_TOKENS;
  return of.sightings.length > 0 || of.tokens > 0 && !isKnown ||
    isNews(of.tokens > 0 ? of.at : undefined, before?.use?.at) ||
    isNews(of.userinfo_at, before?.userinfo_at) ||
    isNews(of.delivered_at, before?.delivered_at) ||
    of.delivered_at !== undefined && before?.sightings.some(isOfNotifier) === true;
}

function isOfNotifier({ kind }: Sighting): boolean {
  return kind === 'notifier';
}

function merged(before: ObservationRecord | undefined, of: News, at: number): ObservationRecord {
  const recent = (before?.sightings ?? []).filter((each) => each.at > at - OBSERVED_SECONDS);
  const use = of.tokens === 0 ? before?.use : usedAgain(before?.use, of);
  const userinfo_at = of.userinfo_at ?? before?.userinfo_at;
  const delivered_at = of.delivered_at ?? before?.delivered_at;
  return {
    sightings: of.sightings.reduce(withSighting, recent),
    ...use !== undefined && { use },
    ...userinfo_at !== undefined && { userinfo_at },
    ...delivered_at !== undefined && { delivered_at },
  };
}

function usedAgain(
  before: ClientUse | undefined,
  { tokens, scope, first_at, at }: News,
): ClientUse {
  return {
    tokens: (before?.tokens ?? 0) + tokens,
    scope: scope.slice(0, MAX_SCOPES),
    first_at: before?.first_at ?? first_at,
    at,
  };
}

/** Once more, or new; a new one takes the place of the one of its kind that was seen least, where there is no other. */
function withSighting(all: readonly Sighting[], seen: Sighting): readonly Sighting[] {
  const same = all.find((each) =>
    each.kind === seen.kind && each.value === seen.value && each.endpoint === seen.endpoint
  );
  if (same !== undefined) {
    const count = same.count + seen.count;
    return [...all.filter((each) => each !== same), { ...same, count, at: seen.at }];
  }
  const ofKind = all.filter(({ kind }) => kind === seen.kind);
  const most = seen.kind === 'unknown_client' ? MAX_UNKNOWN_CLIENTS : MAX_VALUES;
  if (ofKind.length < most) return [...all, seen];
  const least = ofKind.reduce((one, next) => next.count < one.count ? next : one);
  return [...all.filter((each) => each !== least), seen];
}
