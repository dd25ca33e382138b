/** `npm run demo`: a provider and an application to sign in to, on this machine, with everything made anew in `.demo/`. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createLog } from '../src/cli/log.ts';
import { startDemo } from './demo/demo.ts';

try {
  const demo = await startDemo({
    directory: fileURLToPath(new URL('../.demo', import.meta.url)),
    providerPort: 9091,
    applicationPort: 9092,
    log: createLog({ level: 'warn', format: 'text' }, (line) => console.error(line)),
  });
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await demo.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void end());
  process.on('SIGTERM', () => void end());
  console.log(`Open      ${demo.url}`);
  console.log(`User      ${demo.account.username}`);
  console.log(`Password  ${demo.account.password}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
