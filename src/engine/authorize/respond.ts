import { errorDescription, type OAuthError } from '../../spec/oauth_error.ts';
import { protectedJwt } from '../client_jwt.ts';
import type { Engine } from '../engine.ts';
import { protectionOf } from '../protection.ts';
import type { Travel } from './response_type.ts';
import type { ReturnAddress } from './return_address.ts';

/** An authorization response, ready to travel. */
export interface AuthorizationResponse {
  readonly redirect_uri: string;
  readonly response_mode: Travel['response_mode'];
  readonly fields: ReadonlyMap<string, string>;
  readonly isPopup: boolean;
}

/** What an authorization yields, by name: `code`, `access_token`, `id_token` and what belongs to them. */
export type ResponseFields = readonly (readonly [name: string, value: string])[];

/** Core §3.1.2.5, §3.2.2.5, §3.3.2.5, RFC 9207 §2. */
export async function successResponse(
  address: ReturnAddress,
  fields: ResponseFields,
  engine: Engine,
): Promise<AuthorizationResponse> {
  return await responseOf(address, fields, engine);
}

/** RFC 6749 §4.1.2.1, Core §3.1.2.6, RFC 9207 §2. */
export async function refusalResponse(
  address: ReturnAddress,
  error: OAuthError,
  engine: Engine,
  more: ResponseFields = [],
): Promise<AuthorizationResponse> {
  const fields: ResponseFields = [
    ['error', error.code],
    ['error_description', errorDescription(error, engine.settings.client_debug_messages)],
    ...more,
  ];
  return await responseOf(address, fields, engine);
}

async function responseOf(
  address: ReturnAddress,
  own: ResponseFields,
  engine: Engine,
): Promise<AuthorizationResponse> {
  const { redirect_uri, response_mode, state, isPopup, isJwt } = address;
  const stated = state === undefined ? [] : [['state', state] as const];
  const fields: ResponseFields = isJwt
    ? [['response', await jwtOf([...own, ...stated], address, engine)]]
    : [...own, ...stated, ['iss', engine.settings.issuer]];
  return { redirect_uri, response_mode, fields: new Map(fields), isPopup };
}

/** Seconds; JARM §2.1 recommends ten minutes at most. */
const JARM_LIFETIME = 600;

/** JARM §2.1, §2.2. Without `typ`, since libraries refuse one they do not know; so it passes for no other JWT of ours. */
async function jwtOf(
  fields: ResponseFields,
  { client }: ReturnAddress,
  engine: Engine,
): Promise<string> {
  const payload = {
    ...Object.fromEntries(fields),
    iss: engine.settings.issuer,
    aud: client.client_id,
    exp: Math.floor(engine.now()) + JARM_LIFETIME,
  };
  return await protectedJwt(
    client,
    { typ: undefined, payload, ...protectionOf(client, 'authorization') },
    engine,
  );
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
