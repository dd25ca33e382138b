import { sha256 } from '../../keys/digest.ts';
import { DEVICE_CODE_GRANT } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, required } from '../../spec/params.ts';
import { devices } from '../../store/collections.ts';
import type { DeviceRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import { grantPuts } from '../revoke.ts';
import { checkNotWithdrawn } from '../withdrawal.ts';
import { narrowGranted } from './narrow.ts';
import { findGrantor, newGrant } from './new_grant.ts';
import type { Grant, Redemption } from './table.ts';

/** RFC 8628 §3.4. */
export const deviceCodeGrant: Grant = { grant_type: DEVICE_CODE_GRANT, redeem };

/** Seconds by which the interval grows. RFC 8628 §3.5 */
const SLOW_DOWN = 5;

/** Seconds; each step is a write, so a device that never slows down must not cause them without end. */
const MAX_INTERVAL = 60;

async function redeem(params: Params, caller: Caller, engine: Engine): Promise<Redemption> {
  const { client } = caller;
  const { issuer } = engine.settings;
  const digest = sha256(required(params, 'device_code'));
  const entry = await devices.get(engine.store, issuer, digest);
  if (entry === undefined) throw new OAuthError('invalid_grant', 'device_code is unknown or used');
  // Before anything is noted: whoever holds another client's code must not slow its owner down.
  if (entry.value.client_id !== client.client_id) {
    throw new OAuthError('invalid_grant', 'device_code was issued to another client');
  }
  const nowSeconds = engine.now();
  const { expires_at, answer } = entry.value;
  if (expires_at <= nowSeconds) throw new OAuthError('expired_token', 'device_code has expired');
  if (answer === undefined) throw await refusalOfPoll(digest, entry, engine);
  if (answer === 'denied') {
    throw new OAuthError('access_denied', 'the person declined', { status: 400 });
  }
  const narrowed = narrowGranted(params, answer);
  const user = await findGrantor(answer, client, engine);
  const stands = await checkNotWithdrawn(answer, engine);
  const grant = await newGrant(answer, { caller, grant_type: 'device_code', nowSeconds }, engine);
  return {
    issue: {
      client,
      grant_type: 'device_code',
      scope: grant.scope,
      ...narrowed,
      person: { grant, user },
    },
    isNewGrant: true,
    change: {
      check: [devices.check(entry), ...stands],
      put: grantPuts(grant, engine),
      remove: [devices.remove(issuer, digest)],
    },
  };
}

/** Nobody has answered yet. Only a device that polls too fast causes a write. RFC 8628 §3.5 */
async function refusalOfPoll(
  digest: string,
  entry: Entry<DeviceRecord>,
  engine: Engine,
): Promise<OAuthError> {
  const { polls } = engine.devices;
  const nowSeconds = engine.now();
  const { interval } = entry.value;
  const isTooFast = nowSeconds - (polls.get(digest) ?? 0) < interval;
  polls.set(digest, nowSeconds);
  if (!isTooFast) return new OAuthError('authorization_pending', 'the person has not answered yet');
  const slower: DeviceRecord = {
    ...entry.value,
    interval: Math.min(MAX_INTERVAL, interval + SLOW_DOWN),
  };
  // A conflict means that an answer, or another poll, came first: either is noted.
  if (slower.interval > interval) {
    await engine.store.commit({
      check: [devices.check(entry)],
      put: [devices.put([engine.settings.issuer, digest], slower, entry.expiresAtSeconds)],
    });
  }
  return new OAuthError('slow_down', `wait ${slower.interval} seconds between polls`);
}
