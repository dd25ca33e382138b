import type { Alongside, NewPerson } from '../../accounts/directory.ts';
import { ownerOf, type PasswordOwner, passwordProblem } from '../../accounts/password_policy.ts';
import { passwordSentence } from '../../accounts/password_sentences.ts';
import type { PersonalData } from '../../accounts/personal_data.ts';
import { activities, setups } from '../../store/collections.ts';
import type { Actor, UserRecord } from '../../store/records.ts';
import type { Put } from '../../store/store.ts';
import { noteActivity } from '../activity.ts';
import { audit } from '../audit.ts';
import type { Engine } from '../engine.ts';
import { removeAllFactors } from '../factors/factors.ts';
import { endSessionsOf } from '../logout/end_session.ts';
import { endLostSessions } from '../logout/person_cut.ts';
import { newResetLink, type ResetLink } from '../password_reset.ts';
import { forgetConsents } from './consents.ts';
import { endGrants } from './grants.ts';
import type { ChangeOptions } from './clients.ts';
import { done, type Outcome, type Refusal, refused } from './outcome.ts';
import { mergePatch } from './merge_patch.ts';
import { personEtag, type PersonView, personView } from './person_views.ts';
import { provenanceOf } from './provenance.ts';
import { removeSessions } from './sessions.ts';
import { restingIssuers, storedIssuers } from './stored_issuers.ts';

export interface PersonInput extends PersonalData {
  readonly username: string;
  /** Absent: no sign-in by password. */
  readonly password?: string | undefined;
}

export async function addPerson(
  { password, ...person }: PersonInput,
  by: Actor,
  engine: Engine,
): Promise<Outcome<PersonView>> {
  const owner = { username: person.username, claims: person.claims ?? {} };
  const digest = password === undefined ? done(undefined) : await digestOf(password, owner, engine);
  if (digest.kind === 'refused') return digest;
  const created = await engine.directory.create(
    {
      ...person,
      ...digest.value !== undefined && { password: digest.value },
      provenance: provenanceOf(by),
    } satisfies NewPerson,
    alongsideCreation(by, engine),
  );
  switch (created.kind) {
    case 'created':
      engine.log('info', 'user.created', { user: created.user.id });
      return done(personView(created.user));
    case 'taken':
      return refused(
        `the name is taken, or looks like that of ${JSON.stringify(created.by)}`,
        'conflict',
      );
    case 'refused':
      return wrong(created.problems);
    case 'conflict':
      return refused('somebody else is changing the same person: try again', 'busy');
  }
}

/** What is written with somebody new, whoever adds them. */
export function alongsideCreation(by: Actor, engine: Engine): Alongside {
  return (_, user) => ({
    put: user === undefined ? [] : [creationRecord(user, by, engine)],
    // With somebody there, the first administrator's invitation is void.
    remove: [setups.remove()],
  });
}

/** The record of somebody new. */
export function creationRecord(user: UserRecord, by: Actor, engine: Engine): Put {
  return audit(
    { action: 'user.created', target: user.id, after: user, ofAllIssuers: true },
    by,
    engine,
  );
}

/** Merges: what is not named stays, null removes. */
export async function updatePerson(
  id: string,
  patch: PersonalData,
  by: Actor,
  engine: Engine,
  options: ChangeOptions = {},
): Promise<Outcome<PersonView>> {
  const { directory } = engine;
  const record = recorded('user.changed', by, engine, options);
  const updated = await directory.update(id, patch, record);
  switch (updated.kind) {
    case 'updated':
      return done(personView(updated.user));
    case 'refused':
      return wrong(updated.problems);
    case 'missing':
      return await notChanged(id, engine);
  }
}

/** The same by RFC 7396: a claim that is a map, such as an address, merges, too. */
export async function patchPerson(
  user: UserRecord,
  patch: PersonalData,
  by: Actor,
  engine: Engine,
  options: ChangeOptions = {},
): Promise<Outcome<PersonView>> {
  const merged = (before: object, changes: object = {}) =>
    Object.fromEntries(
      Object.entries(changes).map(([name, value]) => {
        const old = Object.hasOwn(before, name) ? (before as Personal)[name] : undefined;
        return [name, value === null ? null : mergePatch(old, value)];
      }),
    );
  const { claims, attributes, ...rest } = patch;
  const whole = {
    ...rest,
    claims: merged(user.claims, claims),
    attributes: merged(user.attributes, attributes),
  };
  return await updatePerson(user.id, whole, by, engine, options);
}

type Personal = Readonly<Record<string, unknown>>;

/** Sessions and grants from before end. */
export async function setPersonPassword(
  user: UserRecord,
  password: string,
  by: Actor,
  engine: Engine,
  options: ChangeOptions = {},
): Promise<Outcome<PersonView>> {
  const digest = await digestOf(password, ownerOf(user), engine);
  if (digest.kind === 'refused') return digest;
  const record = recorded('user.password_set', by, engine, options);
  const { id } = user;
  const set = await engine.directory.setPassword(id, digest.value, undefined, record);
  if (set !== undefined) await endLostSessions(id, 'password', engine);
  return await changed(id, set, engine);
}

/** Keeps a person from signing in; sessions and grants end. */
export async function disablePerson(
  id: string,
  by: Actor,
  engine: Engine,
  options: ChangeOptions = {},
): Promise<Outcome<PersonView>> {
  const record = recorded('user.disabled', by, engine, options);
  const disabled = await engine.directory.disable(id, record);
  if (disabled !== undefined) await endLostSessions(id, 'disabled', engine);
  return await changed(id, disabled, engine);
}

export async function enablePerson(
  id: string,
  by: Actor,
  engine: Engine,
  options: ChangeOptions = {},
): Promise<Outcome<PersonView>> {
  const record = recorded('user.enabled', by, engine, options);
  return await changed(id, await engine.directory.enable(id, record), engine);
}

export interface RemovedPerson {
  readonly removed: string;
  readonly sessions: number;
  readonly grants: number;
}

/** Removes a person with all that was theirs at every issuer; subject identifiers stay, so that nobody else is ever called by one. */
export async function removePerson(
  { id, username }: UserRecord,
  by: Actor,
  engine: Engine,
  options: ChangeOptions = {},
): Promise<Outcome<RemovedPerson>> {
  // First the person, without whom nothing of the rest holds.
  const record = recorded('user.removed', by, engine, options);
  if (!await engine.directory.remove(id, record)) return await notChanged(id, engine);
  await removeAllFactors(id, engine);
  let { sessions, grants } = await endLostSessions(id, 'removed', engine);
  for (const each of await restingIssuers(engine)) {
    sessions += await removeSessions(id, each);
    grants += await endGrants({ user: id }, each);
  }
  for (const each of await storedIssuers(engine)) await forgetConsents({ user: id }, each);
  engine.activityLog.forget(id);
  await engine.store.commit({ remove: [activities.remove(id)] });
  return done({ removed: username, sessions, grants });
}

/** Takes all second factors from somebody who has lost them, and signs them out everywhere. */
export async function resetFactors(
  id: string,
  by: Actor,
  engine: Engine,
): Promise<{ readonly factors: number; readonly sessions: number }> {
  const change = { action: 'user.factors_reset', target: id, ofAllIssuers: true } as const;
  const factors = await removeAllFactors(id, engine, () => [audit(change, by, engine)]);
  let sessions = 0;
  for (const each of engine.engines()) {
    sessions += (await endSessionsOf(id, 'factors_reset', each)).sessions;
  }
  for (const each of await restingIssuers(engine)) sessions += await removeSessions(id, each);
  const place = { address: undefined, user_agent: undefined };
  await noteActivity(id, { kind: 'factor_removed', ...place }, engine);
  return { factors, sessions };
}

/** A link with which a person chooses a new password, or a first one, for an administrator to hand over. */
export async function makeResetLink(
  user: UserRecord,
  by: Actor,
  engine: Engine,
): Promise<Outcome<ResetLink & { readonly username: string }>> {
  if (user.disabled) return refused('the person is disabled: enable them first', 'conflict');
  const change = { action: 'user.reset_link_made', target: user.id, ofAllIssuers: true } as const;
  await engine.store.commit({ put: [audit(change, by, engine)] });
  engine.log('info', 'password.reset_link', { user: user.id });
  return done({ username: user.username, ...newResetLink(user, engine) });
}

/** The record of what was done to a person; of one who is removed only what names them. */
function recorded(
  action: string,
  by: Actor,
  engine: Engine,
  { isExpected = () => true }: ChangeOptions = {},
): Alongside {
  return (before, after) => {
    if (before !== undefined && !isExpected(personEtag(before))) return undefined;
    const target = before?.id ?? '';
    const told = after === undefined ? { before: nameOf(before) } : { before, after };
    return { put: [audit({ action, target, ...told, ofAllIssuers: true }, by, engine)] };
  };
}

function nameOf(user: UserRecord | undefined): Pick<UserRecord, 'username' | 'groups'> | undefined {
  return user && { username: user.username, groups: user.groups };
}

const GONE = 'the person was just removed';

/** Why nothing was written. */
async function notChanged(id: string, engine: Engine): Promise<Refusal> {
  return await engine.directory.findById(id) === undefined
    ? refused(GONE, 'missing')
    : refused('the person is no longer as they were read', 'changed');
}

function wrong(problems: readonly string[]): Refusal {
  return {
    ...refused(problems.join(' ')),
    problems: problems.map((problem) => ({ field: '', problem })),
  };
}

/** Undefined when the person was removed meanwhile, or is no longer as they were read. */
async function changed(
  id: string,
  user: UserRecord | undefined,
  engine: Engine,
): Promise<Outcome<PersonView>> {
  return user === undefined ? await notChanged(id, engine) : done(personView(user));
}

async function digestOf(
  password: string,
  owner: PasswordOwner,
  engine: Engine,
): Promise<Outcome<string>> {
  const problem = passwordProblem(password, owner);
  if (problem !== undefined) {
    const sentence = passwordSentence(problem);
    return { ...refused(sentence), problems: [{ field: 'password', problem: sentence }] };
  }
  const digest = await engine.hasher.hash(password);
  return digest === undefined
    ? refused('too many passwords are being checked: try again', 'busy')
    : done(digest);
}
