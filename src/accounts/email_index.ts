import { sha256 } from '../keys/digest.ts';
import { collection } from '../store/collection.ts';
import type { UserRecord } from '../store/records.ts';
import { type Change, LIMITS, type Put, type Store } from '../store/store.ts';
import { foldedEmail } from './directory.ts';

/** SHA-256 of a folded address, and the person. May name people who had it once: who looks up asks the record. */
const emails = collection<true>('user_email');
/** There once every person is in `user_email`. */
const completed = collection<true>('user_email_complete');

/** What the commit of a person's change writes, so that their address leads to them. */
export function emailChange(before: UserRecord | undefined, after: UserRecord | undefined): Change {
  const [had, has] = [keyOf(before), keyOf(after)];
  if (had?.join() === has?.join()) return {};
  return {
    ...has !== undefined && { put: [emails.put(has, true)] },
    ...had !== undefined && { remove: [emails.remove(...had)] },
  };
}

/** The ids of all who may have the address. */
export async function idsByEmail(store: Store, email: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { key } of emails.list(store, [digestOf(email)])) {
    const id = key.at(-1);
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/**
 * Adds those from before there was an index. Who changes meanwhile is in it by their own change, and what this adds after
 * that leads to a record that says otherwise.
 */
export async function completeEmails(
  store: Store,
  people: AsyncIterable<UserRecord>,
): Promise<void> {
  if (await completed.get(store) !== undefined) return;
  let put: Put[] = [];
  const write = async (): Promise<void> => {
    await store.commit({ put });
    put = [];
  };
  for await (const person of people) {
    const key = keyOf(person);
    if (key === undefined || await emails.get(store, ...key) !== undefined) continue;
    put.push(emails.put(key, true));
    if (put.length === LIMITS.writesPerChange) await write();
  }
  put.push(completed.put([], true));
  await write();
}

/** For whoever writes records of people past the directory. */
export async function emailsIncomplete(store: Store): Promise<void> {
  await store.commit({ remove: [completed.remove()] });
}

function keyOf(user: UserRecord | undefined): readonly string[] | undefined {
  const email = user?.claims['email'];
  return user === undefined || typeof email !== 'string' ? undefined : [digestOf(email), user.id];
}

function digestOf(email: string): string {
  return sha256(foldedEmail(email));
}
