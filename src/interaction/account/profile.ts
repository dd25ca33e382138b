import { isMap } from '../../spec/is_map.ts';
import type { Site } from '../../endpoints/site.ts';
import { noteActivity } from '../../engine/activity.ts';
import type { Params } from '../../spec/params.ts';
import type { UserRecord } from '../../store/records.ts';
import { claimRefusal } from '../refusal.ts';
import {
  ADDRESS_FIELDS,
  PROFILE_FIELDS,
  type ProfileProblem,
  profileView,
} from '../views/account/profile.ts';
import { accountPage, doneWith, onForm, onVisit, proofFor, type Visit } from './visit.ts';

/** `/account/profile`: what applications may learn of a person. */
export const profile = onVisit(
  'profile',
  (visit, site) =>
    Promise.resolve(
      showProfile(visit, { values: valuesOf(visit.session.user), problems: [] }, site),
    ),
);

export const submitProfile = onForm('profile', saveProfile);

interface ProfileState {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly ProfileProblem[];
  readonly isUnwritable?: boolean;
}

async function saveProfile(visit: Visit, params: Params, site: Site): Promise<Response> {
  const { session: { user }, cookies: { place } } = visit;
  const { directory } = site.engine;
  const values = new Map(ALL_FIELDS.map((name) => [name, params.get(name) ?? '']));
  const problems = PROFILE_FIELDS.flatMap((name): readonly ProfileProblem[] => {
    const value = values.get(name) ?? '';
    const refusal = value === '' ? undefined : claimRefusal(name, value);
    return refusal === undefined ? [] : [{ field: name, refusal }];
  });
  if (problems.length > 0) return showProfile(visit, { values, problems }, site);
  const claims = changedClaims(user, values);
  // An address is where a new password is sent to. T100
  const detour = claims['email'] === undefined ? undefined : await proofFor(visit, site);
  if (detour !== undefined) return detour;
  const isUnwritable = !directory.writable.profile;
  if (isUnwritable || (await directory.update(user.id, { claims })).kind === 'refused') {
    return showProfile(visit, { values, problems: [], isUnwritable: true }, site);
  }
  await noteActivity(user.id, { kind: 'profile_changed', ...place }, site.engine);
  return doneWith(visit, 'profile_saved', site);
}

function showProfile(visit: Visit, state: ProfileState, site: Site): Response {
  const { user } = visit.session;
  const isReadOnly = !site.engine.directory.writable.profile || state.isUnwritable === true;
  return accountPage(visit, (frame) =>
    profileView({
      ...frame,
      values: state.values,
      problems: state.problems,
      isReadOnly,
      isEmailVerified: user.claims['email_verified'] === true,
    }), site);
}

const ALL_FIELDS: readonly string[] = [...PROFILE_FIELDS, ...ADDRESS_FIELDS];

function valuesOf({ claims }: UserRecord): ReadonlyMap<string, string> {
  const address = isMap(claims['address']) ? claims['address'] : {};
  const text = (value: unknown): string => typeof value === 'string' ? value : '';
  return new Map([
    ...PROFILE_FIELDS.map((name) => [name, text(claims[name])] as const),
    ...ADDRESS_FIELDS.map((name) => [name, text(address[name])] as const),
  ]);
}

/** What differs from before; null takes a claim away. */
function changedClaims(
  user: UserRecord,
  values: ReadonlyMap<string, string>,
): Readonly<Record<string, unknown>> {
  const before = valuesOf(user);
  const isChanged = (name: string): boolean => values.get(name) !== before.get(name);
  const claims: [string, unknown][] = PROFILE_FIELDS.filter(isChanged).map((name) => [
    name,
    values.get(name) || null,
  ]);
  if (ADDRESS_FIELDS.some(isChanged)) {
    const members = ADDRESS_FIELDS.flatMap((name) => {
      const value = values.get(name);
      return value === undefined || value === '' ? [] : [[name, value] as const];
    });
    claims.push(['address', members.length === 0 ? null : Object.fromEntries(members)]);
  }
  return Object.fromEntries(claims);
}
