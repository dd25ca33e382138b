import { OAuthError } from '../spec/oauth_error.ts';
import { withdrawals } from '../store/collections.ts';
import type { Authorization } from '../store/records.ts';
import type { Change } from '../store/store.ts';
import type { Engine } from './engine.ts';

/**
 * What the commit that redeems an authorization must find: that the person has not taken it back since it was given.
 * @throws {OAuthError} `invalid_grant` when they have
 */
export async function checkNotWithdrawn(
  { user, client_id, granted_at }: Authorization,
  engine: Engine,
): Promise<Required<Pick<Change, 'check'>>['check']> {
  const parts = [engine.settings.issuer, user, client_id] as const;
  const entry = await withdrawals.get(engine.store, ...parts);
  if (entry === undefined) return [withdrawals.absent(...parts)];
  if (entry.value.at >= granted_at) {
    throw new OAuthError('invalid_grant', 'the person has taken the authorization back');
  }
  return [withdrawals.check(entry)];
}
