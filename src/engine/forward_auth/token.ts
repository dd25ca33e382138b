import { MAX_URI_LENGTH } from '../../policy/readings.ts';
import type { LiveToken } from '../tokens/live.ts';
import { acceptToken, type ShownToken } from '../tokens/accept.ts';
import type { Engine } from '../engine.ts';
import type { Target } from './target.ts';

/**
 * A token for the protected host: its audience names the host's origin, or a resource that what is asked for lies below,
 * however servers read that. RFC 8707 §2. @throws {OAuthError} `invalid_token`
 */
export async function acceptHostToken(
  shown: ShownToken,
  target: Target,
  engine: Engine,
): Promise<LiveToken> {
  return await acceptToken(shown, (aud) => aud.some((each) => covers(each, target)), engine);
}

function covers(resource: string, { origin, uri, readings }: Target): boolean {
  if (!resource.startsWith(origin)) return false;
  const path = resource.slice(origin.length).replace(/\/$/, '');
  if (path === '') return true;
  return path.startsWith('/') && !path.includes('?') &&
    // Of a longer path, not all readings are there.
    (uri.split('?', 1)[0] ?? '').length <= MAX_URI_LENGTH &&
    readings.every(({ text }) => isBelow(path, text));
}

function isBelow(path: string, text: string): boolean {
  return text.startsWith(path) && ['', '/', '?'].includes(text.charAt(path.length));
}
