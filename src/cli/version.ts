import { readFile } from 'node:fs/promises';

/** As package.json says, which lies above both src and dist. */
export async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
