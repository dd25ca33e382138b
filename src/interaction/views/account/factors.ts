import { type Html, html } from '../../../http/html.ts';
import type { AccountFrame } from '../../account/visit.ts';
import { accountUrl } from '../../account_pages.ts';
import { accountLayout } from '../account_layout.ts';
import { hiddenFields } from '../parts.ts';

export interface FactorRow {
  readonly id: string;
  readonly kind: 'totp' | 'passkey';
  /** As the person calls it; may be empty. */
  readonly name: string;
  readonly created_at: number;
  readonly last_used_at?: number;
  /** The host that a passkey is of use at, where that is not this one. */
  readonly elsewhere?: string;
}

export interface FactorsModel extends AccountFrame {
  readonly factors: readonly FactorRow[];
  /** Recovery codes that were not used yet. */
  readonly remaining: number;
  readonly zoneinfo: string | undefined;
}

/** Sends `remove`, the id of a factor. */
export function factorsView(model: FactorsModel): Html {
  const { action, hidden, factors, remaining, issuer, messages } = model;
  const link = (page: 'totp' | 'passkey' | 'recovery-codes', words: string): Html =>
    html`<a class="button quiet" id="to-${page}" href="${accountUrl(page, issuer)}">${words}</a>`;
  return accountLayout({
    ...model,
    title: messages.text('factors.title'),
    body: html`
      <section>
        <h2>${messages.text('factors.second')}</h2>
        <p class="soft">${messages.text('factors.second_note')}</p>
        ${factors.length === 0 ? html`<p>${messages.text('factors.none')}</p>` : html`
          <form method="post" action="${action}">
            ${hiddenFields(Object.entries(hidden))}
            <ul class="items">${factors.map((each) => factorRow(each, model))}</ul>
          </form>
        `}
        <p class="buttons">
          ${link('passkey', messages.text('factors.add_passkey'))}
          ${link('totp', messages.text('factors.add_totp'))}
        </p>
      </section>
      ${factors.length > 0 && html`
        <section>
          <h2>${messages.text('recovery.title')}</h2>
          <p class="soft">${messages.text('recovery.about')}</p>
          <p>${messages.text('recovery.remaining', {
            count: new Intl.NumberFormat(messages.lang).format(remaining),
          })}</p>
          <p>${link('recovery-codes', messages.text('recovery.make'))}</p>
        </section>
      `}
    `,
  });
}

function factorRow(factor: FactorRow, { zoneinfo, messages }: FactorsModel): Html {
  const { id, kind, name, created_at, last_used_at, elsewhere } = factor;
  const words = messages.text(`factors.${kind}`);
  const created = messages.text('factors.created', { date: messages.date(created_at, zoneinfo) });
  return html`
    <li>
      <div class="what">
        <span class="name"><bdi>${name === '' ? words : name}</bdi></span>
        <span class="soft">
          ${name !== '' && html`
            ${words} ·
          `}${created}${last_used_at !== undefined && html`
            · ${messages.text('factors.used', { date: messages.date(last_used_at, zoneinfo) })}
          `}${elsewhere !== undefined && html`
            · ${messages.html('factors.elsewhere', { host: elsewhere })}
          `}
        </span>
      </div>
      <button
        class="danger small"
        name="remove"
        value="${id}"
        aria-label="${messages.text('factors.remove_named', { name: name === '' ? words : name })}"
      >
        ${messages.text('factors.remove')}
      </button>
    </li>
  `;
}
