import { subjectOwners, subjects } from '../../store/collections.ts';
import type { Put } from '../../store/store.ts';
import type { Engine } from '../engine.ts';
import { type Sectored, sectorOf } from '../sector.ts';

/** The person's subject identifier in the client's sector: random, made at first need, then for ever. Core §8. */
export async function subjectOf(user: string, client: Sectored, engine: Engine): Promise<string> {
  const existing = await findSubject(user, client, engine);
  if (existing !== undefined) return existing;
  const key = [engine.settings.issuer, sectorOf(client), user] as const;
  const sub = crypto.randomUUID();
  const outcome = await engine.store.commit({
    check: [subjects.absent(...key)],
    put: [subjects.put(key, { sub }), subjectOwnerPut(key, sub)],
  });
  if (outcome === 'committed') return sub;
  const first = await subjects.get(engine.store, ...key);
  if (first === undefined) {
    throw new TypeError(`Cannot name user ${user} as its subject was removed meanwhile`);
  }
  return first.value.sub;
}

/** The same, where it has been needed before. */
export async function findSubject(
  user: string,
  client: Sectored,
  engine: Engine,
): Promise<string | undefined> {
  const { issuer } = engine.settings;
  return (await subjects.get(engine.store, issuer, sectorOf(client), user))?.value.sub;
}

/** Whom a subject identifier of the client's sector stands for. */
export async function findSubjectOwner(
  sub: string,
  client: Sectored,
  engine: Engine,
): Promise<string | undefined> {
  const { issuer } = engine.settings;
  return (await subjectOwners.get(engine.store, issuer, sectorOf(client), sub))?.value.user;
}

/** What is written with a subject identifier, so that the person is found by it. */
export function subjectOwnerPut(
  [issuer, sector, user]: readonly [issuer: string, sector: string, user: string],
  sub: string,
): Put {
  return subjectOwners.put([issuer, sector, sub], { user });
}
