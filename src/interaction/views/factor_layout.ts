import { type Html, html, trustedHtml } from '../../http/html.ts';
import type { AccountPage } from '../account_pages.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { accountStyles } from '../styles.ts';
import { accountLayout } from './account_layout.ts';
import { clientFace } from './parts.ts';

/** A page of the account that is also met on the way to an application. */
export interface FactorPage extends Frame {
  readonly username: string;
  /** Who waits for the person to be done; absent: nobody, and the page is one of the account's. */
  readonly client?: ClientCard;
}

export interface FactorLayout {
  readonly title: string;
  readonly section: AccountPage;
  /** Why the page is there. */
  readonly about: string;
  /** What went wrong with what was sent. */
  readonly problem?: string | undefined;
  readonly body: Html;
}

/** A door and a task on the way, and else one of the account's pages. */
export function factorLayout(model: FactorPage, parts: FactorLayout): Html {
  const { client, messages } = model;
  const { title, section, about, problem, body } = parts;
  const alert = problem !== undefined &&
    html`<p class="alert" role="alert" id="problem">${problem}</p>`;
  if (client === undefined) {
    return accountLayout({
      ...model,
      title,
      section,
      body: html`<p class="soft">${about}</p> ${alert} ${body}`,
    });
  }
  return layout({
    ...model,
    moreStyles: STYLES,
    title: problem === undefined ? title : messages.text('frame.problem', { title }),
    door: html`
      ${clientFace(client)}
      <h1>${title}</h1>
      <p class="lead">${about}</p>
    `,
    task: html`${alert} ${body}`,
  });
}

const STYLES = trustedHtml(accountStyles);
