import type { JWK } from 'jose';
import { isKeyFor } from '../keys/public_jwk.ts';
import type { OutboundResult } from '../net/outbound.ts';
import type { Client } from '../spec/client.ts';
import { jwksProblem, MAX_JWKS_LENGTH } from '../spec/jwks.ts';
import type { Engine } from './engine.ts';

export interface WantedKey {
  readonly use: 'sig' | 'enc';
  readonly alg: string;
  readonly kid?: string | undefined;
  /** None of the keys at hand would do: ask the client anew, if it was not asked just now. */
  readonly newer?: true;
}

/** Whose set it is. */
type Owner = Pick<Client, 'client_id'>;
type KeyOwner = Pick<Client, 'client_id' | 'jwks' | 'jwks_uri'>;

/** The sets that clients publish at their jwks_uri, as far as they were fetched. */
export interface ClientKeySets {
  /** The last good set, fetched when there is none, or it is old, or `isGoodEnough` says no, unless the last try was just now. */
  get(
    client: Owner,
    jwks_uri: string,
    isGoodEnough: IsGoodEnough,
    engine: Engine,
  ): Promise<readonly JWK[]>;
}

type IsGoodEnough = (keys: readonly JWK[], ageSeconds: number) => boolean;

/** Seconds between two tries to fetch one set. T092 */
const COOL_DOWN = 10;
/** Seconds after which a set is fetched again while the one at hand is still used. */
const REFRESH_AFTER = 3600;
/** Seconds after which it is waited for: nobody has asked in all that time, and keys may have been taken away. */
const AWAIT_AFTER = 86_400;
/** Seconds after which nothing is encrypted to a set: nothing else tells that the client has other keys. Core §10.2.1 */
const ENCRYPTED_WITHIN = 300;
const MAX_SETS = 500;
const MEDIA_TYPES = ['application/jwk-set+json', 'application/json'];

/** The keys of a client that may have signed, or may be encrypted to: all of them that fit. */
export async function clientKeys(
  client: KeyOwner,
  wanted: WantedKey,
  engine: Engine,
): Promise<readonly JWK[]> {
  const fitting = (keys: readonly JWK[]): readonly JWK[] => keys.filter((key) => fits(key, wanted));
  const isGoodEnough: IsGoodEnough = (keys, ageSeconds) =>
    wanted.newer === undefined && fitting(keys).length > 0 &&
    (wanted.use === 'sig' || ageSeconds < ENCRYPTED_WITHIN);
  return fitting(await allClientKeys(client, isGoodEnough, engine));
}

/** All keys of a client, whatever they are for; fetched anew when those at hand are not good enough. */
export async function allClientKeys(
  client: KeyOwner,
  isGoodEnough: IsGoodEnough,
  engine: Engine,
): Promise<readonly JWK[]> {
  if (client.jwks !== undefined) return keysOf(client.jwks);
  if (client.jwks_uri === undefined) return [];
  return await engine.clientKeySets.get(client, client.jwks_uri, isGoodEnough, engine);
}

/** What is there, not yet looked at. */
export async function fetchKeySet(
  jwks_uri: string,
  { outbound }: Engine,
): Promise<OutboundResult<unknown>> {
  return await outbound.fetchJson(jwks_uri, { accept: MEDIA_TYPES, maxBytes: MAX_JWKS_LENGTH });
}

interface KnownSet {
  keys: readonly JWK[];
  /** Unix seconds. */
  fetchedAt: number;
  triedAt: number;
  fetching: Promise<void> | undefined;
}

export function createClientKeySets(): ClientKeySets {
  const sets = new Map<string, KnownSet>();
  return {
    async get(client, jwks_uri, isGoodEnough, engine) {
      const set = setOf(`${client.client_id} ${jwks_uri}`);
      // Whichever way the clock went.
      const ageSeconds = Math.abs(engine.now() - set.fetchedAt);
      if (!isGoodEnough(set.keys, ageSeconds) || ageSeconds >= AWAIT_AFTER) {
        await renew(set, client, jwks_uri, engine);
      } else if (ageSeconds >= REFRESH_AFTER) void renew(set, client, jwks_uri, engine);
      return set.keys;
    },
  };

  /** The one longest unused makes room. */
  function setOf(name: string): KnownSet {
    const set = sets.get(name) ??
      { keys: [], fetchedAt: -Infinity, triedAt: -Infinity, fetching: undefined };
    sets.delete(name);
    sets.set(name, set);
    const [oldest] = sets.keys();
    if (sets.size > MAX_SETS && oldest !== undefined) sets.delete(oldest);
    return set;
  }
}

async function renew(
  set: KnownSet,
  client: Owner,
  jwks_uri: string,
  engine: Engine,
): Promise<void> {
  if (set.fetching === undefined) {
    const nowSeconds = engine.now();
    if (Math.abs(nowSeconds - set.triedAt) < COOL_DOWN) return;
    set.triedAt = nowSeconds;
    set.fetching = fetchInto(set, client, jwks_uri, engine).finally(() => set.fetching = undefined);
  }
  await set.fetching;
}

/** A set that cannot be had, or breaks a rule, leaves the last good one in its place. */
async function fetchInto(
  set: KnownSet,
  { client_id }: Owner,
  jwks_uri: string,
  engine: Engine,
): Promise<void> {
  const { now, log } = engine;
  const result = await fetchKeySet(jwks_uri, engine);
  const problem = result.ok ? jwksProblem(result.body) : result.problem;
  if (!result.ok || problem !== undefined) {
    return log('warn', 'client_keys.not_fetched', { client_id, jwks_uri, problem });
  }
  set.keys = keysOf(result.body);
  set.fetchedAt = now();
}

/** Of what passed `jwksProblem`. */
function keysOf(set: unknown): readonly JWK[] {
  return (set as { readonly keys: readonly JWK[] }).keys;
}

function fits(key: JWK, { use, alg, kid }: WantedKey): boolean {
  return isKeyFor(key, use, alg) && (kid === undefined || key.kid === undefined || key.kid === kid);
}
