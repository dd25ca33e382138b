import type { Client } from '../spec/client.ts';
import type { UserRecord } from '../store/records.ts';
import { findSubjectOwner } from './claims/subject.ts';
import type { Engine } from './engine.ts';

/** The person whom a client knows by that `sub`. Core §8 */
export async function personBySub(
  sub: string,
  client: Client,
  engine: Engine,
): Promise<UserRecord | undefined> {
  const id = await findSubjectOwner(sub, client, engine);
  return id === undefined ? undefined : await engine.directory.findById(id);
}
