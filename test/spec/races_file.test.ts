import { openFileStore } from '../../src/store/file/file_store.ts';
import { temporaryDirectory } from '../store/directories.ts';
import { races } from './races.ts';

races('file', async () => {
  const directory = temporaryDirectory();
  const store = await openFileStore(directory.path, {
    now: () => 1_800_000_000,
    log: () => {},
  });
  return { store, close: directory.remove };
});
