import { sha256 } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { DEVICE_CODE_GRANT } from '../../spec/identifiers.ts';
import { devices, sessions, userCodes } from '../../store/collections.ts';
import type { DeviceRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { findClient, wasThere } from '../clients.ts';
import type { Approval } from '../consent.ts';
import type { Engine } from '../engine.ts';
import { answered, type Answerer, partPuts } from '../polled/answer.ts';

/** A device that waits for somebody's answer. */
export interface WaitingDevice {
  /** SHA-256 of its device code. */
  readonly digest: string;
  readonly entry: Entry<DeviceRecord>;
  readonly client: Client;
}

/** The digest of the device that a user code was made for, whether or not it still waits. */
export async function findDeviceDigest(
  user_code: string,
  engine: Engine,
): Promise<string | undefined> {
  const entry = await userCodes.get(engine.store, engine.settings.issuer, sha256(user_code));
  return entry?.value.device;
}

/** The device, if it can still be answered: in time, by nobody before, and its client may use the grant. */
export async function findWaitingDevice(
  digest: string,
  engine: Engine,
): Promise<WaitingDevice | undefined> {
  const entry = await devices.get(engine.store, engine.settings.issuer, digest);
  if (entry === undefined || entry.value.answer !== undefined) return undefined;
  if (entry.value.expires_at <= engine.now()) return undefined;
  const client = await findClient(entry.value.client_id, engine);
  if (client === undefined || !wasThere(client, entry.value.created_at)) return undefined;
  return client.grant_types.includes(DEVICE_CODE_GRANT) ? { digest, entry, client } : undefined;
}

/**
 * Writes what the person said, once: false when the device or the session has changed since it was read, and the caller
 * looks anew.
 */
export async function answerDevice(
  { digest, entry, client }: WaitingDevice,
  approval: Approval | 'denied',
  answerer: Answerer,
  engine: Engine,
): Promise<boolean> {
  const { issuer } = engine.settings;
  const record = answered(entry.value, client, approval, answerer, engine);
  const outcome = await engine.store.commit({
    check: [devices.check(entry), sessions.check(answerer.session.entry)],
    put: [
      devices.put([issuer, digest], record, entry.expiresAtSeconds),
      ...partPuts(record, client, answerer, engine),
    ],
    remove: [userCodes.remove(issuer, entry.value.user_code)],
  });
  if (outcome === 'conflict') return false;
  engine.polled.pending.release(digest);
  return true;
}
