import { readIdentifiers } from '../config/authelia/identifiers.ts';
import {
  exportSubjects,
  importSubjects,
  pageSubjects,
  type SubjectRow,
} from '../engine/administration/subjects.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, COMMAND_LINE, done, refused, resultOf } from './command.ts';
import { fileArgument } from './file_argument.ts';
import { chosenUser, LIMIT_FLAG, LIMIT_RULE, limitOf, USER_FLAG } from './owner.ts';
import { fields, table } from './table.ts';

/** Some three hundred thousand people. */
const MAX_FILE_KIBIBYTES = 64 * 1024;

export const SUBJECT_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'subject list',
    positionals: [],
    flags: { ...USER_FLAG, ...LIMIT_FLAG },
    help: 'List by which sub clients know people.',
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(LIMIT_RULE);
      const user = await chosenUser(invocation, engine);
      if (user.kind === 'unknown') return refused(user.problem);
      const id = user.kind === 'user' ? user.id : undefined;
      const { items, next } = await pageSubjects(id, { limit }, engine);
      return done({ subjects: items, more: next !== undefined });
    },
    print(value) {
      const { subjects, more } = value as unknown as {
        subjects: readonly SubjectRow[];
        more: boolean;
      };
      const rows = subjects.map(({ sector, username, sub }) => [sector, username, sub]);
      const listed = table(['sector', 'username', 'sub'], rows);
      return more ? `${listed}… and more; see --limit\n` : listed;
    },
  },
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
