import { sha256 } from '../../keys/digest.ts';
import type { FactorRecord, UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { listFactors } from '../factors/factors.ts';
import { remainingRecoveryCodes } from '../factors/recovery.ts';
import type { Page, PageRequest } from './listing.ts';

/** A person without the digest of the password. */
export type PersonView = Omit<UserRecord, 'password'> & { readonly has_password: boolean };

export function personView({ password, ...rest }: UserRecord): PersonView {
  return { ...rest, has_password: password !== undefined };
}

/** Usernames by ID, of those who are still there. */
export async function usernamesOf(
  ids: Iterable<string>,
  { directory }: Pick<Engine, 'directory'>,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const id of new Set(ids)) {
    const username = (await directory.findById(id))?.username;
    if (username !== undefined) names.set(id, username);
  }
  return names;
}

/** What a change may be made to depend on: all that is known of a person save the digest itself, which moves `valid_from`. */
export function personEtag(user: UserRecord): string {
  return sha256(JSON.stringify(personView(user)));
}

export interface PeopleFilter {
  /** A part of the username, the name or the e-mail address, in any case. */
  readonly query?: string | undefined;
  readonly group?: string | undefined;
  readonly disabled?: boolean | undefined;
}

/** In order of username; places are usernames. */
export async function pagePeople(
  { query, group, disabled }: PeopleFilter,
  { limit, after = [], maxScanned = Infinity }: PageRequest,
  engine: Engine,
): Promise<Page<PersonView>> {
  const text = query?.toLowerCase();
  const fits = ({ username, claims, ...user }: UserRecord): boolean =>
    (group === undefined || user.groups.includes(group)) &&
    (disabled === undefined || user.disabled === disabled) &&
    (text === undefined ||
      [username, claims['name'], claims['email']].some((each) =>
        typeof each === 'string' && each.toLowerCase().includes(text)
      ));
  const items: PersonView[] = [];
  let [place] = after;
  for (let scanned = 0; scanned < maxScanned;) {
    const people = await engine.directory.list({
      limit: limit + 1,
      ...place !== undefined && { after: place },
    });
    for (const user of people) {
      if (items.length === limit) return { items, next: [place ?? ''] };
      place = user.username;
      if (fits(user)) items.push(personView(user));
    }
    if (people.length <= limit) return { items };
    scanned += people.length;
  }
  return { items, next: [place ?? ''] };
}

/** A second factor without what proves it. */
export type FactorView =
  & Pick<FactorRecord, 'id' | 'kind' | 'name' | 'created_at' | 'last_used_at'>
  /** The host that a passkey belongs to. */
  & { readonly rp_id?: string };

export async function listPersonFactors(
  user: string,
  engine: Engine,
): Promise<{ readonly factors: readonly FactorView[]; readonly recovery_codes: number }> {
  const factors = (await listFactors(user, engine)).map((factor): FactorView => {
    const { id, kind, name, created_at, last_used_at } = factor;
    return {
      id,
      kind,
      name,
      created_at,
      ...last_used_at !== undefined && { last_used_at },
      ...factor.kind === 'passkey' && factor.rp_id !== undefined && { rp_id: factor.rp_id },
    };
  });
  return { factors, recovery_codes: await remainingRecoveryCodes(user, engine) };
}
