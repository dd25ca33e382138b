import { encode } from 'uqr';
import { type Html, html } from '../../http/html.ts';
import { factorLayout, type FactorPage } from './factor_layout.ts';
import { nameField } from './factor_name.ts';
import { hiddenFields } from './parts.ts';

export type TotpProblem = 'wrong' | 'expired' | 'full';

export interface TotpModel extends FactorPage {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** `otpauth:`, for the QR code. */
  readonly uri: string;
  /** The same secret in base32. */
  readonly secret: string;
  readonly name?: string;
  readonly problem?: TotpProblem;
}

/** Sends `totp`, and `name`, which may be empty. */
export function totpView(model: TotpModel): Html {
  const { action, hidden, uri, secret, name, problem, messages } = model;
  const isWrong = problem === 'wrong';
  return factorLayout(model, {
    title: messages.text('totp.title'),
    section: 'totp',
    about: messages.text('factors.second_note'),
    problem: problem && messages.text(problem === 'full' ? 'factors.full' : `totp.${problem}`),
    body: html`
      <div class="group">
        <h2>${messages.text('totp.scan')}</h2>
        <div class="qr">${qrCode(uri, messages.text('totp.qr'))}</div>
        <p>${messages.text('totp.type')}</p>
        <code id="totp-secret" class="copy">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </div>
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        <div class="field">
          <label for="totp">${messages.text('totp.code')}</label>
          <input
            id="totp"
            name="totp"
            required
            inputmode="numeric"
            autocomplete="one-time-code"
            maxlength="16"
            spellcheck="false"
            dir="ltr"
            aria-invalid="${isWrong && 'true'}"
            aria-describedby="${problem !== undefined && 'problem'}"
          >
        </div>
        ${nameField(name, messages)}
        <button id="add">${messages.text('totp.submit')}</button>
      </form>
    `,
  });
}

/** Dark modules as one path; a border of them is the quiet zone that cameras need, with the padding around it. */
function qrCode(text: string, label: string): Html {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => isDark ? [`M${x} ${y}h1v1h-1z`] : [])
  );
  return html`
    <svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}">
      <path d="${path.join('')}" />
    </svg>
  `;
}
