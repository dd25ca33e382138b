import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { accountAlert, accountForm, type AccountProblem } from './account_form.ts';

export interface SetupModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly minPasswordCharacters: number;
  readonly username?: string;
  readonly email?: string;
  /** At most one a field is shown. */
  readonly problems?: readonly AccountProblem[];
}

/** The first administrator signs up. Sends `username`, `email` (may be empty), `password` and `repeat`. */
export function setupView(model: SetupModel): Html {
  const { username, email, problems = [], messages, product } = model;
  const title = messages.text('setup.title');
  const values = {
    ...(username === undefined ? {} : { username }),
    ...(email === undefined ? {} : { email }),
  };
  return layout({
    ...model,
    title: problems.length === 0 ? title : messages.text('frame.problem', { title }),
    door: html`
      <h1>${messages.text('setup.heading')}</h1>
      <p class="lead">${messages.html('setup.lead', { product })}</p>
    `,
    task: html`
      ${problems.length > 0 && accountAlert(messages)}
      ${accountForm({ ...model, hasName: false, isEmailRequired: false, values, problems })}
    `,
  });
}

/** The link does not open (any more): somebody has signed up, or it is not the latest link. */
export function setupClosedView(model: Frame & { readonly reason: 'used' | 'expired' }): Html {
  const { reason, messages } = model;
  const title = messages.text('setup.closed_title');
  return layout({
    ...model,
    title,
    door: html`
      <h1>${title}</h1>
      <p class="lead">${messages.text(`setup.${reason}`)}</p>
    `,
    task: html`<p>${messages.text(`setup.${reason}_task`)}</p>`,
  });
}
