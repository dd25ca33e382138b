import { type Html, html, trustedHtml } from '../../../http/html.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { printable } from '../../../spec/mistake.ts';
import { accountUrl } from '../../account_pages.ts';
import { consoleStyles } from '../../console_styles.ts';
import { brand, documentOf } from '../../layout.ts';
import { initial } from '../parts.ts';
import { said } from './parts.ts';

/** In the order of the links. */
const SECTIONS = [
  ['overview', '/admin', 'Overview'],
  ['clients', '/admin/clients', 'Clients'],
  ['people', '/admin/people', 'People'],
  ['sessions', '/admin/sessions', 'Sessions'],
  ['grants', '/admin/grants', 'Grants'],
  ['requests', '/admin/backchannel-requests', 'Requests'],
  ['keys', '/admin/keys', 'Keys'],
  ['configuration', '/admin/configuration', 'Configuration'],
  ['registration', '/admin/registration-tokens', 'Registration'],
  ['audit', '/admin/audit', 'Audit'],
  ['health', '/admin/health', 'Health'],
] as const;

export type ConsoleSection = (typeof SECTIONS)[number][0];

/** A page above the one at hand. */
export interface Crumb {
  readonly path: string;
  readonly text: string;
}

export interface ConsoleLayout {
  /** The page's title. */
  readonly title: string;
  /** What the heading says, where that is more. */
  readonly heading?: Html;
  /** What there is to do, beside the heading. */
  readonly actions?: Html;
  readonly crumb?: Crumb;
  /** In `section` elements where there is more than one part. */
  readonly body: Html;
}

/** The document around every page of the console, which is in English whatever its frame is in. */
export function consoleLayout(frame: ConsoleFrame, model: ConsoleLayout): Html {
  const { title, heading, actions, crumb, body } = model;
  const { issuer, notice } = frame;
  return documentOf({
    ...frame,
    title: printable(title),
    moreStyles: STYLES,
    body: html`
      <div class="card wide console" lang="en" dir="ltr">
        <header class="door">${brand(frame)} ${personOf(frame)} ${sectionsOf(frame)}</header>
        <main class="task">
          <div class="top">
            ${crumb !== undefined && html`
              <p class="crumb"><a href="${issuer}${crumb.path}">← ${said(crumb.text)}</a></p>
            `}
            <div class="head">
              <h1>${heading ?? said(title)}</h1>
              ${actions !== undefined && html`<p class="actions">${actions}</p>`}
            </div>
          </div>
          ${notice !== undefined && html`<p class="good" role="status">${notice}</p>`}
          ${body}
        </main>
      </div>
    `,
  });
}

const STYLES = trustedHtml(consoleStyles);

function personOf({ username, issuer, isOneOfSeveral }: ConsoleFrame): Html {
  return html`
    <div class="person">
      ${initial(username)}
      <p>
        <span class="soft">Administrator</span>
        <strong><bdi>${username}</bdi></strong>
      </p>
    </div>
    ${isOneOfSeveral && html`
      <p class="issuer"><span class="soft">Issuer</span> <bdi>${issuer}</bdi></p>
    `}
  `;
}

function sectionsOf({ section, issuer }: ConsoleFrame): Html {
  const link = ([name, path, words]: (typeof SECTIONS)[number]): Html =>
    html`
      <li>
        <a href="${issuer}${path}" ${name === section && html`aria-current="true"`}>${words}</a>
      </li>
    `;
  return html`
    <nav aria-label="Console">
      <ul class="sections">
        ${SECTIONS.map(link)}
        <li><a href="${accountUrl('overview', issuer)}">Your account</a></li>
      </ul>
    </nav>
  `;
}
