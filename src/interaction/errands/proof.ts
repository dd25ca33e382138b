import type { Site } from '../../endpoints/site.ts';
import { missingProof } from '../../engine/fresh.ts';
import { findSession } from '../../engine/session.ts';
import type { BrowserCookies } from '../cookies.ts';
import type { Step } from './kind.ts';

/** Towards a fresh proof of who somebody is; `isTwoFactor`: in a session of two factors. */
export async function proofStep(
  { session: cookie }: BrowserCookies,
  { engine }: Site,
  { isTwoFactor }: { readonly isTwoFactor: boolean },
): Promise<Step> {
  const session = await findSession(cookie, engine);
  if (session === undefined) return { kind: 'login' };
  const missing = await missingProof(session, engine);
  if (missing === 'password') return { kind: 'login' };
  const isWeak = isTwoFactor && session.record.acr === 'one_factor';
  return isWeak || missing === 'second_factor'
    ? { kind: 'second_factor', session }
    : { kind: 'ready' };
}
