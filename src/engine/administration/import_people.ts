import type { ImportContext, ImportRow } from './import.ts';
import type { PlannedPerson } from './import_plan.ts';
import { alongsideCreation } from './people.ts';

/** A person who is here already stays as they are: what they changed since is theirs. */
export async function importPerson(
  person: PlannedPerson,
  { engine, by, isDry }: ImportContext,
): Promise<ImportRow> {
  const { directory } = engine;
  const row = { kind: 'person', id: person.username } as const;
  const known = await directory.findByUsername(person.username);
  if (known !== undefined) {
    return known.provenance === 'import' || known.provenance === 'file'
      ? { ...row, state: 'same' }
      : { ...row, state: 'conflict', why: `is here already, and came by ${known.provenance}` };
  }
  if (!directory.writable.people) {
    return { ...row, state: 'conflict', why: 'people are kept where they cannot be added' };
  }
  if (isDry) return { ...row, state: 'added' };
  const result = await directory.create(
    { ...person, provenance: 'import' },
    alongsideCreation(by, engine),
  );
  switch (result.kind) {
    case 'created':
      return { ...row, state: 'added' };
    case 'taken':
      return {
        ...row,
        state: 'conflict',
        why: `${result.by} has this name, or one that looks like it`,
      };
    case 'refused':
      return { ...row, state: 'conflict', why: result.problems.join('; ') };
    case 'conflict':
      return { ...row, state: 'conflict', why: 'is being changed by others: try again' };
  }
}
