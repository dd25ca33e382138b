import type { ActivityEntry, ActivityKind } from '../store/records.ts';
import type { Engine } from './engine.ts';
import type { Place } from './session.ts';

/** Characters; what is longer tells no person more. */
const MAX_USER_AGENT = 200;

export interface Activity extends Place {
  readonly kind: ActivityKind;
  /** What RFC 8176 calls the way of a sign-in. */
  readonly amr?: readonly string[];
  /** The application that it is about. */
  readonly client_id?: string;
}

/** Notes something for the person to see. Never fails: a sign-in is worth more than its trace. */
export async function noteActivity(
  user: string,
  { kind, address, user_agent, amr, client_id }: Activity,
  engine: Engine,
): Promise<void> {
  const entry: ActivityEntry = {
    kind,
    at: engine.now(),
    ...(address === undefined ? {} : { address }),
    ...(user_agent === undefined ? {} : { user_agent: shortened(user_agent) }),
    ...(amr === undefined ? {} : { amr }),
    ...(client_id === undefined ? {} : { client_id }),
  };
  try {
    await engine.activityLog.note(user, entry);
  } catch (cause) {
    engine.log('error', 'activity.not_noted', { user, kind, cause });
  }
}

/** Newest first. */
export async function listActivity(
  user: string,
  engine: Engine,
): Promise<readonly ActivityEntry[]> {
  return await engine.activityLog.list(user);
}

/** A cut through a character would be no text that the store takes. */
function shortened(user_agent: string): string {
  return user_agent.slice(0, MAX_USER_AGENT).toWellFormed();
}
