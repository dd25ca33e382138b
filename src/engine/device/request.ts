import { randomToken, sha256 } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { DEVICE_CODE_GRANT } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { devices, userCodes } from '../../store/collections.ts';
import type { DeviceRecord } from '../../store/records.ts';
import { parseAuthorizationDetails } from '../authorization_details.ts';
import { parseRequestedScope } from '../authorize/request.ts';
import { checkGrantType, lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { checkUnused, type OneTimeUse, usingUp, withUses } from '../one_time.ts';
import { INTERVAL, REMEMBERED_SECONDS } from '../polled/redeem.ts';
import { parseResources } from '../resources.ts';
import { newUserCode } from './user_code.ts';

/** RFC 8628 §3.2. */
export interface DeviceAuthorizationResponse {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

export interface DeviceRequest {
  readonly params: Params;
  readonly client: Client;
  /** What authenticating used up; it is written with the request. */
  readonly uses: readonly OneTimeUse[];
  /** What requests are counted by: the sender's address or network. */
  readonly source: string;
}

/** Requests that wait for an answer at the same time. T066 */
const MOST_PENDING = { client: 100, source: 10 } as const;

/** User codes that are all taken: not before billions of requests wait. */
const MAX_ATTEMPTS = 8;

/** A device asks to act for somebody. RFC 8628 §3.1. @throws {OAuthError} `unauthorized_client`, `invalid_scope`, `invalid_target`, … */
export async function requestDevice(
  request: DeviceRequest,
  engine: Engine,
): Promise<DeviceAuthorizationResponse> {
  return await usingUp(request, engine, () => keepRequest(request, engine));
}

async function keepRequest(
  request: DeviceRequest,
  engine: Engine,
): Promise<DeviceAuthorizationResponse> {
  const { params, client, source } = request;
  checkGrantType(client, DEVICE_CODE_GRANT);
  const scope = parseRequestedScope(params, client, engine);
  const resource = parseResources(params, scope, client, engine);
  const details = parseAuthorizationDetails(params.get('authorization_details'), client, engine);
  const lifetime = lifespansOf(client, engine, 'device_code').device_code;
  const expires_at = Math.floor(engine.now()) + lifetime;
  const device_code = `ost_dc_${randomToken(32)}`;
  const digest = sha256(device_code);
  takePlace(digest, client.client_id, source, expires_at, engine);
  try {
    const user_code = await writeRequest(
      digest,
      {
        client_id: client.client_id,
        scope,
        resource,
        ...(details === undefined ? {} : { authorization_details: details }),
        created_at: engine.now(),
        expires_at,
        interval: INTERVAL,
      },
      request,
      engine,
    );
    const verification_uri = `${engine.settings.issuer}/device`;
    return {
      device_code,
      user_code,
      verification_uri,
      verification_uri_complete: `${verification_uri}?user_code=${user_code}`,
      expires_in: lifetime,
      interval: INTERVAL,
    };
  } catch (error) {
    engine.polled.pending.release(digest);
    throw error;
  }
}

function takePlace(
  digest: string,
  client_id: string,
  source: string,
  expires_at: number,
  { polled: { pending } }: Engine,
): void {
  const places = [
    { key: `client:${client_id}`, most: MOST_PENDING.client },
    { key: `source:${source}`, most: MOST_PENDING.source },
  ];
  const retryAfterSeconds = pending.take(digest, places, expires_at);
  if (retryAfterSeconds === 0) return;
  throw new OAuthError('temporarily_unavailable', 'too many devices are waiting to be approved', {
    status: 429,
    retryAfterSeconds,
  });
}

/** The user code under which the request was written. */
async function writeRequest(
  digest: string,
  device: Omit<DeviceRecord, 'user_code'>,
  { uses }: DeviceRequest,
  engine: Engine,
): Promise<string> {
  const { issuer } = engine.settings;
  const { expires_at } = device;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const user_code = newUserCode();
    const key = sha256(user_code);
    const record: DeviceRecord = { ...device, user_code: key };
    const change = {
      check: [devices.absent(issuer, digest), userCodes.absent(issuer, key)],
      put: [
        devices.put([issuer, digest], record, expires_at + REMEMBERED_SECONDS),
        userCodes.put([issuer, key], { device: digest }, expires_at),
      ],
    };
    if (await engine.store.commit(withUses(change, uses, engine)) === 'committed') return user_code;
    await checkUnused(uses, engine);
  }
  throw new OAuthError('temporarily_unavailable', 'no user code is free', {
    retryAfterSeconds: 5,
  });
}
