import { randomToken, sha256 } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { CIBA_GRANT, type DeliveryMode } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { backchannelPlaces, backchannelRequests } from '../../store/collections.ts';
import type { BackchannelRequestRecord, UserRecord } from '../../store/records.ts';
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

/** Requests that wait for one person: for each a place, so that they need not be counted. T070 */
export const PLACES = 10;

/** … of one client, and of one client for one person. */
const MOST_PENDING = { client: 1000, pair: 5 } as const;

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
  const user = await hintedPerson(params, client, engine);
  const { client_id } = client;
  await checkNotDenied({ user: user.id, client_id }, engine);
  await checkUserCode({ params, client, source, user: user.id }, engine);
  const expires_at = Math.floor(engine.now()) + lifetime;
  const auth_req_id = `ost_ar_${randomToken(32)}`;
  const digest = sha256(auth_req_id);
  takePlaces(digest, client_id, user.id, expires_at, engine);
  try {
    await writeRequest(
      digest,
      {
        ...wanted,
        client_id,
        user: user.id,
        delivery_mode,
        ...sealedSecrets(auth_req_id, token, engine),
        created_at: engine.now(),
        expires_at,
        interval: INTERVAL,
      },
      uses,
      engine,
    );
  } catch (error) {
    engine.polled.pending.release(digest);
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

function takePlaces(
  digest: string,
  client_id: string,
  user: string,
  expires_at: number,
  { polled: { pending }, backchannel: { requests } }: Engine,
): void {
  const pair = JSON.stringify([client_id, user]);
  const places = [
    { key: `ciba client:${client_id}`, most: MOST_PENDING.client },
    { key: `ciba pair:${pair}`, most: MOST_PENDING.pair },
  ];
  const retryAfterSeconds = pending.take(digest, places, expires_at);
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
  const { user, expires_at } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const taken = new Set<string>();
    for await (const { key } of backchannelPlaces.list(engine.store, [issuer, user])) {
      taken.add(key.at(-1) ?? '');
    }
    const place = Array.from({ length: PLACES }, (_, number) => number)
      .find((number) => !taken.has(String(number)));
    if (place === undefined) throw tooMany(60);
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
        backchannelPlaces.put([issuer, user, String(place)], { request: digest }, expires_at),
        ...duePuts(digest, request, engine),
      ],
    };
    if (await engine.store.commit(withUses(change, uses, engine)) === 'committed') return;
    await checkUnused(uses, engine);
  }
  throw tooMany(1);
}

function tooMany(retryAfterSeconds: number): OAuthError {
  return new OAuthError('temporarily_unavailable', 'too many requests wait for an answer', {
    status: 429,
    retryAfterSeconds,
  });
}
