import type { ResponseMode } from '../../spec/identifiers.ts';
import type { OAuthError } from '../../spec/oauth_error.ts';
import type { ReturnAddress } from './return_address.ts';

/** An authorization response, ready to travel. */
export interface AuthorizationResponse {
  readonly redirect_uri: string;
  readonly response_mode: ResponseMode;
  readonly fields: ReadonlyMap<string, string>;
  readonly isPopup: boolean;
}

/** Core §3.1.2.5, RFC 9207 §2. */
export function successResponse(
  address: ReturnAddress,
  code: string,
  issuer: string,
): AuthorizationResponse {
  return responseOf(address, [['code', code]], issuer);
}

/** RFC 6749 §4.1.2.1, Core §3.1.2.6, RFC 9207 §2. */
export function refusalResponse(
  address: ReturnAddress,
  error: OAuthError,
  issuer: string,
): AuthorizationResponse {
  return responseOf(address, [['error', error.code], ['error_description', error.hint]], issuer);
}

function responseOf(
  { redirect_uri, response_mode, state, isPopup }: ReturnAddress,
  own: readonly (readonly [string, string])[],
  issuer: string,
): AuthorizationResponse {
  const stated = state === undefined ? [] : [['state', state] as const];
  return {
    redirect_uri,
    response_mode,
    fields: new Map([...own, ...stated, ['iss', issuer]]),
    isPopup,
  };
}

/** The one encoder of redirect locations: every byte outside RFC 3986's unreserved set is escaped. */
export function locationOf(
  { redirect_uri, response_mode, fields }: Omit<AuthorizationResponse, 'isPopup'>,
): string {
  const encoded = [...fields].map(([name, value]) => `${escapeValue(name)}=${escapeValue(value)}`)
    .join('&');
  if (response_mode === 'fragment') return `${redirect_uri}#${encoded}`;
  const joint = !redirect_uri.includes('?') ? '?' : /[?&]$/.test(redirect_uri) ? '' : '&';
  return `${redirect_uri}${joint}${encoded}`;
}

function escapeValue(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
