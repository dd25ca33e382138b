import { MIN_PASSWORD_CHARACTERS } from '../../../accounts/password_policy.ts';
import { STANDARD_CLAIM_NAMES } from '../../../accounts/standard_claims.ts';
import { type Html, html } from '../../../http/html.ts';
import { printable } from '../../../spec/mistake.ts';
import { isTruth, MORE } from '../../admin/person_fields.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { hiddenFields } from '../parts.ts';
import { consoleLayout, type Crumb } from './layout.ts';
import { buttonTo, postForm, said, textArea } from './parts.ts';

export interface PersonFormPage {
  readonly title: string;
  readonly crumb: Crumb;
  /** By field, as they stand in the form. */
  readonly texts: Readonly<Record<string, string>>;
  /** Of somebody new, as it was typed. */
  readonly username?: string;
  /** The version that the form was made for. */
  readonly version?: string;
  /** What stands in the record now, where that is not what the form was made for. */
  readonly theirs?: Readonly<Record<string, string>>;
  /** By field. */
  readonly problems?: ReadonlyMap<string, string>;
  /** What is to be said before the form. */
  readonly above?: Html;
  readonly status?: number;
}

const FIRST: readonly string[] = ['name', 'email', 'email_verified'];

export function personFormView(frame: ConsoleFrame, page: PersonFormPage): Html {
  const { title, crumb, username, version, above, problems } = page;
  const isNew = username !== undefined;
  const rest = STANDARD_CLAIM_NAMES.filter((name) => !FIRST.includes(name));
  const isOpen = rest.some((name) => problems?.has(name) === true || isTheirs(name, page));
  return consoleLayout(frame, {
    title,
    crumb,
    body: html`
      ${above}
      ${postForm(
        frame,
        html`
          ${version !== undefined && hiddenFields([['version', version]])}
          <div class="two">
            ${isNew && newFields(username)} ${FIRST.map((name) =>
              field(name, HELP[name] ?? '', page)
            )}
            ${field('groups', 'One a line; admins may use this console.', page, true)}
            ${field(MORE, MORE_HELP, page, true)}
          </div>
          <details ${isOpen && html`open`}>
            <summary>All other claims <span class="soft">– of OpenID Connect</span></summary>
            <div class="inside two">${rest.map((name) => field(name, HELP[name] ?? '', page))}</div>
          </details>
          <p class="actions">
            <button id="save">${isNew ? 'Add' : 'Save'}</button>
            ${buttonTo(frame, crumb.path, 'Cancel')}
          </p>
        `,
      )}
    `,
  });
}

const MORE_HELP =
  'Attributes of this server, and claims in other languages, as JSON: {"department": "doors"}.';

const HELP: Readonly<Record<string, string>> = {
  name: 'In full, as it is shown.',
  email: 'Where messages for the person go.',
  email_verified: 'Whether it is known to be theirs.',
  birthdate: 'YYYY-MM-DD or YYYY.',
  zoneinfo: 'Such as Europe/Paris.',
  locale: 'Such as fr-FR.',
  address: 'In words, or as JSON with the members of OpenID Connect.',
};

function newFields(username: string): Html {
  return html`
    <div class="field">
      <label for="username">Username</label>
      <p id="username-remark" class="soft">What the person signs in with.</p>
      <input id="username" name="username" value="${username}" required autocomplete="off"
        spellcheck="false" aria-describedby="username-remark">
    </div>
    <div class="field">
      <label for="password">Password</label>
      <p id="password-remark" class="soft">
        At least ${MIN_PASSWORD_CHARACTERS} characters. Empty: none; a link for a first one can be made
        afterwards.
      </p>
      <input id="password" name="password" type="password" autocomplete="new-password"
        aria-describedby="password-remark">
    </div>
  `;
}

function field(name: string, help: string, page: PersonFormPage, isArea = false): Html {
  const problem = page.problems?.get(name);
  const text = page.texts[name] ?? '';
  const described = [
    ...help === '' ? [] : [`${name}-remark`],
    ...problem === undefined ? [] : [`${name}-problem`],
  ].join(' ');
  const attributes = html`id="${name}" name="${name}" aria-invalid="${
    problem !== undefined && 'true'
  }" ${described !== '' && html`aria-describedby="${described}"`}`;
  return html`
    <div class="field ${isArea && 'whole'}">
      <label for="${name}">${LABELS.get(name) ?? html`<code>${name}</code>`}</label>
      ${help !== '' && html`<p id="${name}-remark" class="soft">${help}</p>`}
      ${problem !== undefined && html`
        <p id="${name}-problem" class="wrong">${printable(problem)}</p>
      `}
      ${isTheirs(name, page) && html`
        <p class="theirs" id="${name}-theirs">Now: ${theirsText(page.theirs?.[name] ?? '')}</p>
      `}
      ${isArea
        ? textArea(attributes, text)
        : isTruth(name)
        ? truth(text, attributes)
        : html`<input ${attributes} value="${text}" autocomplete="off" spellcheck="false">`}
    </div>
  `;
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ['groups', 'Groups'],
  [MORE, 'Attributes'],
]);

function truth(text: string, attributes: Html): Html {
  const option = (value: string, words: string): Html =>
    html`<option value="${value}" ${value === text && html`selected`}>${words}</option>`;
  return html`
    <select ${attributes}>
      ${option('', 'not set')} ${option('true', 'yes')} ${option('false', 'no')}
    </select>
  `;
}

function isTheirs(name: string, { theirs, texts }: PersonFormPage): boolean {
  const plain = (text = ''): string => text.replaceAll('\r\n', '\n').trim();
  return theirs !== undefined && plain(theirs[name]) !== plain(texts[name]);
}

function theirsText(text: string): Html {
  return text === '' ? html`not set` : said(text.split('\n').join(', '));
}
