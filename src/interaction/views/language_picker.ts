import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { hiddenFields } from './parts.ts';

/** Sends `language`, `back` and `over`. Languages are named in their own words, for those who read no other. */
export function languagePicker({ picker, issuer, messages }: Frame): Html {
  if (picker === undefined) return html``;
  const { languages, current, over, back } = picker;
  const option = ({ tag, name }: (typeof languages)[number]): Html =>
    html`<option value="${tag}" lang="${tag}" ${
      tag === current && html`selected`
    }>${name}</option>`;
  return html`
    <form class="picker" method="post" action="${issuer}/language">
      ${hiddenFields([['back', back], ...over.length === 0 ? [] : [overField(over)]])}
      <label class="unseen" for="language">${messages.text('frame.language')}</label>
      <select id="language" name="language" autocomplete="off">${languages.map(option)}</select>
      <button id="set-language">${messages.text('frame.language_submit')}</button>
    </form>
  `;
}

function overField(over: readonly string[]): readonly [name: string, value: string] {
  return ['over', over.join(' ')];
}
