import { exportConfig, type Exported } from '../config/export.ts';
import { readIssuerInput } from '../config/load.ts';
import { exportClients } from '../engine/administration/export.ts';
import type { Engine } from '../engine/engine.ts';
import { type Command, type CommandResult, done, type Invocation } from './command.ts';
import { sourceOf } from './source.ts';

export const EXPORT_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'export',
    positionals: [],
    flags: {
      'with-keys': {
        type: 'boolean',
        help: 'Private keys, too, and the secrets that serve as keys: keep the file safe.',
      },
    },
    help: 'Print the configuration of the issuer and its clients as YAML, for another provider.',
    run,
    print: (value) => (value as unknown as Exported).yaml,
  },
];

async function run(engine: Engine, invocation: Invocation): Promise<CommandResult> {
  const withKeys = invocation.flags['with-keys'] === true;
  const { issuer } = engine.settings;
  // All of them, of which on a first start one may still be being made.
  await engine.keys.jwksText();
  return done(exportConfig({
    issuer,
    options: await readIssuerInput(sourceOf(invocation), issuer),
    clients: await exportClients(withKeys, engine),
    ...withKeys && { privateKeys: engine.keys.exportPrivate() },
  }));
}
