import type { UserRecord } from '../store/records.ts';
import type { Engine } from './engine.ts';

/** The one person with this address; whoever says that it is theirs has to have shown it. */
export async function personByEmail(
  email: string,
  { directory }: Engine,
): Promise<UserRecord | undefined> {
  const people = await directory.findByEmail(email);
  const shown = people.filter(({ claims }) => claims['email_verified'] === true);
  return shown.length === 1 ? shown[0] : undefined;
}
