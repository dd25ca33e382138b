import type { ConfigurationOutcome, OptionView } from '../engine/configuration.ts';
import type { Engine } from '../engine/engine.ts';
import type { AuditRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import {
  argument,
  type Command,
  COMMAND_LINE,
  type CommandResult,
  done,
  type Invocation,
  refused,
} from './command.ts';
import { fields, table, time } from './table.ts';

const DRY_FLAG = {
  'dry-run': { type: 'boolean', help: 'Only show what would be different.' },
} as const;

/** The part of the configuration that the store holds. */
export const OPTION_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'config show',
    mendsConfiguration: true,
    positionals: ['[PATH]'],
    flags: {},
    help: 'Show what the file and the store set for an issuer, and which of both counts.',
    async run(engine, { positionals: [path] }) {
      const all = await engine.configuration.options();
      return done(path === undefined ? all : all.filter((each) => isBelow(each.path, path)));
    },
    print: (value) =>
      table(
        ['option', 'value', 'set by', 'changed'],
        (value as unknown as readonly OptionView[]).map((option) => [
          option.path,
          shortened(option.value),
          option.shadowed ? `${option.provenance} (the file’s counts)` : option.provenance,
          time(option.updated_at),
        ]),
      ),
  },
  {
    kind: 'engine',
    name: 'config set',
    positionals: ['PATH', '[VALUE]'],
    flags: {
      ...DRY_FLAG,
      'value-file': { type: 'string', value: 'FILE', help: 'Read the value from there.' },
    },
    fileFlag: 'value-file',
    help:
      'Set an option in the store, such as lifespans.access_token 30m; maps and lists as YAML or JSON.',
    async run(engine, invocation) {
      const text = invocation.positionals[1] ?? invocation.files['value-file'];
      if (text === undefined) return refused('give a VALUE or --value-file');
      const { readYaml } = await import('../spec/yaml.ts');
      const read = readYaml(text);
      if (!read.ok) return refused('the value is neither YAML nor JSON');
      if (read.value === null) return refused('there is no value; config unset takes one back');
      return await change(engine, invocation, read.value as JsonValue);
    },
    print: printChanges,
  },
  {
    kind: 'engine',
    name: 'config unset',
    mendsConfiguration: true,
    positionals: ['PATH'],
    flags: DRY_FLAG,
    help: 'Take back what the store sets at a path and below it.',
    run: (engine, invocation) => change(engine, invocation, null),
    print: printChanges,
  },
  {
    kind: 'engine',
    name: 'issuer list',
    ofAllIssuers: true,
    positionals: [],
    flags: {},
    help: 'List the issuers that are served.',
    run: async (engine) => done(await engine.configuration.issuers()),
    print: (value) =>
      table(
        ['issuer', 'defined in', 'since'],
        (value as unknown as readonly Readonly<Record<string, JsonValue>>[]).map((each) => [
          String(each['issuer']),
          String(each['provenance']),
          time(each['created_at'] as number | undefined),
        ]),
      ),
  },
  {
    kind: 'engine',
    name: 'issuer add',
    ofAllIssuers: true,
    positionals: ['URL'],
    flags: {},
    help: 'Serve another issuer, with keys, clients and options of its own.',
    run: async (engine, invocation) =>
      result(await engine.configuration.addIssuer(argument(invocation, 0), COMMAND_LINE)),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
  {
    kind: 'engine',
    name: 'issuer remove',
    ofAllIssuers: true,
    mendsConfiguration: true,
    positionals: ['URL'],
    flags: {},
    help:
      'Serve an issuer of the store no longer; what it has is kept, and there if it is added again.',
    run: async (engine, invocation) =>
      result(await engine.configuration.removeIssuer(argument(invocation, 0), COMMAND_LINE)),
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];

async function change(
  engine: Engine,
  invocation: Invocation,
  value: JsonValue,
): Promise<CommandResult> {
  const isDry = invocation.flags['dry-run'] === true;
  const outcome = await engine.configuration.change(
    [{ path: argument(invocation, 0), value }],
    COMMAND_LINE,
    { isDry },
  );
  if (outcome.kind === 'refused') return refused(outcome.problem);
  return done({ applied: !isDry, changes: outcome.value.changes });
}

function result(outcome: ConfigurationOutcome<unknown>): CommandResult {
  return outcome.kind === 'done' ? done(outcome.value) : refused(outcome.problem);
}

function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`);
}

/** As a diff: what was with -, what is with +. */
function printChanges(value: JsonValue): string {
  const { changes } = value as unknown as { readonly changes: AuditRecord['changes'] };
  const lines = Object.entries(changes).flatMap(([path, { before, after }]) => [
    ...before === undefined ? [] : [`- ${path}: ${JSON.stringify(before)}\n`],
    ...after === undefined ? [] : [`+ ${path}: ${JSON.stringify(after)}\n`],
  ]);
  return lines.length === 0 ? 'It is so already.\n' : lines.join('');
}

const SHOWN = 80;

function shortened(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
