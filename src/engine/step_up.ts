import { satisfiesAcr } from '../spec/acr.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { RequiredAuthentication } from '../spec/settings.ts';
import type { AuthenticationContext } from '../store/records.ts';

/** Whether the sign-in behind a token is recent and strong enough. RFC 9470 §3. @throws {OAuthError} `insufficient_user_authentication` */
export function checkAuthentication(
  { auth_time, acr }: AuthenticationContext,
  { max_age, acr_values }: RequiredAuthentication,
  nowSeconds: number,
): void {
  if (acr_values.length > 0 && !acr_values.some((asked) => satisfiesAcr(acr, asked))) {
    throw new OAuthError('insufficient_user_authentication', 'a stronger sign-in is required');
  }
  if (max_age !== undefined && nowSeconds - auth_time > max_age) {
    throw new OAuthError('insufficient_user_authentication', 'a more recent sign-in is required');
  }
}
