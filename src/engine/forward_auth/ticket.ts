import { randomToken, sha256 } from '../../keys/digest.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Engine } from '../engine.ts';
import { consume } from '../one_time.ts';
import type { Session } from '../session.ts';
import type { HostPassage } from './passage.ts';
import { findHostSession, sealHostSession } from './host_session.ts';

/** Seconds from the sign-in to the protected host. */
const TICKET_SECONDS = 60;

/** What hands a sign-in over to a protected host, once. */
interface Ticket {
  readonly id: string;
  readonly uri: string;
  readonly state_digest: string;
  readonly sid: string;
  readonly user: string;
  readonly acr: string;
  /** Unix seconds, with a fraction. */
  readonly at: number;
}

/** For one host: it opens nowhere else. */
export function issueTicket(
  { origin, uri, state_digest }: HostPassage,
  { record: { sid, user, acr, created_at } }: Session,
  engine: Engine,
): string {
  const ticket: Ticket = {
    id: randomToken(16),
    uri,
    state_digest,
    sid,
    user,
    acr,
    // Not before the session, which is after the person's last cut even by a clock that was set back.
    at: Math.max(engine.now(), created_at),
  };
  return engine.keys.seal('forward auth ticket', JSON.stringify(ticket), origin);
}

/** What became of a ticket. */
export type Redeemed =
  | {
    readonly kind: 'session';
    readonly cookie: string;
    readonly session: Session;
    readonly uri: string;
  }
  /** It was ours, and counts no longer: what was asked for may be asked for again. */
  | { readonly kind: 'over'; readonly uri: string };

/**
 * The cookie of the host, for the browser that the sign-in was started in (T110). The use is written before anything is
 * given for it. @throws {OAuthError} `invalid_request` for what is not ours, or brought by another browser
 */
export async function redeemTicket(
  sealed: string,
  origin: string,
  state: string | undefined,
  engine: Engine,
): Promise<Redeemed> {
  const text = engine.keys.open('forward auth ticket', sealed, origin);
  if (text === undefined) {
    throw new OAuthError('invalid_request', 'this ticket is not for this host');
  }
  const { id, uri, state_digest, sid, user, acr, at } = JSON.parse(text) as Ticket;
  if (state === undefined || sha256(state) !== state_digest) {
    throw new OAuthError(
      'invalid_request',
      'this sign-in was not started in this browser, or the browser keeps no cookies',
    );
  }
  if (at + TICKET_SECONDS <= engine.now()) return { kind: 'over', uri };
  const cookie = sealHostSession({ sid, user, acr, at }, origin, engine);
  const found = await findHostSession(cookie, origin, engine);
  if (found === undefined) return { kind: 'over', uri };
  const taken = new OAuthError('invalid_request', 'this ticket was used before');
  const expiresAtSeconds = Math.ceil(at + TICKET_SECONDS);
  try {
    await consume([{ kind: 'host_ticket', id, expiresAtSeconds, taken }], engine);
  } catch (error) {
    if (error === taken) return { kind: 'over', uri };
    throw error;
  }
  return { kind: 'session', cookie, session: found.session, uri };
}
