/** Sets one password after the other in a users file until it is killed, and says which were acknowledged. */
import * as fs from 'node:fs';
import process from 'node:process';
import { openUsersFile } from '../../src/accounts/users_file/users_file.ts';
import { openMemoryStore } from '../../src/store/memory.ts';

const [file = ''] = process.argv.slice(2);
const { directory } = await openUsersFile({
  file,
  store: openMemoryStore(),
  now: () => 1,
  mark: (text) => `${text.length}`,
});
const { id = '' } = await directory.findByUsername('alice') ?? {};
for (let number = 1;; number++) {
  await directory.setPassword(id, `$plaintext$${number} ${'x'.repeat(200)}`);
  fs.writeSync(1, `${number}\n`);
}
