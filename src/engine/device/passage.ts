import { randomToken } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { SessionRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';

/** A person on the way from a user code to an answer. It travels sealed to one browser, and nothing of it is stored. */
export interface DevicePassage {
  /** Tells this passage from any other; forms are bound to it. */
  readonly id: string;
  /** SHA-256 of the device code. */
  readonly device: string;
  /** As it is shown. */
  readonly user_code: string;
  /** Unix seconds, with a fraction: when the code was entered. */
  readonly at: number;
}

export function newDevicePassage(device: string, user_code: string, engine: Engine): DevicePassage {
  return { id: randomToken(16), device, user_code, at: engine.now() };
}

export function sealDevicePassage(passage: DevicePassage, browser: string, engine: Engine): string {
  return engine.keys.seal('authorization request', JSON.stringify(passage), contextOf(browser));
}

/** @throws {OAuthError} `invalid_request` when it is not of this browser, or damaged; this becomes a page */
export function openDevicePassage(
  sealed: string,
  browser: string | undefined,
  engine: Engine,
): DevicePassage {
  const text = browser === undefined
    ? undefined
    : engine.keys.open('authorization request', sealed, contextOf(browser));
  if (text === undefined) {
    throw new OAuthError('invalid_request', 'this code was not entered in this browser');
  }
  return JSON.parse(text) as DevicePassage;
}

/** Whether a sign-in is recent enough for this client; one made on the way always is. OpenID Registration §2 */
export function isRecentEnough(
  { auth_time }: SessionRecord,
  { at }: Pick<DevicePassage, 'at'>,
  { default_max_age }: Client,
  nowSeconds: number,
): boolean {
  return default_max_age === undefined || auth_time >= at ||
    nowSeconds - auth_time <= default_max_age;
}

/** No browser is named like this, so what is sealed for the one page does not open on the other. */
function contextOf(browser: string): string {
  return `device ${browser}`;
}
