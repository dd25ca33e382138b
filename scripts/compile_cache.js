/**
 * For `npm start`, loaded before the first source: a start that finds all of them stripped of types already spares itself
 * Node's type stripper, and the memory that it keeps.
 */
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// The directory of src/cli/compile_cache.ts.
module.enableCompileCache?.(
  fileURLToPath(new URL('../node_modules/.cache/ostiary', import.meta.url)),
);
