import { openPending, type Pending } from '../../engine/authorize/pending.ts';
import { clientCard, formTargets, logoOrigins } from '../client_card.ts';
import { continueAuthorization, stepOf } from '../continue.ts';
import type { ErrandKind } from './kind.ts';

/** The request of an application. */
export interface AuthorizationErrand {
  readonly kind: 'authorization';
  readonly sealed: string;
  readonly pending: Pending;
}

export const authorizationErrand: ErrandKind<AuthorizationErrand> = {
  parameter: 'pending',
  open: async (sealed, { browser }, { engine }) => ({
    kind: 'authorization',
    sealed,
    pending: await openPending(sealed, browser, engine),
  }),
  valueOf: ({ sealed }) => sealed,
  idOf: ({ pending }) => pending.id,
  step: ({ pending }, cookies, site) => stepOf({ pending, cookies }, site),
  resume: ({ pending }, way, site) => continueAuthorization({ pending, ...way }, site),
  localesOf: ({ pending }) => pending.request.ui_locales,
  cardOf: ({ pending: { address } }, lang) => clientCard(address, lang),
  pageOptionsOf: ({ pending: { address } }, lang) => ({
    formAction: formTargets(address),
    imgOrigins: logoOrigins(address.client, lang),
    popup: address.isPopup,
  }),
};
