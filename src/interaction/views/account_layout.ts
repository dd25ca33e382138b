import { type Html, html, trustedHtml } from '../../http/html.ts';
import { type AccountPage, accountUrl } from '../account_pages.ts';
import type { Frame } from '../frame.ts';
import { brand, documentOf } from '../layout.ts';
import type { MessageId } from '../messages.ts';
import { accountStyles } from '../styles.ts';
import { initial } from './parts.ts';

export interface AccountLayout extends Frame {
  /** The page's heading, and its title. */
  readonly title: string;
  /** The page at hand; links show the section that it belongs to. */
  readonly section: AccountPage;
  readonly username: string;
  /** In `section` elements where there is more than one part. */
  readonly body: Html;
  /** What has just been done, told once. */
  readonly notice?: string;
  /** Requests that wait for an answer. */
  readonly waiting?: number;
}

/** The document around every page of a person's account: sections on one side, the page on the other. */
export function accountLayout(model: AccountLayout): Html {
  const { title, body, notice } = model;
  return documentOf({
    ...model,
    moreStyles: STYLES,
    body: html`
      <div class="card wide">
        <header class="door">${brand(model)} ${personOf(model)} ${sectionsOf(model)}</header>
        <main class="task">
          <h1>${title}</h1>
          ${notice !== undefined && html`<p class="good" role="status">${notice}</p>`}
          ${body}
        </main>
      </div>
    `,
  });
}

const STYLES = trustedHtml(accountStyles);

/** In the order of the links. */
const SECTIONS: readonly (readonly [section: AccountPage, words: MessageId])[] = [
  ['overview', 'sections.overview'],
  ['profile', 'sections.profile'],
  ['password', 'sections.password'],
  ['factors', 'sections.factors'],
  ['requests', 'sections.requests'],
  ['sessions', 'sections.sessions'],
  ['applications', 'sections.applications'],
  ['activity', 'sections.activity'],
];

/** Pages that are reached through another. */
const WITHIN: ReadonlyMap<AccountPage, AccountPage> = new Map([
  ['totp', 'factors'],
  ['passkey', 'factors'],
  ['recovery-codes', 'factors'],
]);

function personOf({ username, messages }: AccountLayout): Html {
  return html`
    <div class="person">
      ${initial(username)}
      <p>
        <span class="soft">${messages.text('sections.signed_in')}</span>
        <strong><bdi>${username}</bdi></strong>
      </p>
    </div>
  `;
}

function sectionsOf({ section, waiting = 0, issuer, messages }: AccountLayout): Html {
  const current = WITHIN.get(section) ?? section;
  // Within a section its link leads back to it: that is not the page at hand.
  const mark = current === section ? html`aria-current="page"` : html`aria-current="true"`;
  const badge = html`
    <span class="badge" id="waiting">${messages.text('requests.count', {
      count: new Intl.NumberFormat(messages.lang).format(waiting),
    })}</span>
  `;
  const link = ([each, words]: (typeof SECTIONS)[number]): Html =>
    html`
      <li>
        <a href="${accountUrl(each, issuer)}" ${each === current && mark}>${messages.text(
          words,
        )}${each === 'requests' && waiting > 0 && badge}</a>
      </li>
    `;
  return html`
    <nav aria-label="${messages.text('sections.label')}">
      <ul class="sections">${SECTIONS.map(link)}</ul>
    </nav>
  `;
}
