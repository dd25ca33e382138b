import { seeOther } from '../../http/respond.ts';
import { consoleAddressOf } from '../console_path.ts';
import type { ErrandKind } from './kind.ts';
import { proofStep } from './proof.ts';

/** A page of the console, which asks for two factors. */
export interface ConsoleErrand {
  readonly kind: 'console';
  readonly address: string;
}

export const consoleErrand: ErrandKind<ConsoleErrand> = {
  parameter: 'console',
  open(text) {
    const address = consoleAddressOf(text);
    return address === undefined ? undefined : { kind: 'console', address };
  },
  valueOf: ({ address }) => address,
  idOf: ({ address }) => `console ${address}`,
  step: (_errand, cookies, site) => proofStep(cookies, site, { isTwoFactor: true }),
  resume: ({ address }, { setCookies }, { engine }) =>
    seeOther(`${engine.settings.issuer}${address}`, setCookies),
};
