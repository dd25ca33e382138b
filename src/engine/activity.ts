import type { ActivityEntry, ActivityKind } from '../store/records.ts';
import type { Engine } from './engine.ts';
import { keptPlace, type Place } from './session.ts';

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
  { kind, amr, client_id, ...place }: Activity,
  engine: Engine,
): Promise<void> {
  const entry: ActivityEntry = {
    kind,
    at: engine.now(),
    ...keptPlace(place),
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
