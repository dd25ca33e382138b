import { listAudits, showAudit } from '../engine/administration/audits.ts';
import type { Actor, AuditRecord } from '../store/records.ts';
import type { JsonValue } from '../store/store.ts';
import { argument, type Command, resultOf, textFlag } from './command.ts';
import { listCommand } from './list_command.ts';
import { fewOf, fields, table, time } from './table.ts';

export const AUDIT_COMMANDS: readonly Command[] = [
  listCommand({
    name: 'audit list',
    help: 'List what administrators changed, newest first.',
    flags: {
      since: { type: 'string', value: 'TIME', help: 'Not before: 2026-05-01, or with a time.' },
      actor: {
        type: 'string',
        value: 'WHO',
        help: 'Changes of cli, api, console, dcr, file, import or system, or of one ID.',
      },
      action: { type: 'string', value: 'ACTION', help: 'Such as client.created, or client.' },
      target: { type: 'string', value: 'ID', help: 'Changes of this client, person or key.' },
    },
    choose(invocation) {
      const text = textFlag(invocation, 'since');
      const since = text === undefined ? undefined : Date.parse(text) / 1000;
      if (Number.isNaN(since)) return '--since must be a date, such as 2026-05-01';
      const [actor, action, target] = ['actor', 'action', 'target'].map((name) =>
        textFlag(invocation, name)
      );
      return { since, actor, action, target };
    },
    page: listAudits,
    member: 'audit',
    headings: ['when', 'who', 'what', 'of', 'fields', 'id'],
    cellsOf: ({ at, actor, action, target, changes, id }) => [
      time(at),
      actorText(actor),
      action,
      target,
      fewOf(Object.keys(changes)),
      id,
    ],
  }),
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
