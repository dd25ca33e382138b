import { OAuthError } from '../../spec/oauth_error.ts';
import { backchannelDenials } from '../../store/collections.ts';
import type { BackchannelRequestRecord } from '../../store/records.ts';
import type { Change } from '../../store/store.ts';
import type { Engine } from '../engine.ts';

type Pair = Pick<BackchannelRequestRecord, 'user' | 'client_id'>;

/** Seconds after the first denial; each further one makes it four times as long. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 6 * 3600;

/** Seconds without a denial after which the next one counts as the first. */
const FORGOTTEN_AFTER = 86_400;

/** Whoever said no is left in peace by that client for a while. T070. @throws {OAuthError} `access_denied` */
export async function checkNotDenied({ user, client_id }: Pair, engine: Engine): Promise<void> {
  const { issuer } = engine.settings;
  const entry = await backchannelDenials.get(engine.store, issuer, user, client_id);
  const seconds = (entry?.value.until ?? 0) - engine.now();
  if (seconds <= 0) return;
  throw new OAuthError('access_denied', 'the person has declined just now', {
    retryAfterSeconds: Math.ceil(seconds),
  });
}

/** What an answer writes beside itself: a yes makes good for every no before it. */
export async function denialChange(
  { user, client_id }: Pair,
  isDenied: boolean,
  engine: Engine,
): Promise<Required<Pick<Change, 'put' | 'remove'>>> {
  const key = [engine.settings.issuer, user, client_id] as const;
  if (!isDenied) return { put: [], remove: [backchannelDenials.remove(...key)] };
  const count = ((await backchannelDenials.get(engine.store, ...key))?.value.count ?? 0) + 1;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** Math.min(count - 1, 10));
  const until = Math.ceil(engine.now()) + pause;
  return {
    put: [backchannelDenials.put(key, { count, until }, until + FORGOTTEN_AFTER)],
    remove: [],
  };
}
