import { loadCel } from '../accounts/cel.ts';
import type {
  ImportPlan,
  PlannedClient,
  PlannedKey,
} from '../engine/administration/import_plan.ts';
import { readBroughtKey } from '../keys/import.ts';
import { isMap } from '../spec/is_map.ts';
import { readYaml } from '../spec/yaml.ts';
import { createDraft, type ReadClient } from './import_draft.ts';
import { createReport, type Path, type Report } from './import_report.ts';
import { settle } from './import_settle.ts';
import { plannedClient } from './planned_client.ts';

/** Options that are of one machine, and so of its configuration file alone. */
export const OF_THE_MACHINE: ReadonlySet<string> = new Set([
  'bootstrap',
  'data',
  'development',
  'listen',
  'storage',
  'trusted_proxies',
  'users_file',
]);

/** A configuration of ours, as `ostiary export` writes it: options, clients, and keys if it has them. */
export async function readOwnFile(text: string): Promise<ImportPlan> {
  // Attributes may be computed by expressions.
  await loadCel();
  const read = readYaml(text);
  const report = createReport(read.ok ? read.lineOf : () => undefined);
  const value = read.ok ? read.value : {};
  if (!read.ok || !isMap(value)) {
    report.dropped([], 'the file is neither of Authelia, nor of Ostiary, nor a list of clients');
  }
  const { issuer, issuers, clients, private_keys, ...options } = isMap(value) ? value : {};
  if (issuers !== undefined) report.dropped(['issuers'], 'are several: export each by itself');
  const draft = createDraft(report);
  for (const [name, option] of Object.entries(options)) {
    if (OF_THE_MACHINE.has(name)) report.dropped([name], 'is of the machine, not of the provider');
    else draft.set([name], option, [name]);
  }
  const settled = settle(readClients(clients, report), draft);
  return {
    ...typeof issuer === 'string' && { issuer },
    ...settled,
    keys: readKeys(private_keys, report),
    people: [],
    remarks: report.remarks(),
  };
}

function readClients(raw: unknown, report: Report): readonly ReadClient[] {
  const seen = new Set<string>();
  return listOf(raw, ['clients'], report).flatMap(({ path, value }) => {
    const { client_id, client_secret, ...metadata } = value;
    const client: PlannedClient | undefined = plannedClient(
      { client_id, metadata, client_secret },
      {
        dropped: (field, why, index) =>
          report.dropped([...path, field, ...index === undefined ? [] : [index]], why),
        leftOut: (why) => report.dropped(path, `the client is left out: ${why}`),
      },
    );
    if (client === undefined) return [];
    if (seen.has(client.client_id)) {
      report.dropped(path, 'the client is left out: another has the same client_id');
      return [];
    }
    seen.add(client.client_id);
    return [{ path, client }];
  });
}

/** Private JWKs, each with its certificates as PEM. */
function readKeys(raw: unknown, report: Report): readonly PlannedKey[] {
  return listOf(raw, ['private_keys'], report).flatMap(({ path, value: { jwk, certificates } }) => {
    const text = `${JSON.stringify(jwk)}\n${typeof certificates === 'string' ? certificates : ''}`;
    const brought = readBroughtKey(text, {});
    if (!brought.ok) {
      report.dropped(path, brought.problem);
      return [];
    }
    const { kid, use, alg } = brought.key;
    if (kid === undefined) {
      report.dropped(path, 'has no kid');
      return [];
    }
    report.mapped(path, `the key ${kid}`);
    return [{ kid, use, alg, text }];
  });
}

interface Item {
  readonly path: Path;
  readonly value: Readonly<Record<string, unknown>>;
}

function listOf(raw: unknown, path: Path, report: Report): readonly Item[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) {
    report.dropped(path, 'must be a list');
    return [];
  }
  return raw.flatMap((value: unknown, index) => {
    if (isMap(value)) return [{ path: [...path, index], value }];
    report.dropped([...path, index], 'must be a map');
    return [];
  });
}
