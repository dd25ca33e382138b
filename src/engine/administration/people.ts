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
import { newResetLink, type ResetLink } from '../password_reset.ts';
import { forgetConsents } from './consents.ts';
import { endGrants } from './grants.ts';
import { done, type Outcome, refused } from './outcome.ts';
import { provenanceOf } from './provenance.ts';
import { endSessions } from './sessions.ts';

/** A person without the digest of the password. */
export type PersonView = Omit<UserRecord, 'password'> & { readonly has_password: boolean };

export function personView({ password, ...rest }: UserRecord): PersonView {
  return { ...rest, has_password: password !== undefined };
}

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
      return refused(`the name is taken, or looks like that of ${JSON.stringify(created.by)}`);
    case 'refused':
      return refused(created.problems.join(' '));
    case 'conflict':
      return refused('somebody else is changing the same person: try again');
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
): Promise<Outcome<PersonView>> {
  const { directory } = engine;
  const updated = await directory.update(id, patch, recorded('user.changed', by, engine));
  switch (updated.kind) {
    case 'updated':
      return done(personView(updated.user));
    case 'refused':
      return refused(updated.problems.join(' '));
    case 'missing':
      return refused(GONE);
  }
}

/** Sessions and grants from before end. */
export async function setPersonPassword(
  user: UserRecord,
  password: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<PersonView>> {
  const digest = await digestOf(password, ownerOf(user), engine);
  if (digest.kind === 'refused') return digest;
  const record = recorded('user.password_set', by, engine);
  return changed(await engine.directory.setPassword(user.id, digest.value, undefined, record));
}

/** Keeps a person from signing in; sessions and grants end. */
export async function disablePerson(
  id: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<PersonView>> {
  return changed(await engine.directory.disable(id, recorded('user.disabled', by, engine)));
}

export async function enablePerson(
  id: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<PersonView>> {
  return changed(await engine.directory.enable(id, recorded('user.enabled', by, engine)));
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
): Promise<Outcome<RemovedPerson>> {
  // First the person, without whom nothing of the rest holds.
  const record = recorded('user.removed', by, engine);
  if (!await engine.directory.remove(id, record)) return refused(GONE);
  await removeAllFactors(id, engine);
  let [sessions, grants] = [0, 0];
  for (const each of engine.engines()) {
    sessions += await endSessions(id, each);
    grants += await endGrants({ user: id }, each);
    await forgetConsents({ user: id }, each);
  }
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
  for (const each of engine.engines()) sessions += await endSessions(id, each);
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
  if (user.disabled) return refused('the person is disabled: enable them first');
  const change = { action: 'user.reset_link_made', target: user.id, ofAllIssuers: true } as const;
  await engine.store.commit({ put: [audit(change, by, engine)] });
  engine.log('info', 'password.reset_link', { user: user.id });
  return done({ username: user.username, ...newResetLink(user, engine) });
}

/** The record of what was done to a person; of one who is removed only what names them. */
function recorded(action: string, by: Actor, engine: Engine): Alongside {
  return (before, after) => {
    const target = before?.id ?? '';
    const told = after === undefined ? { before: nameOf(before) } : { before, after };
    return { put: [audit({ action, target, ...told, ofAllIssuers: true }, by, engine)] };
  };
}

function nameOf(user: UserRecord | undefined): Pick<UserRecord, 'username' | 'groups'> | undefined {
  return user && { username: user.username, groups: user.groups };
}

const GONE = 'the person was just removed';

/** Undefined when the person was removed meanwhile. */
function changed(user: UserRecord | undefined): Outcome<PersonView> {
  return user === undefined ? refused(GONE) : done(personView(user));
}

async function digestOf(
  password: string,
  owner: PasswordOwner,
  engine: Engine,
): Promise<Outcome<string>> {
  const problem = passwordProblem(password, owner);
  if (problem !== undefined) return refused(passwordSentence(problem));
  const digest = await engine.hasher.hash(password);
  return digest === undefined
    ? refused('too many passwords are being checked: try again')
    : done(digest);
}
