import { findWaitingDevice } from '../../engine/device/answer.ts';
import { openDevicePassage } from '../../engine/device/passage.ts';
import { seeOther } from '../../http/respond.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { deviceCard, logoOrigins } from '../client_card.ts';
import { type DeviceQuestion, deviceStanding } from '../standing.ts';
import type { ErrandKind } from './kind.ts';

/** A device that waits for an answer. */
export interface DeviceErrand extends DeviceQuestion {
  readonly kind: 'device';
  readonly sealed: string;
}

export const deviceErrand: ErrandKind<DeviceErrand> = {
  parameter: 'device',
  async open(sealed, { browser }, { engine }) {
    const passage = openDevicePassage(sealed, browser, engine);
    const waiting = await findWaitingDevice(passage.device, engine);
    if (waiting === undefined) {
      throw new OAuthError('invalid_request', 'the code has expired or was answered already');
    }
    const { client, entry: { value: { scope } } } = waiting;
    return { kind: 'device', sealed, passage, client, scope };
  },
  valueOf: ({ sealed }) => sealed,
  idOf: ({ passage }) => passage.id,
  step: deviceStanding,
  resume: ({ sealed }, { setCookies }, { engine }) =>
    seeOther(`${engine.settings.issuer}/device/confirm?device=${sealed}`, setCookies),
  cardOf: ({ client }, lang) => deviceCard(client, lang),
  pageOptionsOf: ({ client }, lang) => ({ imgOrigins: logoOrigins(client, lang) }),
};
