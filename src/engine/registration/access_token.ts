import { constantTimeEquals, randomToken } from '../../keys/digest.ts';
import type { Engine } from '../engine.ts';

/** RFC 7592 §1.2: what manages one client. */
const PREFIX = 'ost_rat_';

type Keyed = Pick<Engine, 'keys'>;

export function newRegistrationToken(): string {
  return PREFIX + randomToken(32);
}

/** What the store keeps of a token, bound to its client. */
export function digestOfRegistration(token: string, client_id: string, { keys }: Keyed): string {
  return keys.digest('registration access tokens', `${client_id} ${token}`);
}

export function isRegistrationToken(
  token: string,
  client_id: string,
  digest: string,
  engine: Keyed,
): boolean {
  return constantTimeEquals(digestOfRegistration(token, client_id, engine), digest);
}

/**
 * The token that an update puts in this one's place. It follows from it, so that an update which is sent again, as its
 * answer got lost, is answered the same. RFC 7592 §5
 */
export function successorOf(token: string, client_id: string, { keys }: Keyed): string {
  return PREFIX + keys.digest('registration access tokens to come', `${client_id} ${token}`);
}

/** Of a secret: what HS512 asks of a key. Core §16.19, RFC 7518 §3.2 */
const SECRET_OCTETS = 64;

/** The client secret that comes with a token; it likewise follows from it. */
export function secretBeside(token: string, client_id: string, { keys }: Keyed): string {
  const halves = ['', ' more'].map((half) =>
    keys.digest('client secrets to come', `${client_id} ${token}${half}`)
  );
  return halves.join('').slice(0, SECRET_OCTETS);
}
