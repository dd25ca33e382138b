import { type Html, html } from '../../../http/html.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { consoleLayout } from './layout.ts';
import { alert, buttonTo, postForm, sentence, textArea } from './parts.ts';

export interface KeyImportModel {
  readonly use: string;
  readonly alg: string;
  readonly isNow: boolean;
  readonly problem?: string;
}

/** The key itself is never put into the page. */
export function keyImportView(frame: ConsoleFrame, model: KeyImportModel): Html {
  const { use, alg, isNow, problem } = model;
  const option = (value: string, words: string): Html =>
    html`<option value="${value}" ${value === use && html`selected`}>${words}</option>`;
  return consoleLayout(frame, {
    title: 'Import a key',
    crumb: { path: '/admin/keys', text: 'Keys' },
    body: html`
      ${problem !== undefined && alert(html`${sentence(problem)} Paste the key once more.`)}
      ${postForm(
        frame,
        html`
          <div class="field">
            <label for="key">Private key</label>
            <p id="key-remark" class="soft">
              PEM (PKCS #8) or a JWK, with its certificates after it. It takes the place of the newest
              key of its algorithm, and does not rotate by itself.
            </p>
            ${textArea(
              html`id="key" name="key" rows="8" autocomplete="off" aria-describedby="key-remark"`,
              '',
            )}
          </div>
          <div class="two">
            <div class="field">
              <label for="use">Use</label>
              <p id="use-remark" class="soft">Left open: as the JWK says, else signing.</p>
              <select id="use" name="use" aria-describedby="use-remark">
                ${option('', 'as the key says')} ${option('sig', 'signing')} ${option(
                  'enc',
                  'encryption',
                )}
              </select>
            </div>
            <div class="field">
              <label for="alg">Algorithm</label>
              <p id="alg-remark" class="soft">Left open: the usual one of the key’s type.</p>
              <input id="alg" name="alg" value="${alg}" maxlength="32" autocomplete="off"
                spellcheck="false" aria-describedby="alg-remark">
            </div>
          </div>
          <label class="tick">
            <input type="checkbox" name="now" value="yes" ${isNow && html`checked`}>
            <span>
              Take over at once
              <span class="soft">Whoever has kept our keys does not know this one yet.</span>
            </span>
          </label>
          <p class="actions">
            <button id="save">Import</button>
            ${buttonTo(frame, '/admin/keys', 'Cancel')}
          </p>
        `,
      )}
    `,
  });
}
