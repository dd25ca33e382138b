import type { Engine } from '../engine/engine.ts';
import type { JsonValue } from '../store/store.ts';
import {
  type Command,
  type CommandResult,
  done,
  type Invocation,
  refused,
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
  if (to === undefined) return refused('give an address with --to');
  const { issuer } = engine.settings;
  try {
    await engine.notifier.send({
      to,
      subject: `Test message of ${new URL(issuer).host}`,
      text: `${issuer} can send messages. Nothing needs to be done.\n`,
    });
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  return done({ to, sent: true });
}
