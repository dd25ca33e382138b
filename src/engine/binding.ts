import { OAuthError } from '../spec/oauth_error.ts';
import type { Confirmation } from '../store/records.ts';
import type { Caller } from './client_auth/client_auth.ts';

/** Keys that a request has proven to hold. */
export type Holder = Pick<Caller, 'dpop_jkt' | 'certificate_thumbprint'>;

/**
 * What access tokens for this caller are bound to: the key of its proof, its certificate if it is registered for that,
 * or nothing. RFC 9449 §5.2, RFC 8705 §3. @throws {OAuthError} when it must show one and does not
 */
export function bindingOf(caller: Caller): Confirmation | undefined {
  const { client, dpop_jkt, certificate_thumbprint } = caller;
  if (client.dpop_bound_access_tokens && dpop_jkt === undefined) {
    throw new OAuthError('invalid_request', 'client is registered to send a DPoP proof');
  }
  const isToCertificate = client.tls_client_certificate_bound_access_tokens;
  if (isToCertificate && certificate_thumbprint === undefined) {
    throw new OAuthError('invalid_request', 'client is registered to show a certificate in TLS');
  }
  if (dpop_jkt === undefined && !isToCertificate) return undefined;
  return {
    ...(dpop_jkt === undefined ? {} : { jkt: dpop_jkt }),
    ...(isToCertificate && certificate_thumbprint !== undefined
      ? { 'x5t#S256': certificate_thumbprint }
      : {}),
  };
}

/** Whether what is bound so may be used by this holder: every key that it names is there. */
export function isHeldBy(cnf: Confirmation | undefined, holder: Holder): boolean {
  const { jkt, 'x5t#S256': x5t } = cnf ?? {};
  return (jkt === undefined || jkt === holder.dpop_jkt) &&
    (x5t === undefined || x5t === holder.certificate_thumbprint);
}
