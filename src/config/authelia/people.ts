import { dataOf } from '../../accounts/users_file/entry.ts';
import { parseUsers } from '../../accounts/users_file/parse.ts';
import type { PlannedPerson } from '../../engine/administration/import_plan.ts';
import { printable } from '../../spec/mistake.ts';
import type { Report } from '../import_report.ts';

/** The people of a users_database.yml: all of them, or none with every mistake. */
export function readPeople(text: string, report: Report): readonly PlannedPerson[] {
  const read = parseUsers(text);
  if (!read.ok) {
    for (const { path, problem, line } of read.mistakes) {
      const place = line === undefined ? '' : ` (line ${line} of the users file)`;
      report.dropped(path.length === 0 ? ['users'] : path, `${problem}${place}`);
    }
    report.dropped(['users'], 'nobody is taken over until these mistakes are gone');
    return [];
  }
  return Array.from(read.people, ([username, { entry }]) => {
    report.mapped(['users', printable(username)], 'a person of the store');
    const { groups, claims, attributes } = dataOf(entry);
    return {
      username,
      disabled: entry.disabled ?? false,
      groups,
      claims,
      attributes,
      ...entry.password !== undefined && { password: entry.password },
    };
  });
}
