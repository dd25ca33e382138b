import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseUsers } from '../../src/accounts/users_file/parse.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { runtimeCommand } from '../support/spawn.ts';
import { temporaryDirectory } from '../store/directories.ts';

const CHILD = fileURLToPath(new URL('users_file_crash_child.ts', import.meta.url));

/** Long enough that writing it takes some time. */
const OTHERS = Array.from(
  { length: 300 },
  (_, index) => `  # person ${index}\n  p${index}: { displayname: Person ${index} }\n`,
).join('');

/** Kills the child once it has acknowledged so many passwords. @returns the last one that it acknowledged */
async function killAfter(file: string, writes: number): Promise<number> {
  const { command, args } = runtimeCommand(CHILD, [file]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > writes) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  return Number(output.trimEnd().split('\n').at(-1));
}

describe('users.yaml: a writer that is killed', () => {
  it(
    'T136: leaves the last acknowledged file or the next one, whole',
    { timeout: 300_000 },
    async () => {
      const place = temporaryDirectory();
      const file = join(place.path, 'users.yaml');
      for (const writes of [1, 2, 5, 9]) {
        await writeFile(file, `users:\n  alice: { password: $plaintext$0 }\n${OTHERS}`);
        const acknowledged = await killAfter(file, writes);
        const text = await readFile(file, 'utf8');
        const parsed = parseUsers(text);
        assert(parsed.ok);
        assertEquals(parsed.people.size, 301);
        assertEquals(text.split('# person').length, 301);
        const password = String(parsed.people.get('alice')?.entry.password);
        const number = Number(/^\$plaintext\$(\d+) x{200}$/.exec(password)?.[1]);
        assert(
          number === acknowledged || number === acknowledged + 1,
          `Expected ${acknowledged} or the next, got ${number}`,
        );
      }
      place.remove();
    },
  );
});
