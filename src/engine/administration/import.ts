import type { Settings } from '../../spec/settings.ts';
import type { Actor, AuditRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { importClient } from './import_clients.ts';
import { importKeys } from './import_keys.ts';
import { importOptions } from './import_options.ts';
import { importPerson } from './import_people.ts';
import type { ImportPlan } from './import_plan.ts';

/** What became, or would become, of one part of a plan. */
export interface ImportRow {
  readonly kind: 'options' | 'key' | 'person' | 'client';
  /** A kid, a username, a client_id. */
  readonly id: string;
  readonly state: ImportState;
  /** Why it stays as it is, or what there is to do by hand. */
  readonly why?: string;
  /** Fields that differ; of secrets only that they do. */
  readonly changes?: AuditRecord['changes'];
}

/** conflict: there is something else in its place, or it does not fit here. */
export type ImportState = 'added' | 'changed' | 'same' | 'conflict';

export interface ImportOptions {
  readonly by: Actor;
  readonly isDry: boolean;
  /** Whether options that others brought into the store give way. */
  readonly replaces?: boolean;
  /** As of now: options that are applied make another engine. */
  readonly engine: () => Engine;
}

/** What the parts of a plan are brought in with. */
export interface ImportContext {
  readonly by: Actor;
  readonly isDry: boolean;
  readonly engine: Engine;
  readonly settings: Settings;
}

/**
 * Brings in a plan: options, then keys, people and clients, each in a commit of its own with its audit record. What is
 * there already stays, so that a second run does what the first left undone, and a third does nothing.
 */
export async function applyImport(
  plan: ImportPlan,
  options: ImportOptions,
): Promise<readonly ImportRow[]> {
  const { by, isDry, engine } = options;
  const { rows: ofOptions, settings } = await importOptions(plan, options);
  const context = { by, isDry, engine: engine(), settings };
  const rows = [...ofOptions, ...await importKeys(plan, context)];
  for (const person of plan.people) rows.push(await importPerson(person, context));
  const kids = new Set(plan.keys.map(({ kid }) => kid));
  for (const client of plan.clients) rows.push(await importClient(client, kids, context));
  return rows;
}
