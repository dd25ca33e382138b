import { canonicalUsername } from '../../accounts/username.ts';
import { findSubject } from '../claims/subject.ts';
import type { Engine } from '../engine.ts';
import { sectorSid } from '../sector.ts';
import type { Session } from '../session.ts';
import type { LogoutRequest } from './request.ts';

/** Whom a request to sign out is about, among those signed in in one browser. */
export interface MeantSession {
  readonly session: Session;
  /** The ID token is of this very session: nobody needs to be asked. T114 */
  readonly isCertain: boolean;
}

/** RP-Initiated Logout §2: by the ID token, else as far as `logout_hint` tells. */
export async function findMeantSession(
  request: LogoutRequest,
  live: readonly Session[],
  engine: Engine,
): Promise<MeantSession | undefined> {
  const hinted = await hintedSession(request, live, engine);
  if (hinted !== undefined) return hinted;
  const session = namedSession(request, live);
  return session && { session, isCertain: false };
}

async function hintedSession(
  { client, hint }: LogoutRequest,
  live: readonly Session[],
  engine: Engine,
): Promise<MeantSession | undefined> {
  if (client === undefined || hint === undefined) return undefined;
  const theirs: Session[] = [];
  for (const session of live) {
    const sub = await findSubject(session.user.id, client, engine);
    if (sub === hint.sub) theirs.push(session);
  }
  // One that was made by exchange (RFC 8693) has no `sid`: whoever has it took no part in the session.
  const exact = theirs.find(({ record: { sid } }) => hint.sid === sectorSid(sid, client));
  const session = exact ?? theirs[0];
  return session && { session, isCertain: exact !== undefined };
}

/** A username, an email address, or what the client calls the session. */
function namedSession(
  { client, logout_hint }: LogoutRequest,
  live: readonly Session[],
): Session | undefined {
  if (logout_hint === undefined) return undefined;
  const username = canonicalUsername(logout_hint);
  return live.find(({ user }) => user.username === username) ??
    live.find(({ user }) => user.claims['email'] === logout_hint) ??
    live.find(({ record: { sid } }) =>
      client !== undefined && sectorSid(sid, client) === logout_hint
    );
}
