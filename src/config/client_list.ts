import type { ImportPlan, PlannedClient } from '../engine/administration/import_plan.ts';
import { isMap } from '../spec/is_map.ts';
import { createDraft, type ReadClient } from './import_draft.ts';
import { createReport, type Path, type Report } from './import_report.ts';
import { settle } from './import_settle.ts';
import { plannedClient } from './planned_client.ts';

/** Clients as a registration endpoint answers them (RFC 7591 §3.2.1): a JSON list, or one object a line. */
export function readClientList(text: string): ImportPlan {
  const report = createReport(() => undefined);
  const seen = new Set<string>();
  const clients = itemsOf(text, report).flatMap(({ path, value }): readonly ReadClient[] => {
    const client = readClient(path, value, report);
    if (client === undefined) return [];
    if (!seen.has(client.client_id)) {
      seen.add(client.client_id);
      return [{ path, client }];
    }
    report.dropped(path, 'the client is left out: another has the same client_id');
    return [];
  });
  return {
    ...settle(clients, createDraft(report)),
    keys: [],
    people: [],
    remarks: report.remarks(),
  };
}

interface Item {
  readonly path: Path;
  readonly value: unknown;
}

function itemsOf(text: string, report: Report): readonly Item[] {
  const start = text.trimStart();
  if (start.startsWith('[')) {
    const list = jsonOf(text);
    if (Array.isArray(list)) {
      return list.map((value: unknown, index) => ({ path: ['clients', index], value }));
    }
  } else {
    const one = jsonOf(text);
    if (isMap(one)) {
      const { clients } = one;
      const list: readonly unknown[] = Array.isArray(clients) ? clients : [one];
      return list.map((value, index) => ({ path: ['clients', index], value }));
    }
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const values = lines.map(jsonOf);
    if (values.length > 0 && values.every(isMap)) {
      return values.map((value, index) => ({ path: ['clients', index], value }));
    }
  }
  report.dropped([], 'the file is no JSON list of clients, and no JSON object a line');
  return [];
}

/** Of a registration, not of the client. RFC 7591 §3.2.1, RFC 7592 §3 */
const OF_REGISTRATION: ReadonlyMap<string, string> = new Map([
  ['registration_access_token', 'is of the other server’s registration endpoint'],
  ['registration_client_uri', 'is of the other server’s registration endpoint'],
  ['client_id_issued_at', 'is the day of the import'],
  ['software_statement', 'is not kept: what it says stands in the metadata'],
]);

function readClient(path: Path, value: unknown, report: Report): PlannedClient | undefined {
  if (!isMap(value)) {
    report.dropped(path, 'is no JSON object');
    return undefined;
  }
  const { client_id, client_secret, client_secret_expires_at, ...rest } = value;
  const metadata: Record<string, unknown> = {};
  for (const [field, each] of Object.entries(rest)) {
    const why = OF_REGISTRATION.get(field);
    if (why !== undefined) report.dropped([...path, field], why);
    else if (each !== null && each !== '') metadata[field] = each;
  }
  if (typeof client_secret_expires_at === 'number' && client_secret_expires_at > 0) {
    report.changed(
      [...path, 'client_secret_expires_at'],
      'is not kept: the secret does not expire',
    );
  }
  return plannedClient({ client_id, metadata, client_secret: client_secret ?? undefined }, {
    dropped: (field, why, index) =>
      report.dropped([...path, field, ...index === undefined ? [] : [index]], why),
    leftOut: (why) => report.dropped(path, `the client is left out: ${why}`),
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
