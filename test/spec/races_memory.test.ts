import { openMemoryStore } from '../../src/store/memory.ts';
import { races } from './races.ts';

races('memory', () => {
  const store = openMemoryStore({ now: () => 1_800_000_000 });
  return Promise.resolve({ store, close: () => {} });
});
