import { openMemoryStore } from '../../src/store/memory.ts';
import { storeConformance } from './conformance.ts';

storeConformance('memory', (options) => {
  const store = openMemoryStore(options);
  return Promise.resolve({ store, cleanup: () => store.close() });
});
