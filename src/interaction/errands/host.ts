import { type HostPassage, openPassage } from '../../engine/forward_auth/passage.ts';
import { seeOther } from '../../http/respond.ts';
import { hostStanding } from '../authz/standing.ts';
import { formTargets } from '../client_card.ts';
import type { ErrandKind } from './kind.ts';

/** A host behind a proxy that asks us about its requests. */
export interface HostErrand {
  readonly kind: 'host';
  readonly sealed: string;
  readonly passage: HostPassage;
}

export const hostErrand: ErrandKind<HostErrand> = {
  parameter: 'host_request',
  open: (sealed, _cookies, { engine }) => ({
    kind: 'host',
    sealed,
    passage: openPassage(sealed, engine),
  }),
  valueOf: ({ sealed }) => sealed,
  idOf: ({ passage }) => passage.id,
  step: ({ passage }, cookies, site) => hostStanding(passage, cookies, site),
  resume: ({ sealed }, { setCookies }, { engine }) =>
    seeOther(`${engine.settings.issuer}/authz/sign-in?host_request=${sealed}`, setCookies),
  cardOf: ({ passage: { origin } }) => ({ name: new URL(origin).host }),
  pageOptionsOf: ({ passage: { origin } }) => ({
    formAction: formTargets({ redirect_uri: origin }),
  }),
};
