import type { Health } from '../../../engine/administration/health.ts';
import { type Html, html } from '../../../http/html.ts';
import type { AuditRecord } from '../../../store/records.ts';
import type { Count } from '../../admin/overview.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { auditRow } from './audit.ts';
import { consoleLayout } from './layout.ts';
import { alert, count, linkTo, list, said } from './parts.ts';

export interface OverviewModel {
  readonly health: Health;
  readonly counts: Readonly<Record<'clients' | 'people' | 'sessions', Count>>;
  readonly troubles: readonly string[];
  readonly records: readonly AuditRecord[];
  /** Of people, by ID. */
  readonly names: ReadonlyMap<string, string>;
}

export function overviewView(frame: ConsoleFrame, model: OverviewModel): Html {
  const { health, counts, troubles, records, names } = model;
  return consoleLayout(frame, {
    title: 'Overview',
    body: html`
      <p class="soft">Issuer <bdi>${frame.issuer}</bdi></p>
      ${health.store === 'failing' && alert('The store takes no writes: nothing can be changed.')}
      ${troubles.map((trouble) => alert(said(trouble)))}
      <dl class="counts">
        ${number(frame, 'Clients', '/admin/clients', counts.clients)}
        ${number(frame, 'People', '/admin/people', counts.people)}
        ${number(frame, 'Sessions', '/admin/sessions', counts.sessions)}
        <div>
          <dt>${linkTo(frame, '/admin/health', 'Store')}</dt>
          <dd class="words">${health.store === 'ready' ? 'takes writes' : 'is failing'}</dd>
        </div>
        <div>
          <dt>${linkTo(frame, '/admin/keys', 'Keys')}</dt>
          <dd class="words">${count(health.keys.active)} active of ${count(health.keys.all)}</dd>
        </div>
      </dl>
      <section>
        <h2>Latest changes</h2>
        ${list(records.map((record) => auditRow(frame, record, names)), 'Nothing was changed yet.')}
        ${records.length > 0 && html`
          <p>${linkTo(frame, '/admin/audit', 'All changes')}</p>
        `}
      </section>
    `,
  });
}

function number(frame: ConsoleFrame, words: string, path: string, found: Count): Html {
  return html`
    <div>
      <dt>${linkTo(frame, path, words)}</dt>
      <dd>${count(found.count)}${found.more && '+'}</dd>
    </div>
  `;
}
