import { jsonText } from '../http/respond.ts';
import type { RequestContext } from '../http/router.ts';
import { PUBLISHED_MAX_AGE_SECONDS } from '../keys/key_state.ts';
import type { Site } from './site.ts';

export const PUBLISHED_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': `public, max-age=${PUBLISHED_MAX_AGE_SECONDS}`,
};

/** RFC 7517 §5. */
export async function jwks(
  _request: Request,
  _context: RequestContext,
  site: Site,
): Promise<Response> {
  return jsonText(await site.engine.keys.jwksText(), PUBLISHED_HEADERS);
}
