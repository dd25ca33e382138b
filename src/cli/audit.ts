import { listAudits, showAudit } from '../engine/administration/audits.ts';
import type { Actor, AuditRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import { argument, type Command, done, refused, resultOf, textFlag } from './command.ts';
import { LIMIT_FLAG, LIMIT_RULE, limitOf } from './owner.ts';
import { fewOf, fields, table, time } from './table.ts';

export const AUDIT_COMMANDS: readonly Command[] = [
  {
    kind: 'engine',
    name: 'audit list',
    positionals: [],
    flags: {
      ...LIMIT_FLAG,
      since: { type: 'string', value: 'TIME', help: 'Not before: 2026-05-01, or with a time.' },
      actor: {
        type: 'string',
        value: 'WHO',
        help: 'Changes of cli, api, console, dcr, file, import or system, or of one ID.',
      },
      action: { type: 'string', value: 'ACTION', help: 'Such as client.created, or client.' },
      target: { type: 'string', value: 'ID', help: 'Changes of this client, person or key.' },
    },
    help: 'List what administrators changed, newest first.',
    async run(engine, invocation) {
      const limit = limitOf(invocation);
      if (limit === undefined) return refused(LIMIT_RULE);
      const text = textFlag(invocation, 'since');
      const since = text === undefined ? undefined : Date.parse(text) / 1000;
      if (Number.isNaN(since)) return refused('--since must be a date, such as 2026-05-01');
      const [actor, action, target] = ['actor', 'action', 'target'].map((name) =>
        textFlag(invocation, name)
      );
      const filter = { since, actor, action, target };
      const { items, next } = await listAudits(filter, { limit }, engine);
      return done({ audit: items, more: next !== undefined });
    },
    print(value) {
      const { audit, more } = value as unknown as {
        readonly audit: readonly AuditRecord[];
        readonly more: boolean;
      };
      const rows = audit.map((record) => [
        time(record.at),
        actorText(record.actor),
        record.action,
        record.target,
        fewOf(Object.keys(record.changes)),
        record.id,
      ]);
      const listed = table(['when', 'who', 'what', 'of', 'fields', 'id'], rows);
      return more ? `${listed}… and more; see --limit\n` : listed;
    },
  },
  {
    kind: 'engine',
    name: 'audit show',
    positionals: ['ID'],
    flags: {},
    help: 'Show one change: who made it, and each field before and after it.',
    run: async (engine, invocation) => resultOf(await showAudit(argument(invocation, 0), engine)),
    print(value: JsonValue) {
      const { id, at, actor, action, target, issuer, changes } = value as unknown as AuditRecord;
      const rows = Object.entries(changes).map(([field, { before, after }]) => [
        field,
        before === undefined ? undefined : JSON.stringify(before),
        after === undefined ? undefined : JSON.stringify(after),
      ]);
      return fields({
        id,
        when: time(at),
        who: actorText(actor),
        what: action,
        of: target,
        issuer,
      }) +
        (rows.length === 0 ? '' : table(['field', 'before', 'after'], rows));
    },
  },
];

function actorText(actor: Actor): string {
  return Object.values(actor).join(' ');
}
