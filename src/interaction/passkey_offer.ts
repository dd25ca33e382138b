import type { Site } from '../endpoints/site.ts';
import { assertionOptions } from '../engine/factors/passkey.ts';
import type { Errand } from './errand.ts';
import { errandHidden } from './errand_form.ts';
import type { PasskeyRequest } from './views/passkey_form.ts';

/** What a sign-in page needs for a passkey in place of name and password. */
export async function passkeyOffer(
  errand: Errand,
  browser: string,
  site: Site,
): Promise<PasskeyRequest> {
  return {
    action: `${site.engine.settings.issuer}/login/passkey`,
    hidden: errandHidden('login/passkey', errand, browser, site),
    options: await assertionOptions({ binding: passkeyBinding(browser) }, site.engine),
  };
}

/** A challenge is for this browser alone. T101 */
export function passkeyBinding(browser: string): string {
  return `login ${browser}`;
}
