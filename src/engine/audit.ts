import { byteLength } from '../spec/byte_length.ts';
import { audits } from '../store/collections.ts';
import type { Actor, AuditChange, AuditRecord } from '../store/records.ts';
import type { Log } from '../spec/log.ts';
import type { JsonValue, Put, Store } from '../store/store.ts';
import type { Engine } from './engine.ts';
import { newestFirstId } from './newest_first.ts';

/** What was done to what; `before` and `after` are whole records, of which only the difference is kept. */
export interface AuditedChange {
  /** `client.created`. */
  readonly action: string;
  /** A client_id, a user ID, a kid, the path of an option. */
  readonly target: string;
  /** Absent: there was nothing. */
  readonly before?: object | undefined;
  /** Absent: there is nothing any more. */
  readonly after?: object | undefined;
  /** What all issuers share; by default it is the engine's issuer that was changed. */
  readonly ofAllIssuers?: true;
}

/** Seconds for which a change is remembered. */
const KEPT_SECONDS = 400 * 86_400;
/** Bytes of JSON of one value, and of all together; what is longer is told by its length. */
const MAX_VALUE_BYTES = 8 * 1024;
const MAX_BYTES = 40 * 1024;
const MAX_FIELDS = 100;

/** The record of a change, to be put in the very commit that makes it; the log has it once that has held. T150 */
export function audit(change: AuditedChange, by: Actor, engine: Engine): Put {
  const issuer = change.ofAllIssuers === undefined ? engine.settings.issuer : undefined;
  return recordOf(change, by, engine, issuer);
}

/** The same where no issuer is at hand, as what changes is beneath them all. */
export function auditOfAll(
  change: AuditedChange,
  by: Actor,
  parts: Pick<Engine, 'now'>,
): Put {
  return recordOf(change, by, parts, undefined);
}

function recordOf(
  { action, target, before, after }: AuditedChange,
  by: Actor,
  { now }: Pick<Engine, 'now'>,
  issuer: string | undefined,
): Put {
  const at = now();
  const record: AuditRecord = {
    id: newestFirstId(at),
    at,
    actor: by,
    action,
    target,
    ...issuer !== undefined && { issuer },
    changes: differencesOf(before ?? {}, after ?? {}),
  };
  return audits.put([record.id], record, Math.ceil(at) + KEPT_SECONDS);
}

/** The same store, which logs the audit records that it has committed: those of commits that fail tell of nothing. T150 */
export function withAuditLog<S extends Store>(store: S, log: Log): S {
  return {
    ...store,
    async commit(change) {
      const outcome = await store.commit(change);
      if (outcome === 'committed') change.put?.forEach((put) => logRecord(put, log));
      return outcome;
    },
  };
}

function logRecord({ key: [name], value }: Put, log: Log): void {
  if (name !== audits.name) return;
  const { action, target, issuer, actor, changes } = value as unknown as AuditRecord;
  log('info', 'audit', { action, target, issuer, actor, fields: Object.keys(changes) });
}

/** The fields that differ, without secrets and without what is too long to keep. */
export function differencesOf(before: object, after: object): AuditRecord['changes'] {
  const [old, next] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const changes: [string, AuditChange][] = [];
  let bytes = 0;
  const told = (field: string, value: unknown): JsonValue => {
    const text = shown(field, value);
    const length = byteLength(text);
    if (length > MAX_VALUE_BYTES || bytes + length > MAX_BYTES) return `(${length} bytes)`;
    bytes += length;
    return JSON.parse(text) as JsonValue;
  };
  for (const field of new Set([...old.keys(), ...next.keys()])) {
    const [was, is] = [old.get(field), next.get(field)];
    if (UNTOLD.has(field) || JSON.stringify(was) === JSON.stringify(is)) continue;
    if (changes.length === MAX_FIELDS) break;
    changes.push([field, {
      ...was !== undefined && { before: told(field, was) },
      ...is !== undefined && { after: told(field, is) },
    }]);
  }
  return Object.fromEntries(changes);
}

/** As JSON. */
function shown(field: string, value: unknown): string {
  if (isSecret(field)) return SECRET_TEXT;
  return JSON.stringify(value, (name, each) => isSecret(name) ? '(secret)' : each);
}

const SECRET_TEXT = JSON.stringify('(secret)');

/** No record that is audited holds such a token: so are called lifespans, and what claims go into. */
const OF_OPTIONS = /(^|\.)(access|refresh|id|claims_in_id)_token$/;

function isSecret(name: string): boolean {
  return SECRET.test(name) && !OF_OPTIONS.test(name);
}

/** Names of what opens something, or could be guessed from. */
const SECRET =
  /(^|_)(secret|password|sealed|digest|digests|token|private_jwk)$|^(d|p|q|dp|dq|qi|k)$/;

/** What every change changes. */
const UNTOLD: ReadonlySet<string> = new Set(['updated_at']);
