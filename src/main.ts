#!/usr/bin/env node
import process from 'node:process';
import { keepCompiledSources } from './cli/compile_cache.ts';

keepCompiledSources();
process.exit(await main(process.argv.slice(2)));

async function main(words: readonly string[]): Promise<number> {
  const [first] = words;
  // Imported only now, so that what they import is kept, too.
  const { complain, print } = await import('./cli/terminal.ts');
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const { overview } = await import('./cli/help.ts');
    await print(await overview());
    return first === undefined ? 2 : 0;
  }
  if (first === '--version') {
    const { VERSION } = await import('./spec/version.ts');
    await print(`ostiary ${VERSION}\n`);
    return 0;
  }
  const { chooseCommand } = await import('./cli/commands.ts');
  const choice = await chooseCommand(words);
  switch (choice.kind) {
    case 'unknown':
      await complain(`ostiary: ${choice.problem}`);
      return 2;
    case 'family': {
      const { familyHelp } = await import('./cli/help.ts');
      await print(familyHelp(choice.commands));
      return words.includes('--help') ? 0 : 2;
    }
    case 'command': {
      const { runCommand } = await import('./cli/run.ts');
      return await runCommand(choice.command, choice.rest);
    }
  }
}
