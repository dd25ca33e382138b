import { sha256 } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import type { GrantType } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, required } from '../../spec/params.ts';
import type { Collection } from '../../store/collection.ts';
import type { Authorization, PolledRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import { narrowGranted } from '../grants/narrow.ts';
import { findGrantor, newGrant } from '../grants/new_grant.ts';
import type { Grant, Redemption } from '../grants/table.ts';
import { grantPuts } from '../revoke.ts';
import { checkNotWithdrawn } from '../withdrawal.ts';

/** A kind of request that a client polls for until somebody has answered it: RFC 8628 §3.4, CIBA §10.1. */
export interface Polled<R extends PolledRecord> {
  readonly grant_type: GrantType;
  /** What its grants are called in records and lifespans. */
  readonly yields: 'device_code' | 'ciba';
  /** The parameter that names the request; its digest is what the record is kept under. */
  readonly parameter: 'device_code' | 'auth_req_id';
  readonly records: Collection<R>;
  /** Whether what the client gets does not come from the token endpoint. CIBA §11 */
  isPushedTo?(client: Client): boolean;
  isPushed?(record: R): boolean;
}

/** Seconds between two polls, unless the client was told to wait longer. RFC 8628 §3.2, CIBA §7.3 */
export const INTERVAL = 5;

/** Seconds for which an expired request is told from one that never was. */
export const REMEMBERED_SECONDS = 600;

/** Seconds by which the interval grows. RFC 8628 §3.5, CIBA §11 */
const SLOW_DOWN = 5;

/** Seconds; each step is a write, so a client that never slows down must not cause them without end. */
const MAX_INTERVAL = 60;

/** The grant of the token endpoint that such requests are redeemed by. */
export function polledGrant<R extends PolledRecord>(polled: Polled<R>): Grant {
  return {
    grant_type: polled.grant_type,
    redeem: (params, caller, engine) => redeem(polled, params, caller, engine),
  };
}

async function redeem<R extends PolledRecord>(
  polled: Polled<R>,
  params: Params,
  caller: Caller,
  engine: Engine,
): Promise<Redemption> {
  const { parameter, records } = polled;
  if (polled.isPushedTo?.(caller.client) === true) throw pushed();
  const digest = sha256(required(params, parameter));
  const entry = await records.get(engine.store, engine.settings.issuer, digest);
  if (entry === undefined) throw new OAuthError('invalid_grant', `${parameter} is unknown or used`);
  // Before anything is noted: whoever holds another client's code must not slow its owner down.
  if (entry.value.client_id !== caller.client.client_id) {
    throw new OAuthError('invalid_grant', `${parameter} was issued to another client`);
  }
  if (polled.isPushed?.(entry.value) === true) throw pushed();
  const { expires_at, answer } = entry.value;
  if (expires_at <= engine.now()) {
    throw new OAuthError('expired_token', `${parameter} has expired`);
  }
  if (answer === undefined) throw await refusalOfPoll(polled, digest, entry, engine);
  if (answer === 'denied') {
    throw new OAuthError('access_denied', 'the person declined', { status: 400 });
  }
  const { change, ...redemption } = await redemptionOf(polled, answer, params, caller, engine);
  return {
    ...redemption,
    change: {
      ...change,
      check: [records.check(entry), ...change.check],
      remove: [records.remove(engine.settings.issuer, digest)],
    },
  };
}

async function redemptionOf<R extends PolledRecord>(
  { yields }: Polled<R>,
  answer: Authorization,
  params: Params,
  caller: Caller,
  engine: Engine,
) {
  const { client } = caller;
  const narrowed = narrowGranted(params, answer, client, engine);
  const user = await findGrantor(answer, client, engine);
  const stands = await checkNotWithdrawn(answer, engine);
  const nowSeconds = engine.now();
  const grant = await newGrant(answer, { caller, grant_type: yields, nowSeconds }, engine);
  return {
    issue: { client, grant_type: yields, ...narrowed, person: { grant, user } },
    isNewGrant: true,
    change: { check: stands, put: grantPuts(grant, engine) },
  } as const;
}

function pushed(): OAuthError {
  return new OAuthError('unauthorized_client', 'tokens are pushed to this client');
}

/** Nobody has answered yet. Only a client that polls too fast causes a write. RFC 8628 §3.5 */
async function refusalOfPoll<R extends PolledRecord>(
  { records }: Polled<R>,
  digest: string,
  entry: Entry<R>,
  engine: Engine,
): Promise<OAuthError> {
  const { polls } = engine.polled;
  const nowSeconds = engine.now();
  const { interval } = entry.value;
  const isTooFast = nowSeconds - (polls.get(digest) ?? 0) < interval;
  polls.set(digest, nowSeconds);
  if (!isTooFast) return new OAuthError('authorization_pending', 'the person has not answered yet');
  const slower = { ...entry.value, interval: Math.min(MAX_INTERVAL, interval + SLOW_DOWN) };
  // A conflict means that an answer, or another poll, came first: either is noted.
  if (slower.interval > interval) {
    await engine.store.commit({
      check: [records.check(entry)],
      put: [records.put([engine.settings.issuer, digest], slower, entry.expiresAtSeconds)],
    });
  }
  return new OAuthError('slow_down', `wait ${slower.interval} seconds between polls`);
}
