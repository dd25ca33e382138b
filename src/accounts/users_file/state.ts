import type { FileUserRecord, UserRecord } from '../../store/records.ts';
import { encodeKey } from '../../store/key_order.ts';
import { dataOf, type UserEntry } from './entry.ts';
import type { FilePeople } from './parse.ts';
import { isWritable } from './read.ts';
import { type Memory, type Note, rememberPeople } from './remember.ts';

/** All that lookups need, put in place whole. */
export interface State {
  readonly text: string;
  readonly people: FilePeople;
  readonly byName: ReadonlyMap<string, UserRecord>;
  readonly byId: ReadonlyMap<string, UserRecord>;
  /** In order of username. */
  readonly sorted: readonly UserRecord[];
  readonly isWritable: boolean;
}

/** After the store has taken notice of what the file says. */
export async function stateOf(
  { text, people }: Pick<State, 'text' | 'people'>,
  file: string,
  memory: Memory,
  note?: Note,
): Promise<State> {
  const records = await rememberPeople(people, memory, note);
  const sorted = Array.from(
    people,
    ([username, { entry }]) => userOf(username, entry, records.get(username)),
  ).sort((left, right) => encodeKey([left.username]) < encodeKey([right.username]) ? -1 : 1);
  return {
    text,
    people,
    byName: new Map(sorted.map((user) => [user.username, user])),
    byId: new Map(sorted.map((user) => [user.id, user])),
    sorted,
    isWritable: await isWritable(file),
  };
}

/** A person, as the file and the store together have them. @throws {TypeError} without a record */
export function userOf(
  username: string,
  entry: UserEntry,
  record: FileUserRecord | undefined,
): UserRecord {
  if (record === undefined) throw new TypeError(`Cannot find the record of ${username}: got none`);
  return {
    id: record.id,
    username,
    ...entry.password !== undefined && { password: entry.password },
    disabled: entry.disabled === true,
    ...record.valid_from !== undefined && { valid_from: record.valid_from },
    ...dataOf(entry),
    created_at: record.created_at,
    updated_at: record.updated_at,
    provenance: 'file',
  };
}
