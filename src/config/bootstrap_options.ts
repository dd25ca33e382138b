import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { ImportPlan } from '../engine/administration/import_plan.ts';
import { sha256 } from '../keys/digest.ts';
import { section } from '../spec/section.ts';
import { text } from './values.ts';

/** What an issuer begins with. */
export const bootstrapSchema = section({
  file: described(
    text(4096),
    'A configuration of Authelia, one that ostiary export wrote, or a JSON list of clients; a relative path starts at the directory of this file.',
  ),
  users: described(v.optional(text(4096)), 'The users_database.yml beside one of Authelia.'),
  override: described(
    v.optional(v.boolean(), false),
    'Whether the file is brought in at every start, so that it wins over what was changed since.',
  ),
});

/** Paths absolute once loaded from a file. */
export interface BootstrapSettings {
  readonly file: string;
  readonly users?: string;
  readonly override: boolean;
}

export function bootstrapOf(
  { file, users, override }: v.InferOutput<typeof bootstrapSchema>,
): BootstrapSettings {
  return { file, override, ...users !== undefined && { users } };
}

/** The plan of the files as they are now, and their digest. @throws {TypeError} when one cannot be read */
export async function readBootstrap(
  { file, users }: BootstrapSettings,
): Promise<{ readonly plan: ImportPlan; readonly digest: string }> {
  const [main, people] = [await readText(file), users && await readText(users)];
  const { readImportFile } = await import('./import_file.ts');
  return {
    plan: await readImportFile(main, { users: people }),
    digest: sha256(`${main}\n${people ?? ''}`),
  };
}

const MAX_FILE_BYTES = 16 * 1024 * 1024;

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined || bytes.length > MAX_FILE_BYTES) {
    throw new TypeError(
      `Cannot start as "bootstrap" must name a file of at most 16 MiB that can be read: got ${file}`,
    );
  }
  return bytes.toString('utf8');
}

function described<const S extends v.GenericSchema>(schema: S, help: string) {
  return v.pipe(schema, v.description(help));
}
