import { type Html, html } from '../../http/html.ts';
import type { Messages } from '../messages.ts';

/** Characters that a factor's name may have. */
const MAX_FACTOR_NAME = 64;

/** By what a person tells one factor from another: `name`, which may be empty. */
export function nameField(name: string | undefined, messages: Messages): Html {
  return html`
    <div class="field">
      <label for="name">${messages.text('factors.name')}</label>
      <p id="name-note" class="soft">${messages.text('factors.name_note')}</p>
      <input
        id="name"
        name="name"
        value="${name}"
        maxlength="${MAX_FACTOR_NAME}"
        autocomplete="off"
        dir="auto"
        aria-describedby="name-note"
      >
    </div>
  `;
}
