import type { Store } from '../store.ts';
import type { FileStore } from './file_store.ts';

/** Without the file store itself, which brings the file system along. */
export function isFileStore(store: Store): store is FileStore {
  return 'verify' in store && 'compact' in store;
}
