import type { Health } from '../../../engine/administration/health.ts';
import type { Finding } from '../../../engine/doctor/finding.ts';
import { type Html, html } from '../../../http/html.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { consoleLayout } from './layout.ts';
import { badge, list, pairs, postForm, said, sentence } from './parts.ts';

export interface HealthModel {
  readonly health: Health;
  readonly findings: readonly Finding[];
  /** Whether requests were sent for it. */
  readonly network: boolean;
}

const BADGES = { error: 'bad', warning: 'bad', note: 'plain' } as const;

export function healthView(frame: ConsoleFrame, model: HealthModel): Html {
  const { health: { store, keys }, findings, network } = model;
  return consoleLayout(frame, {
    title: 'Health',
    body: html`
      <section>
        ${pairs([
          ['Store', store === 'ready' ? badge('takes writes', 'good') : badge('failing', 'bad')],
          ['Keys', `${keys.active} active of ${keys.all}`],
        ])}
      </section>
      <section>
        <h2>What the doctor finds</h2>
        ${list(
          findings.map(({ severity, about, found, change }) => ({
            name: html`${badge(severity, BADGES[severity])} ${said(about)}`,
            facts: [html`${sentence(found)} <strong>To do:</strong> ${sentence(change)}`],
          })),
          'Nothing is wrong.',
        )}
        <p class="soft">${network
          ? 'Requests were sent to the issuer’s own URL, and to where clients publish their keys.'
          : 'No requests were sent for this: what others would see is looked at by the button below.'}</p>
        ${postForm(
          frame,
          html`<p class="actions"><button id="probe" class="quiet small">Look from outside, too</button></p>`,
        )}
      </section>
    `,
  });
}
