import type { ImportPlan } from '../engine/administration/import_plan.ts';
import { isMap } from '../spec/is_map.ts';
import { readYaml } from '../spec/yaml.ts';
import { readAuthelia } from './authelia/read.ts';
import { withoutTemplates } from './authelia/templates.ts';
import { readClientList } from './client_list.ts';
import { readOwnFile } from './own_file.ts';

/** A file that may be of Authelia, of Ostiary, or a list of clients: what it is shows in what it holds. */
export async function readImportFile(
  text: string,
  { users }: { readonly users?: string | undefined } = {},
): Promise<ImportPlan> {
  if (/^\s*[[{]/.test(text)) return readClientList(text);
  const read = readYaml(withoutTemplates(text).text);
  const isOfAuthelia = !read.ok ||
    AUTHELIA_SECTIONS.some((name) => isMap(read.value) && Object.hasOwn(read.value, name));
  return isOfAuthelia ? await readAuthelia(text, { users }) : await readOwnFile(text);
}

/** One of them is in each configuration of Authelia, and none in ours. */
const AUTHELIA_SECTIONS = [
  'authentication_backend',
  'identity_providers',
  'session',
] as const;
