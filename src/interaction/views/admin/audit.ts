import { type Html, html } from '../../../http/html.ts';
import { printable } from '../../../spec/mistake.ts';
import type { AuditChange, AuditRecord } from '../../../store/records.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { clientPath, personPath } from '../../console_path.ts';
import { consoleLayout } from './layout.ts';
import {
  actorText,
  brief,
  linkTo,
  list,
  pager,
  pairs,
  type Row,
  said,
  search,
  when,
} from './parts.ts';

export interface AuditsModel {
  readonly records: readonly AuditRecord[];
  /** Of people, by ID. */
  readonly names: ReadonlyMap<string, string>;
  readonly filter: {
    readonly actor?: string | undefined;
    readonly action?: string | undefined;
    readonly target?: string | undefined;
  };
  readonly next: readonly string[] | undefined;
  readonly isFirst: boolean;
}

export function auditsView(frame: ConsoleFrame, model: AuditsModel): Html {
  const { records, names, filter, next, isFirst } = model;
  const empty = next === undefined
    ? 'No change fits.'
    : 'None among the changes looked through so far: go on to the next page.';
  return consoleLayout(frame, {
    title: 'Audit',
    body: html`
      ${search(frame, [
        { name: 'actor', label: 'Who: a name, cli, console, …', value: filter.actor },
        { name: 'action', label: 'What: client.created, client', value: filter.action },
        { name: 'target', label: 'Of: an ID', value: filter.target },
      ])}
      <section>
        ${list(records.map((record) => auditRow(frame, record, names)), empty)}
        ${pager(frame, { path: '/admin/audit', query: filter, next, isFirst })}
      </section>
    `,
  });
}

/** One change in a list. */
export function auditRow(
  frame: ConsoleFrame,
  { id, at, actor, action, target, changes }: AuditRecord,
  names: ReadonlyMap<string, string>,
): Row {
  const fields = Object.keys(changes);
  return {
    name: html`${linkTo(frame, `/admin/audit/${id}`, action)} ${brief(target)}`,
    facts: [
      html`by ${actorText(actor, names)}`,
      ...fields.length === 0 ? [] : [brief(someOf(fields))],
    ],
    side: when(at, frame),
  };
}

function someOf(fields: readonly string[]): string {
  const some = fields.slice(0, 4).join(', ');
  return fields.length > 4 ? `${some} and ${fields.length - 4} more` : some;
}

export function auditDetailView(
  frame: ConsoleFrame,
  { id, at, actor, action, target, issuer, changes }: AuditRecord,
  names: ReadonlyMap<string, string>,
): Html {
  const fields = Object.entries(changes);
  return consoleLayout(frame, {
    title: action,
    crumb: { path: '/admin/audit', text: 'Audit' },
    body: html`
      <section>
        ${pairs([
          ['When', when(at, frame)],
          ['By', actorText(actor, names)],
          ['Of', targetOf(frame, action, target)],
          ['Issuer', issuer === undefined ? 'what all issuers share' : said(issuer)],
          ['Record', html`<code>${id}</code>`],
        ])}
      </section>
      <section>
        <h2>Changes</h2>
        ${fields.length === 0
          ? html`<p class="soft">No fields: the action says it all.</p>`
          : fields.map(([field, change]) => difference(field, change))}
      </section>
    `,
  });
}

/** Of what has a page, while it is there, a link. */
function targetOf(frame: ConsoleFrame, action: string, target: string): Html {
  const [kind] = action.split('.');
  if (kind === 'client') return linkTo(frame, clientPath(target), said(target));
  return kind === 'user' ? linkTo(frame, personPath(target), said(target)) : said(target);
}

/** What was there, and what is. */
function difference(field: string, { before, after }: AuditChange): Html {
  const side = (mark: string, words: string, kind: string, value: unknown): Html =>
    html`
      <pre class="${kind}"><span class="unseen">${words}: </span>${mark} ${printableLines(
        JSON.stringify(value, null, 2),
      )}</pre>
    `;
  return html`
    <h3>${said(field)}</h3>
    ${before !== undefined && side('−', 'before', 'was', before)}
    ${after !== undefined && side('+', 'after', 'is', after)}
  `;
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
