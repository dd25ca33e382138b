import { seeOther } from '../../http/respond.ts';
import { type AccountPage, accountPageOf, accountUrl } from '../account_pages.ts';
import type { ErrandKind } from './kind.ts';
import { proofStep } from './proof.ts';

/** A page of the account that asks for a fresh proof. */
export interface AccountErrand {
  readonly kind: 'account';
  readonly page: AccountPage;
}

export const accountErrand: ErrandKind<AccountErrand> = {
  parameter: 'account',
  open(text) {
    const page = accountPageOf(text);
    return page === undefined ? undefined : { kind: 'account', page };
  },
  valueOf: ({ page }) => page,
  idOf: ({ page }) => `account ${page}`,
  step: (_errand, cookies, site) => proofStep(cookies, site, { isTwoFactor: false }),
  resume: ({ page }, { setCookies }, { engine }) =>
    seeOther(accountUrl(page, engine.settings.issuer), setCookies),
};
