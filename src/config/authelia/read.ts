import { loadCel } from '../../accounts/cel.ts';
import type { ImportPlan } from '../../engine/administration/import_plan.ts';
import { readYaml } from '../../spec/yaml.ts';
import { createDraft } from '../import_draft.ts';
import { createReport } from '../import_report.ts';
import { settle } from '../import_settle.ts';
import { readClients } from './clients.ts';
import { readIssuerKeys, usedKeys } from './keys.ts';
import { readPeople } from './people.ts';
import { readPortal, ROOT_REASONS } from './portal.ts';
import { PROVIDER_REASONS, readProvider } from './provider.ts';
import { sectionOf } from './section.ts';
import { pruneTemplates, withoutTemplates } from './templates.ts';

/**
 * The text of an Authelia configuration, and of its users_database.yml, as a plan of what they mean here. Whatever the
 * text is, there is a plan, and remarks on all that is not in it.
 */
export async function readAuthelia(
  text: string,
  { users }: { readonly users?: string | undefined } = {},
): Promise<ImportPlan> {
  // Attributes may be computed by expressions.
  await loadCel();
  const templated = withoutTemplates(text);
  const read = readYaml(templated.text);
  const report = createReport(read.ok ? read.lineOf : () => undefined);
  if (!read.ok) {
    for (const { problem, line } of read.mistakes) {
      report.dropped([], line === undefined ? problem : `${problem} (line ${line})`);
    }
  }
  const value = read.ok ? pruneTemplates(read.value, templated.expressions, report) : {};
  const draft = createDraft(report);
  const root = sectionOf(value, [], report);
  const issuer = readPortal(root, draft, users !== undefined);
  const providers = root.section('identity_providers');
  const oidc = providers?.section('oidc');
  const keys = oidc === undefined ? [] : readIssuerKeys(oidc, report);
  if (oidc !== undefined) readProvider(oidc, draft);
  const found = oidc === undefined ? [] : readClients(oidc, keys.map(({ key }) => key), draft);
  oidc?.finish(PROVIDER_REASONS);
  providers?.finish();
  root.finish(ROOT_REASONS);
  const settled = settle(found, draft);
  const people = users === undefined ? [] : readPeople(users, report);
  return {
    ...issuer !== undefined && { issuer },
    ...settled,
    keys: usedKeys(keys, settled.clients, report),
    people,
    remarks: report.remarks(),
  };
}
