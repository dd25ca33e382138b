import { randomToken, sha256 } from '../keys/digest.ts';
import type { Pending } from './authorize/pending.ts';
import type { ResponseFields } from './authorize/respond.ts';

/**
 * What an application's page asks our frame about, for as long as nobody signs in or out in this browser: it tells one
 * client at one origin that something has changed, and nothing else to anybody. Session Management §2, §3.2. Of a browser
 * where nobody is signed in there is none: anybody could make it, and ask whether that is so.
 */
export function sessionStateOf(
  { address: { client, redirect_uri }, request: { scope } }: Pending,
  browserState: string,
): ResponseFields {
  const { origin } = new URL(redirect_uri);
  // An application of the system's has no page to ask from.
  if (browserState === '' || !scope.includes('openid') || origin === 'null') return [];
  const salt = randomToken(16);
  const digest = sha256(`${client.client_id} ${origin} ${browserState} ${salt}`);
  return [['session_state', `${digest}.${salt}`]];
}
