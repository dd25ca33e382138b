import type { Settings } from '../../spec/settings.ts';
import type { Actor, AuditRecord } from '../../store/records.ts';
import type { Reconfigured } from '../configuration.ts';
import type { Engine } from '../engine.ts';
import { importClient } from './import_clients.ts';
import { importKeys } from './import_keys.ts';
import { importPerson } from './import_people.ts';
import type { ImportPlan } from './import_plan.ts';
import type { Outcome } from './outcome.ts';

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

/** Takes over options; `isDry` only says what would become of them. */
export type ApplyOptions = (
  options: ImportPlan['options'],
  isDry: boolean,
) => Promise<
  Outcome<{
    readonly state: ImportState;
    readonly changes?: AuditRecord['changes'];
    /** Paths of those that were left out, and why. */
    readonly kept: Reconfigured['kept'];
    /** As they are, or would be, then. */
    readonly settings: Settings;
  }>
>;

export interface ImportOptions {
  readonly by: Actor;
  readonly isDry: boolean;
  /** Absent: options are for the configuration file, and clients that rest on one which is not there are conflicts. */
  readonly applyOptions?: ApplyOptions;
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
  { by, isDry, engine, applyOptions }: ImportOptions,
): Promise<readonly ImportRow[]> {
  const rows: ImportRow[] = [];
  let { settings } = engine();
  if (applyOptions !== undefined && Object.keys(plan.options).length > 0) {
    const outcome = await applyOptions(plan.options, isDry);
    const row = { kind: 'options', id: Object.keys(plan.options).join(', ') } as const;
    if (outcome.kind === 'done') {
      const { settings: next, kept, ...rest } = outcome.value;
      settings = next;
      rows.push({ ...row, ...rest });
      for (const { path, why } of kept) {
        rows.push({ kind: 'options', id: path, state: 'conflict', why });
      }
    } else rows.push({ ...row, state: 'conflict', why: outcome.problem });
  }
  const context = { by, isDry, engine: engine(), settings };
  rows.push(...await importKeys(plan, context));
  for (const person of plan.people) rows.push(await importPerson(person, context));
  const kids = new Set(plan.keys.map(({ kid }) => kid));
  for (const client of plan.clients) rows.push(await importClient(client, kids, context));
  return rows;
}
