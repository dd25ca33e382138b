import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openUsersFile } from '../../src/accounts/users_file/users_file.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { temporaryDirectory, unsyncedFiles } from '../store/directories.ts';
import { directoryConformance } from './directory_conformance.ts';

directoryConformance('users.yaml', async ({ now }) => {
  const place = temporaryDirectory();
  const file = join(place.path, 'users.yaml');
  await writeFile(file, 'users: {}\n');
  const store = openMemoryStore();
  const mark = (text: string): string => `mark of ${text}`;
  const { directory } = await openUsersFile({ file, store, now, mark, files: unsyncedFiles() });
  return { directory, store, cleanup: () => Promise.resolve(place.remove()) };
});
