import { OAuthError } from '../spec/oauth_error.ts';
import type { Provenance, UserRecord } from '../store/records.ts';
import type { Change, JsonValue } from '../store/store.ts';
import type { PersonalData } from './personal_data.ts';

export interface NewPerson extends PersonalData {
  readonly username: string;
  /** A digest that `parseDigest` reads. */
  readonly password?: string;
  readonly disabled?: boolean;
  readonly provenance: Provenance;
}

export type CreateResult =
  | { readonly kind: 'created'; readonly user: UserRecord }
  /** Somebody has this name, or one that looks like it. For administrators: it tells who exists. */
  | { readonly kind: 'taken'; readonly by: string }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  /** A check of the accompanying change did not hold. */
  | { readonly kind: 'conflict' };

export type UpdateResult =
  | { readonly kind: 'updated'; readonly user: UserRecord }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  | { readonly kind: 'missing' };

export interface ListPeopleOptions {
  /** All by default. */
  readonly limit?: number;
  /** Only people whose canonical username comes after this one. */
  readonly after?: string;
}

/**
 * What else the very commit of a change writes, told the person before and after it; undefined: then nothing is
 * changed, and the answer is that for nobody.
 */
export type Alongside = (
  before: UserRecord | undefined,
  after: UserRecord | undefined,
) => Change | undefined;

/** What can be changed through a directory; pages leave out the rest. */
export interface Writable {
  /** `setPassword` and `replaceDigest`. */
  readonly password: boolean;
  /** `update`. */
  readonly profile: boolean;
  /** `create`, `disable`, `enable` and `remove`. */
  readonly people: boolean;
}

export interface SetPasswordOptions {
  /** The digest that the new one takes the place of; undefined: there was none. By default any. */
  readonly replacing: string | undefined;
}

/**
 * The people, shared by all issuers of a store. What names a person by id answers undefined or false if there is none.
 * What cannot be written is `refused` where there is such an answer, else an OAuthError `access_denied` is thrown, with
 * a hint for whoever tried.
 */
export interface Directory {
  /** As of now: what is kept in a file can become read-only. */
  readonly writable: Writable;
  findByUsername(typed: string): Promise<UserRecord | undefined>;
  findById(id: string): Promise<UserRecord | undefined>;
  /** All who have this address, verified or not, in whatever case of its ASCII letters. */
  findByEmail(email: string): Promise<readonly UserRecord[]>;
  /** One commit, with `alongside` and its checks: of two racing twins one is created. */
  create(person: NewPerson, alongside?: Alongside): Promise<CreateResult>;
  /** Merges: what is not named stays, `null` removes. A changed e-mail address or telephone number is not verified. */
  update(id: string, patch: PersonalData, alongside?: Alongside): Promise<UpdateResult>;
  /**
   * Takes a digest; sessions and grants from before no longer hold. Undefined without a write, too, when the current
   * digest is not the one to be replaced.
   */
  setPassword(
    id: string,
    digest: string,
    options?: SetPasswordOptions,
    alongside?: Alongside,
  ): Promise<UserRecord | undefined>;
  /** Puts another digest of the same password in place of `from`, if that is still there. */
  replaceDigest(id: string, from: string, to: string): Promise<boolean>;
  /** Sessions and grants from before no longer hold, even when the person is enabled again. */
  disable(id: string, alongside?: Alongside): Promise<UserRecord | undefined>;
  enable(id: string, alongside?: Alongside): Promise<UserRecord | undefined>;
  /** With the names, which are free again. */
  remove(id: string, alongside?: Alongside): Promise<boolean>;
  /** In order of username. */
  list(options?: ListPeopleOptions): Promise<readonly UserRecord[]>;
  isEmpty(): Promise<boolean>;
}

/** One of the claims that a person has without the configuration saying so: Core §5.1, without `sub`, and `groups`. */
export function claimOf(user: UserRecord, name: string): JsonValue | undefined {
  if (name === 'groups') return user.groups;
  if (name === 'updated_at') return user.updated_at;
  if (Object.hasOwn(user.claims, name)) return user.claims[name];
  return name === 'preferred_username' ? user.username : undefined;
}

/** In whatever case: mail is delivered alike. */
export function hasEmail({ claims: { email } }: UserRecord, wanted: string): boolean {
  return typeof email === 'string' && foldedEmail(email) === foldedEmail(wanted);
}

/** Letters of ASCII alone: elsewhere two addresses would become one. RFC 6531 §3.3, Kelvin’s K */
export function foldedEmail(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** What a directory throws that cannot make a change, such as `people are kept in users.yaml: edit it there`. */
export function refusedWrite(reason: string): OAuthError {
  return new OAuthError('access_denied', reason);
}
