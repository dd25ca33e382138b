import module from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Node strips the types of every source file and compiles it at each start, which takes longer than all the rest, unless
 * it may keep the results. Beside the dependencies, as in the shared temporary directory others could put theirs in
 * their place.
 */
export function keepCompiledSources(): void {
  const directory = fileURLToPath(new URL('../../node_modules/.cache/ostiary', import.meta.url));
  // Other runtimes, and Node before 22.1, do not have it or need it.
  module.enableCompileCache?.(directory);
}
