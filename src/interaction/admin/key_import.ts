import type { Site } from '../../endpoints/site.ts';
import { NEW_KEY } from '../../engine/administration/forms.ts';
import { importKey } from '../../engine/administration/keys.ts';
import type { Params } from '../../spec/params.ts';
import { type KeyImportModel, keyImportView } from '../views/admin/key_import.ts';
import { statusOf } from './answers.ts';
import { consolePage, type ConsoleVisit, go, proofFor } from './visit.ts';

/** `/admin/keys/import`: a private key of somebody else’s making, which no answer ever holds. */
export function showKeyImport(visit: ConsoleVisit, site: Site): Response {
  return formPage(visit, { use: '', alg: '', isNow: false }, site);
}

export async function submitKeyImport(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const detour = proofFor(visit, site);
  if (detour !== undefined) return detour;
  const [use, alg, isNow] = [form.get('use'), form.get('alg'), form.get('now') === 'yes'];
  const typed = { use: use ?? '', alg: alg ?? '', isNow };
  const parsed = NEW_KEY.parse({
    key: form.get('key') ?? '',
    ...use !== undefined && { use },
    ...alg !== undefined && { alg: alg.trim() },
    now: isNow,
  });
  if (!parsed.ok) {
    const problem = parsed.problems.map((each) => `${each.path.join('.')} ${each.problem}`);
    return formPage(visit, { ...typed, problem: problem.join('; ') }, site, 400);
  }
  const { key, now: atOnce, ...as } = parsed.value;
  const outcome = await importKey(key, { ...as, isNow: atOnce }, visit.by, site.engine);
  return outcome.kind === 'done'
    ? go('/admin/keys', 'key_imported', site)
    : formPage(visit, { ...typed, problem: outcome.problem }, site, statusOf(outcome));
}

function formPage(
  visit: ConsoleVisit,
  model: KeyImportModel,
  site: Site,
  status?: number,
): Response {
  return consolePage(visit, (frame) => keyImportView(frame, model), site, status);
}
