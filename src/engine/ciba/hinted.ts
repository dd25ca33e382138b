import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { personByEmail } from '../person_by_email.ts';

/** RFC 5321 §4.5.3.1.3 */
const MAX_ADDRESS_LENGTH = 254;

/**
 * A username, as at the sign-in page, or the address of the only person who has shown that it is theirs. §13 wants
 * strangers told from people, so each miss costs the client one of a few tries: whoever goes through names runs out of
 * them, and then learns nothing.
 */
export async function personByName(
  login_hint: string,
  client: Client,
  engine: Engine,
): Promise<UserRecord> {
  const { unknownHints } = engine.backchannel;
  // Before anything is looked up, so that parallel tries are counted, too.
  if (!unknownHints.take(client.client_id)) {
    throw new OAuthError('temporarily_unavailable', 'too many hints named nobody', {
      status: 429,
      retryAfterSeconds: 10,
    });
  }
  const user = known(await personNamed(login_hint, engine));
  unknownHints.giveBack(client.client_id);
  return user;
}

async function personNamed(name: string, engine: Engine): Promise<UserRecord | undefined> {
  const named = await engine.directory.findByUsername(name);
  const reached = isAddress(name) ? await personByEmail(name, engine) : undefined;
  // Whoever takes somebody's address for a username must not be asked in their place.
  const isTwofold = named !== undefined && reached !== undefined && named.id !== reached.id;
  return isTwofold ? undefined : named ?? reached;
}

function isAddress(name: string): boolean {
  return name.length <= MAX_ADDRESS_LENGTH && name.includes('@');
}

/** The same answer for nobody and for somebody who may not sign in. @throws {OAuthError} `unknown_user_id` */
export function known(user: UserRecord | undefined): UserRecord {
  if (user === undefined || user.disabled) throw nobody();
  return user;
}

export function nobody(): OAuthError {
  return new OAuthError('unknown_user_id', 'the hint names nobody who could be asked');
}
