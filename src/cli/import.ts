import { readAuthelia } from '../config/authelia/read.ts';
import { readClientList } from '../config/client_list.ts';
import { readOwnFile } from '../config/own_file.ts';
import { applyImport, type ImportRow } from '../engine/administration/import.ts';
import type { ImportPlan } from '../engine/administration/import_plan.ts';
import type { Engine } from '../engine/engine.ts';
import { writeYaml } from '../spec/yaml.ts';
import type { JsonValue } from '../store/store.ts';
import { type Command, type CommandResult, done, type Invocation, refused } from './command.ts';
import { fileArgument } from './file_argument.ts';
import { fewOf, table } from './table.ts';

/** Some ten thousand clients. */
const MAX_FILE_KIBIBYTES = 16 * 1024;

const MODE_FLAGS = {
  'dry-run': { type: 'boolean', help: 'Only say what would be done.' },
  apply: { type: 'boolean', help: 'Do it.' },
} as const;

export const IMPORT_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'import authelia',
    positionals: ['FILE'],
    flags: {
      users: {
        type: 'string',
        value: 'FILE',
        help: 'The users_database.yml, whose people come into the store.',
      },
      ...MODE_FLAGS,
    },
    fileFlag: 'users',
    help: 'Take over an Authelia configuration, and list what of it has no counterpart.',
    run: (engine, invocation) =>
      run(engine, invocation, (text) => readAuthelia(text, { users: invocation.files['users'] })),
    print: printReport,
  },
  {
    kind: 'engine',
    name: 'import ostiary',
    positionals: ['FILE'],
    flags: MODE_FLAGS,
    help: 'Take over what ostiary export wrote: clients, and private keys if it has them.',
    run: (engine, invocation) => run(engine, invocation, readOwnFile),
    print: printReport,
  },
  {
    kind: 'engine',
    name: 'import clients',
    positionals: ['FILE'],
    flags: MODE_FLAGS,
    help: 'Take over clients from a JSON list, or lines of JSON, by the names of RFC 7591.',
    run: (engine, invocation) =>
      run(engine, invocation, (text) => Promise.resolve(readClientList(text))),
    print: printReport,
  },
];

/** What an import did, or would do. */
interface ImportReport {
  readonly applied: boolean;
  readonly issuer?: string;
  readonly rows: readonly ImportRow[];
  readonly remarks: ImportPlan['remarks'];
  /** For the configuration file, as YAML. */
  readonly options?: string;
}

async function run(
  engine: Engine,
  invocation: Invocation,
  read: (text: string) => Promise<ImportPlan>,
): Promise<CommandResult> {
  const [isDry, isApplied] = [invocation.flags['dry-run'], invocation.flags['apply']]
    .map((flag) => flag === true);
  if (isDry === isApplied) return refused('give one of --dry-run and --apply');
  const file = await fileArgument(invocation, 0, MAX_FILE_KIBIBYTES);
  if (!file.ok) return refused(file.problem);
  const plan = await read(file.text);
  const url = engine.settings.issuer;
  const rows = await applyImport(plan, {
    by: { kind: 'import' },
    isDry: isDry === true,
    engine: () => engine.engines().find(({ settings }) => settings.issuer === url) ?? engine,
  });
  const { issuer, server_options: options, remarks } = plan;
  const report: ImportReport = {
    applied: isApplied === true,
    ...issuer !== undefined && issuer !== engine.settings.issuer && { issuer },
    rows,
    remarks,
    ...Object.keys(options).length > 0 && { options: writeYaml(options) },
  };
  return done(report);
}

function printReport(value: JsonValue): string {
  const { applied, issuer, rows, remarks, options } = value as unknown as ImportReport;
  const told = remarks.filter(({ severity }) => severity !== 'mapped');
  const parts = [
    rows.length === 0 ? '' : table(
      [applied ? 'done' : 'would be', 'what', 'name', 'why'],
      rows.map((row) => [
        row.state,
        row.kind,
        fewOf(row.id.split(', ')),
        row.why ?? fewOf(Object.keys(row.changes ?? {})),
      ]),
    ),
    told.length === 0 ? '' : table(
      ['line', 'key', '', 'why'],
      told.map(({ line, path, severity, why }) => [line, path, severity, why]),
    ),
    `${remarks.length - told.length} keys are taken over as they are\n`,
    issuer === undefined
      ? ''
      : `The issuer was ${issuer}: keep it, as relying parties compare it\n`,
    options === undefined ? '' : `# For the configuration file:\n${options}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}
