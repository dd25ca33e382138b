import { type HostPassage, targetOf } from '../../engine/forward_auth/passage.ts';
import { findSession, type Session } from '../../engine/session.ts';
import { decideAccess, isGuarded } from '../../policy/access.ts';
import { satisfiesAcr } from '../../spec/acr.ts';
import type { Site } from '../../endpoints/site.ts';
import type { BrowserCookies } from '../cookies.ts';

/** What stands between a person and a protected host. */
export type HostStanding =
  | { readonly kind: 'login' }
  | { readonly kind: 'second_factor'; readonly session: Session }
  | { readonly kind: 'denied'; readonly session: Session }
  | { readonly kind: 'ready'; readonly session: Session };

/** By the rules as they are now, so that the host decides the same. */
export async function hostStanding(
  passage: HostPassage,
  { session: cookie }: BrowserCookies,
  { engine }: Site,
): Promise<HostStanding> {
  const session = await findSession(cookie, engine);
  if (session === undefined) return { kind: 'login' };
  const { access_control } = engine.settings;
  const { username, groups } = session.user;
  const target = targetOf(passage);
  const { address } = passage;
  const verdict = decideAccess(access_control, target, { username, groups, address });
  const isOpen = isGuarded(access_control, target.host) && verdict.kind === 'level' &&
    verdict.level !== 'deny';
  if (!isOpen) return { kind: 'denied', session };
  const isWeak = verdict.level === 'two_factor' && !satisfiesAcr(session.record.acr, 'two_factor');
  return { kind: isWeak ? 'second_factor' : 'ready', session };
}
