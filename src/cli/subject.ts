import { readIdentifiers } from '../config/authelia/identifiers.ts';
import {
  exportSubjects,
  importSubjects,
  pageSubjects,
  type SubjectRow,
} from '../engine/administration/subjects.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, refused, resultOf } from './command.ts';
import { fileArgument } from './file_argument.ts';
import { listCommand } from './list_command.ts';
import { ownerOf, USER_FLAG } from './owner.ts';
import { fields } from './table.ts';

/** Some three hundred thousand people. */
const MAX_FILE_KIBIBYTES = 64 * 1024;

export const SUBJECT_COMMANDS: readonly Command[] = [
  listCommand({
    name: 'subject list',
    help: 'List by which sub clients know people.',
    flags: USER_FLAG,
    choose: ownerOf,
    page: ({ user }, request, engine) => pageSubjects(user, request, engine),
    member: 'subjects',
    headings: ['sector', 'username', 'sub'],
    cellsOf: ({ sector, username, sub }: SubjectRow) => [sector, username, sub],
  }),
  {
    kind: 'engine',
    name: 'subject export',
    positionals: [],
    flags: {},
    help: 'Print every sub as a line of JSON with its issuer, sector and username.',
    run: (engine) => Promise.resolve({ kind: 'text', pieces: exportSubjects(engine) }),
    print: () => '',
  },
  {
    kind: 'engine',
    name: 'subject import',
    positionals: ['FILE'],
    flags: {},
    help:
      'Take over subs as subject export, or authelia storage user identifiers export, prints them.',
    async run(engine, invocation) {
      const file = await fileArgument(invocation, 0, MAX_FILE_KIBIBYTES);
      if (!file.ok) return refused(file.problem);
      const ofAuthelia = readIdentifiers(file.text, engine.settings.issuer);
      return resultOf(await importSubjects(ofAuthelia ?? file.text, COMMAND_LINE, engine));
    },
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];
