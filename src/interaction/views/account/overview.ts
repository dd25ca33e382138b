import { type Html, html } from '../../../http/html.ts';
import type { AccountFrame } from '../../account/visit.ts';
import { type AccountPage, accountUrl } from '../../account_pages.ts';
import { CONSOLE_PATH } from '../../console_path.ts';
import type { Messages } from '../../messages.ts';
import { accountLayout } from '../account_layout.ts';
import { hiddenFields } from '../parts.ts';

export interface OverviewModel extends AccountFrame {
  readonly name?: string;
  readonly email?: string;
  readonly isEmailVerified: boolean;
  readonly factors: number;
  readonly sessions: number;
  readonly applications: number;
  readonly isAdministrator: boolean;
  /** Usernames signed in in this browser, this one among them. */
  readonly accountsHere: readonly string[];
}

/** Its one form ends the session at hand. */
export function overviewView(model: OverviewModel): Html {
  const { name, email, factors, sessions, applications, isAdministrator, issuer, messages } = model;
  const count = (number: number): string => new Intl.NumberFormat(messages.lang).format(number);
  const row = (page: AccountPage, words: string, value: string): Html =>
    rowOf(model, page, words, value);
  return accountLayout({
    ...model,
    title: messages.text('account_overview.title'),
    body: html`
      <dl class="pairs">
        ${row('profile', messages.text('claim.name'), name ?? '–')}
        ${row('profile', messages.text('claim.email'), emailText(email, model))}
        ${row('factors', messages.text('account_overview.factors'), count(factors))}
        ${row('sessions', messages.text('sections.sessions'), count(sessions))}
        ${row('applications', messages.text('sections.applications'), count(applications))}
      </dl>
      ${isAdministrator && consoleLink(issuer)} ${hereOf(model)}
    `,
  });
}

/** The console speaks English only. */
function consoleLink(issuer: string): Html {
  return html`
    <p lang="en"><a id="to-console" href="${issuer}${CONSOLE_PATH}">Administration</a></p>
  `;
}

function emailText(
  email: string | undefined,
  { isEmailVerified, messages }: OverviewModel,
): string {
  if (email === undefined) return '–';
  const standing = isEmailVerified ? 'account_profile.verified' : 'account_profile.unverified';
  return `${email} (${messages.text(standing)})`;
}

function rowOf(
  { issuer, messages }: OverviewModel,
  page: AccountPage,
  words: string,
  value: string,
): Html {
  return html`
    <div>
      <dt>${words}</dt>
      <dd>
        <bdi>${value}</bdi>
        <a href="${accountUrl(page, issuer)}">${changeLink(words, messages)}</a>
      </dd>
    </div>
  `;
}

/** Links of one page that say the same must differ for who hears them only. WCAG 2.2 §2.4.4 */
function changeLink(words: string, messages: Messages): Html {
  return html`
    ${messages.text('account_overview.open')}<span class="unseen"> ${words}</span>
  `;
}

function hereOf({ action, issuer, hidden, accountsHere, messages }: OverviewModel): Html {
  return html`
    <section>
      <h2>${messages.text('account_overview.here')}</h2>
      <p><bdi>${accountsHere.join(', ')}</bdi></p>
      <p>
        <a href="${issuer}/select-account?account=overview">${messages.text(
          'account_overview.switch',
        )}</a>
      </p>
      <form method="post" action="${action}">
        ${hiddenFields(Object.entries(hidden))}
        <button id="sign-out" class="quiet small">
          ${messages.text('account_overview.sign_out')}
        </button>
      </form>
    </section>
  `;
}
