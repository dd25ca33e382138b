import { openFileStore } from '../../src/store/file/file_store.ts';
import { storeConformance } from './conformance.ts';
import { temporaryDirectory } from './directories.ts';

const variants = {
  'file': {},
  'file without cache': { cacheBytes: 0 },
  'file with tiny segments': { segmentBytes: 2000, cacheBytes: 5000, sweepMilliseconds: 1 },
};

for (const [name, variant] of Object.entries(variants)) {
  storeConformance(name, async (options) => {
    const { path, remove } = temporaryDirectory();
    const store = await openFileStore(path, { ...options, ...variant });
    return { store, cleanup: () => store.close().then(remove) };
  });
}
