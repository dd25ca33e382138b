import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { describeMistake, type Mistake, pathText } from '../spec/mistake.ts';
import { type Command, done, type Invocation } from './command.ts';
import { sourceOf } from './source.ts';
import { fields } from './table.ts';
import { complain, print } from './terminal.ts';

export const CONFIG_COMMANDS: readonly Command[] = [
  {
    kind: 'long',
    name: 'config check',
    positionals: [],
    flags: {},
    help: 'Check the configuration and name every mistake in it.',
    run: check,
  },
  {
    kind: 'local',
    name: 'config schema',
    positionals: [],
    flags: {},
    help: 'Print the JSON Schema of the configuration file, for editors.',
    async run() {
      const { configJsonSchema } = await import('../config/json_schema.ts');
      return done(configJsonSchema());
    },
    print: (value) => `${JSON.stringify(value, null, 2)}\n`,
  },
];

async function check(invocation: Invocation): Promise<number> {
  const result = await loadConfig(sourceOf(invocation));
  if (invocation.flags['json'] === true) {
    await print(`${
      JSON.stringify(
        result.ok
          ? { ok: true, ...summaryOf(result.config), warnings: result.warnings.map(asData) }
          : { ok: false, mistakes: result.mistakes.map(asData) },
      )
    }\n`);
    return result.ok ? 0 : 1;
  }
  if (!result.ok) {
    await complain(...result.mistakes.map(describeMistake));
    return 1;
  }
  await complain(...result.warnings.map((warning) => `warning: ${describeMistake(warning)}`));
  await print(fields(summaryOf(result.config)));
  return 0;
}

function summaryOf(config: Config): Readonly<Record<string, unknown>> {
  return {
    file: config.file ?? 'none: every option has its default',
    ...config.issuers.length === 1
      ? { issuer: config.issuers[0].settings.issuer }
      : { issuers: config.issuers.map(({ settings }) => settings.issuer) },
    data: config.data,
    storage: config.storage.engine,
    people: config.users_file ?? 'in the store',
    clients: config.issuers.reduce((sum, { settings }) => sum + settings.clients.size, 0),
  };
}

function asData({ path, isOfFileAlone: _, ...rest }: Mistake): Readonly<Record<string, unknown>> {
  return { ...rest, path: pathText(path) };
}
