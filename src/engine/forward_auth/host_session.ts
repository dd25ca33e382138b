import { satisfiesAcr } from '../../spec/acr.ts';
import { sessions } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';
import { liveSession, type Session } from '../session.ts';

/** What the cookie of a protected host says: whose session it hangs on, and how sure that was when it was handed over. */
interface HostCookie {
  readonly sid: string;
  readonly user: string;
  readonly acr: string;
  /** Unix seconds, with a fraction. */
  readonly at: number;
}

/** Somebody at a protected host. */
export interface HostSession {
  readonly session: Session;
  /** Not more than was proven when the cookie was made: whoever took it then does not rise with the person. T098 */
  readonly acr: string;
}

/** It opens at no other host and no other issuer. */
export function sealHostSession(cookie: HostCookie, origin: string, engine: Engine): string {
  return engine.keys.seal('forward auth session', JSON.stringify(cookie), origin);
}

/** The session that the cookie hangs on, as long as that stands. Nothing is written. */
export async function findHostSession(
  sealed: string | undefined,
  origin: string,
  engine: Engine,
): Promise<HostSession | undefined> {
  const text = sealed && engine.keys.open('forward auth session', sealed, origin);
  if (text === undefined || text === '') return undefined;
  const { sid, user, acr, at } = JSON.parse(text) as HostCookie;
  const entry = await sessions.get(engine.store, engine.settings.issuer, sid);
  if (entry === undefined || entry.value.user !== user) return undefined;
  const session = await liveSession(entry, engine);
  // The session may go on after a new password, in the browser that set it.
  if (session === undefined || (session.user.valid_from ?? 0) >= at) return undefined;
  const { acr: now } = session.record;
  return { session, acr: satisfiesAcr(now, acr) ? acr : now };
}
