import { type Html, html } from '../../http/html.ts';
import { factorLayout, type FactorPage } from './factor_layout.ts';
import { hiddenFields } from './parts.ts';

export interface RecoveryCodesModel extends FactorPage {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** How many are left of those that were made before. */
  readonly remaining: number;
  /** Where the person goes next. */
  readonly nextUrl: string;
}

/** Before codes are made. Sends nothing but its hidden fields. */
export function recoveryCodesView(model: RecoveryCodesModel): Html {
  const { action, hidden, remaining, nextUrl, messages } = model;
  const count = html`<strong id="remaining">${String(remaining)}</strong>`;
  return factorLayout(model, {
    title: messages.text('recovery.title'),
    section: 'recovery-codes',
    about: messages.text('recovery.about'),
    body: html`
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        <p>${messages.html('recovery.remaining', { count })}</p>
        ${remaining > 0 && html`<p>${messages.text('recovery.replaced')}</p>`}
        <button id="make">${messages.text('recovery.make')}</button>
      </form>
      <p><a id="skip" href="${nextUrl}">${messages.text('recovery.skip')}</a></p>
    `,
  });
}

export interface NewRecoveryCodesModel extends FactorPage {
  readonly codes: readonly string[];
  readonly nextUrl: string;
}

/** The only time that they are shown. */
export function newRecoveryCodesView(model: NewRecoveryCodesModel): Html {
  const { codes, nextUrl, messages } = model;
  return factorLayout(model, {
    title: messages.text('recovery.title'),
    section: 'recovery-codes',
    about: messages.text('recovery.about'),
    body: html`
      <p>${messages.text('recovery.keep')}</p>
      <ol class="codes" id="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
      <p><a class="button" id="next" href="${nextUrl}">${messages.text('recovery.continue')}</a></p>
    `,
  });
}
