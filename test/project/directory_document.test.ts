/** docs/people.md: its example of a directory of one's own is whole. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createStoreDirectory } from '../../src/accounts/store_directory.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { assertEquals } from '../support/assert.ts';

const FILE = join(import.meta.dirname ?? '.', '../../docs/people.md');

describe('docs/people.md', () => {
  it('shows every member that a directory has', async () => {
    const store = openMemoryStore();
    const directory = createStoreDirectory({ store, now: () => 1 });
    const [, example = ''] = /\['directory'\] = \{\n(.*?)\n\};/s.exec(readFileSync(FILE, 'utf8')) ??
      [];
    const shown = [...example.matchAll(/^ {2}(\w+):/gm)].map(([, name = '']) => name);
    assertEquals(shown.toSorted(), Object.keys(directory).toSorted());
    await store.close();
  });
});
