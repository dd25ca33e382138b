import { audits } from '../../store/collections.ts';
import type { Actor, AuditRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { type Page, pageOf, type PageRequest } from './listing.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** Which records are wanted: those that all of these fit. */
export interface AuditFilter {
  /** Unix seconds. */
  readonly since?: number | undefined;
  /** A kind of actor, or the client, the person or the token that acted. */
  readonly actor?: string | undefined;
  /** `client.created`, or the part before the dot. */
  readonly action?: string | undefined;
  readonly target?: string | undefined;
}

/** What administrators changed at this issuer and what all share, newest first. */
export async function listAudits(
  filter: AuditFilter,
  request: PageRequest,
  engine: Engine,
): Promise<Page<AuditRecord>> {
  return await pageOf(audits, [], request, engine.store, {
    matches: ({ value }) => fits(value, filter, engine),
    isEnd: ({ value }) => filter.since !== undefined && value.at < filter.since,
  });
}

export async function showAudit(id: string, engine: Engine): Promise<Outcome<AuditRecord>> {
  const record = (await audits.get(engine.store, id))?.value;
  return record === undefined || !isOfIssuer(record, engine)
    ? refused(`there is no audit record ${JSON.stringify(id)}`, 'missing')
    : done(record);
}

function fits(record: AuditRecord, filter: AuditFilter, engine: Engine): boolean {
  const { actor, action, target } = filter;
  return isOfIssuer(record, engine) &&
    (actor === undefined || namesOf(record.actor).includes(actor)) &&
    (action === undefined || record.action === action || record.action.startsWith(`${action}.`)) &&
    (target === undefined || record.target === target);
}

function isOfIssuer({ issuer }: AuditRecord, { settings }: Engine): boolean {
  return issuer === undefined || issuer === settings.issuer;
}

function namesOf(actor: Actor): readonly string[] {
  return Object.values(actor);
}
