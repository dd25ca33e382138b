import { afterCut } from '../../accounts/after_cut.ts';
import { randomToken, sha256 } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { CIBA_GRANT, type DeliveryMode } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { backchannelPlaces, backchannelRequests } from '../../store/collections.ts';
import type { BackchannelRequestRecord, UserRecord } from '../../store/records.ts';
import { isDeniedEverywhere } from '../authorization_policy.ts';
import { checkGrantType } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { checkUnused, consume, type OneTimeUse, usingUp, withUses } from '../one_time.ts';
import { INTERVAL, REMEMBERED_SECONDS } from '../polled/redeem.ts';
import { checkNotDenied } from './denials.ts';
import { hintedPerson } from './hint.ts';
import { parseNotificationToken, sealedSecrets } from './notification.ts';
import { parseWanted } from './parameters.ts';
import { readBackchannelRequest } from './signed_request.ts';
import { duePuts } from './push.ts';
import { checkUserCode } from './user_code.ts';

/** CIBA §7.3. */
export interface BackchannelResponse {
  readonly auth_req_id: string;
  readonly expires_in: number;
  /** Absent where nothing is polled for. */
  readonly interval?: number;
}

export interface BackchannelRequest {
  readonly params: Params;
  readonly client: Client;
  /** What authenticating used up; it is written with the request. */
  readonly uses: readonly OneTimeUse[];
  /** What guesses are counted by: the sender's address or network. */
  readonly source: string;
}

/** What was acknowledged, and who is to be told of it. */
export interface Acknowledged {
  readonly response: BackchannelResponse;
  readonly user: UserRecord;
  /** Under which the person finds the request; no secret. */
  readonly id: string;
}

/** Requests that wait for one person: for each a place in the store. T070 */
export const PLACES = 10;

/** … of one client. */
const PLACES_OF_CLIENT = 5;

/** Requests of one client that wait for anybody; a restart forgets them, which costs room, and nobody their peace. */
const MOST_PENDING = 1000;

/** Others that take the place that was just free, or use the same assertion. */
const MAX_ATTEMPTS = 2 * PLACES;

/** A client asks for somebody. CIBA §7. @throws {OAuthError} one of §13 */
export async function requestBackchannelAuthentication(
  request: BackchannelRequest,
  engine: Engine,
): Promise<Acknowledged> {
  return await usingUp(request, engine, async () => {
    const { client } = request;
    checkGrantType(client, CIBA_GRANT);
    const { params, uses } = await readBackchannelRequest(request.params, client, engine);
    // Before places are taken, so that of many at once the one that is first is not kept out by the others.
    await consume(uses, engine);
    return await keepRequest({ ...request, params }, engine);
  });
}

async function keepRequest(
  { params, client, uses, source }: BackchannelRequest,
  engine: Engine,
): Promise<Acknowledged> {
  const { lifetime, ...wanted } = parseWanted(params, client, engine);
  const delivery_mode = client.backchannel_token_delivery_mode ?? 'poll';
  checkPushable(client, delivery_mode);
  const token = parseNotificationToken(params, delivery_mode);
  const user = await personToAsk({ params, client, source }, wanted.scope, engine);
  const { client_id } = client;
  const expires_at = Math.floor(engine.now()) + lifetime;
  const auth_req_id = `ost_ar_${randomToken(32)}`;
  const digest = sha256(auth_req_id);
  const pair = JSON.stringify([client_id, user.id]);
  takeTurn(digest, { client_id, pair, expires_at }, engine);
  try {
    await writeRequest(
      digest,
      {
        ...wanted,
        client_id,
        user: user.id,
        delivery_mode,
        ...sealedSecrets(auth_req_id, token, engine),
        created_at: afterCut(user, engine.now()),
        expires_at,
        interval: INTERVAL,
      },
      uses,
      engine,
    );
  } catch (error) {
    engine.polled.pending.release(digest);
    engine.backchannel.requests.giveBack(pair);
    throw error;
  }
  return {
    response: {
      auth_req_id,
      expires_in: lifetime,
      ...delivery_mode !== 'push' && { interval: INTERVAL },
    },
    user,
    id: digest,
  };
}

/** A profile of the issuer may bind the tokens of a client that was registered before it. @throws {OAuthError} `unauthorized_client` */
function checkPushable(client: Client, mode: DeliveryMode): void {
  const isBound = client.dpop_bound_access_tokens ||
    client.tls_client_certificate_bound_access_tokens;
  if (mode !== 'push' || !isBound) return;
  throw new OAuthError('unauthorized_client', 'tokens that are pushed cannot be bound to a key');
}

/** Nobody is asked in vain, or by a client that they do not want to hear of. @throws {OAuthError} one of §13 */
async function personToAsk(
  { params, client, source }: Pick<BackchannelRequest, 'params' | 'client' | 'source'>,
  scope: readonly string[],
  engine: Engine,
): Promise<UserRecord> {
  const user = await hintedPerson(params, client, engine);
  if (isDeniedEverywhere(client, user, scope, engine)) {
    throw new OAuthError('access_denied', 'the policy of the client does not let the person in');
  }
  await checkNotDenied({ user: user.id, client_id: client.client_id }, engine);
  await checkUserCode({ params, client, source, user: user.id }, engine);
  return user;
}

/** @throws {OAuthError} 429 */
function takeTurn(
  digest: string,
  { client_id, pair, expires_at }: {
    readonly client_id: string;
    readonly pair: string;
    readonly expires_at: number;
  },
  { polled: { pending }, backchannel: { requests } }: Engine,
): void {
  const key = `ciba client:${client_id}`;
  const retryAfterSeconds = pending.take(digest, [{ key, most: MOST_PENDING }], expires_at);
  if (retryAfterSeconds > 0) throw tooMany(retryAfterSeconds);
  if (requests.take(pair)) return;
  pending.release(digest);
  throw tooMany(15);
}

/** At the first place of the person's that is free. */
async function writeRequest(
  digest: string,
  request: Omit<BackchannelRequestRecord, 'place'>,
  uses: readonly OneTimeUse[],
  engine: Engine,
): Promise<void> {
  const { issuer } = engine.settings;
  const { user, client_id, expires_at } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const place = await freePlace(request, engine);
    const change = {
      check: [
        backchannelRequests.absent(issuer, digest),
        backchannelPlaces.absent(issuer, user, String(place)),
      ],
      put: [
        backchannelRequests.put(
          [issuer, digest],
          { ...request, place },
          expires_at + REMEMBERED_SECONDS,
        ),
        backchannelPlaces.put(
          [issuer, user, String(place)],
          { request: digest, client_id },
          expires_at,
        ),
        ...duePuts(digest, request, engine),
      ],
    };
    if (await engine.store.commit(withUses(change, uses, engine)) === 'committed') return;
    await checkUnused(uses, engine);
  }
  throw tooMany(1);
}

/** Whoever else has seen the same places takes the same one, and looks again. @throws {OAuthError} 429 */
async function freePlace(
  { user, client_id }: Pick<BackchannelRequestRecord, 'user' | 'client_id'>,
  { store, settings: { issuer }, now }: Engine,
): Promise<number> {
  const taken = new Set<string>();
  const ends: number[] = [];
  for await (const entry of backchannelPlaces.list(store, [issuer, user])) {
    taken.add(entry.key.at(-1) ?? '');
    if (entry.value.client_id === client_id) ends.push(entry.expiresAtSeconds ?? Infinity);
  }
  if (ends.length >= PLACES_OF_CLIENT) {
    throw tooMany(Math.max(1, Math.ceil(Math.min(...ends) - now())));
  }
  const place = Array.from({ length: PLACES }, (_, number) => number)
    .find((number) => !taken.has(String(number)));
  if (place === undefined) throw tooMany(60);
  return place;
}

function tooMany(retryAfterSeconds: number): OAuthError {
  return new OAuthError('temporarily_unavailable', 'too many requests wait for an answer', {
    status: 429,
    retryAfterSeconds,
  });
}
