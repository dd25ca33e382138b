/** Opens the store in a directory, says whether it could, and holds it until it is killed or its input ends. */
import process from 'node:process';
import { openFileStore } from '../../src/store/file/file_store.ts';

try {
  const store = await openFileStore(process.argv[2]!);
  await store.commit({ put: [{ key: ['held'], value: process.pid }] });
  console.log(`open ${process.pid}`);
  process.stdin.on('end', () => store.close().then(() => process.exit(0)));
  process.stdin.resume();
} catch (error) {
  console.log(`refused ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
