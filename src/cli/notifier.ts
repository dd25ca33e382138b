import { sendTestMessage } from '../engine/administration/notifier.ts';
import type { Engine } from '../engine/engine.ts';
import type { JsonValue } from '../store/store.ts';
import {
  type Command,
  type CommandResult,
  type Invocation,
  refused,
  resultOf,
  textFlag,
} from './command.ts';
import { fields } from './table.ts';

export const NOTIFIER_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    ofAllIssuers: true,
    name: 'notifier test',
    positionals: [],
    flags: { to: { type: 'string', value: 'ADDRESS', help: 'Whom to send a message to.' } },
    help: 'Send a message the way people are told things, and say whether it was taken.',
    run: test,
    print: (value) => fields(value as Readonly<Record<string, JsonValue>>),
  },
];

async function test(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  const to = textFlag(invocation, 'to');
  return to === undefined
    ? refused('give an address with --to')
    : resultOf(await sendTestMessage(to, engine));
}
