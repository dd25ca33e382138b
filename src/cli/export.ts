import { exportConfig, type Exported } from '../config/export.ts';
import { readIssuerInput } from '../config/load.ts';
import { parseOptionPath } from '../config/option_path.ts';
import { withStored } from '../config/stored.ts';
import { exportClients } from '../engine/administration/export.ts';
import type { Engine } from '../engine/engine.ts';
import { isMap } from '../spec/is_map.ts';
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
    options: await optionsOf(engine, invocation),
    clients: await exportClients(withKeys, engine),
    ...withKeys && { privateKeys: engine.keys.exportPrivate() },
  }));
}

/** What the file says, and what the store adds to it. */
async function optionsOf(
  { configuration, settings: { issuer }, engines }: Engine,
  invocation: Invocation,
): Promise<Readonly<Record<string, unknown>>> {
  const isFirst = engines()[0]?.settings.issuer === issuer;
  const ofFile = await readIssuerInput(sourceOf(invocation), issuer, { isFirst });
  const ofStore = (await configuration.options())
    .filter(({ provenance }) => provenance !== 'file')
    .map(({ path, value }) => ({ path: parseOptionPath(path) ?? [], value }));
  const { value } = withStored(ofFile, ofStore);
  return isMap(value) ? value : {};
}
