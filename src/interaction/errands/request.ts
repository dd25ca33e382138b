import { seeOther } from '../../http/respond.ts';
import { accountUrl } from '../account_pages.ts';
import { standingOfRequest } from '../standing.ts';
import type { ErrandKind } from './kind.ts';

/** The answer to a backchannel authentication request, by its id. */
export interface RequestErrand {
  readonly kind: 'request';
  readonly id: string;
}

export const requestErrand: ErrandKind<RequestErrand> = {
  parameter: 'request',
  open: (id) => /^[A-Za-z0-9_-]{43}$/.test(id) ? { kind: 'request', id } : undefined,
  valueOf: ({ id }) => id,
  idOf: ({ id }) => `request ${id}`,
  step: ({ id }, cookies, site) => standingOfRequest(id, cookies, site),
  resume: ({ id }, { setCookies }, { engine }) =>
    seeOther(`${accountUrl('requests', engine.settings.issuer)}?request=${id}`, setCookies),
};
