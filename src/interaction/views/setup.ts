import { type Html, html } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import type { Messages } from '../messages.ts';
import { hiddenFields } from './parts.ts';

export type SetupField = 'username' | 'email' | 'password' | 'repeat';

/** Why a field was refused: in our words, or in those of the rule that refused it. */
export type SetupProblem =
  | { readonly field: SetupField; readonly kind: 'missing' | 'differs' | 'malformed' }
  | { readonly field: SetupField; readonly kind: 'refused'; readonly reason: string };

export interface SetupModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly minPasswordCharacters: number;
  readonly username?: string;
  readonly email?: string;
  readonly problems?: readonly SetupProblem[];
}

/** The first administrator signs up. Sends `username`, `email` (may be empty), `password` and `repeat`. */
export function setupView(model: SetupModel): Html {
  const { action, hidden, username, email, problems = [], messages, product } = model;
  const title = messages.text('setup.title');
  const count = String(model.minPasswordCharacters);
  return layout({
    ...model,
    title: problems.length === 0 ? title : messages.text('frame.problem', { title }),
    door: html`<h1>${messages.text('setup.heading')}</h1>
<p class="lead">${messages.html('setup.lead', { product })}</p>`,
    task: html`${problems.length > 0 && summary(problems, messages)}
<form method="post" action="${action}">
${hiddenFields(Object.entries(hidden))}${
      field('username', problems, messages, {
        attributes: html`
          value="${username}" required autocomplete="username" autocapitalize="none" spellcheck="false" dir="auto"
        `,
      })
    }
${
      field('email', problems, messages, {
        attributes: html`
          type="email" value="${email}" autocomplete="email"
        `,
        note: messages.text('setup.email_note'),
      })
    }
${
      field('password', problems, messages, {
        attributes: html`
          type="password" required autocomplete="new-password" dir="auto"
        `,
        note: messages.text('setup.password_note', { count }),
      })
    }
${
      field('repeat', problems, messages, {
        attributes: html`
          type="password" required autocomplete="new-password" dir="auto"
        `,
      })
    }
<button id="create">${messages.text('setup.submit')}</button>
</form>`,
  });
}

/** The link does not open (any more): somebody has signed up, or it is not the latest link. */
export function setupClosedView(model: Frame & { readonly reason: 'used' | 'expired' }): Html {
  const { reason, messages } = model;
  return layout({
    ...model,
    title: messages.text('setup.closed_title'),
    door: html`<h1>${messages.text('setup.closed_title')}</h1>
<p class="lead">${messages.text(`setup.${reason}`)}</p>`,
    task: html`<p>${messages.text(`setup.${reason}_task`)}</p>`,
  });
}

export interface SetupDoneModel extends Frame {
  readonly username: string;
  /** Registers a client, as one would type it. */
  readonly command: string;
  readonly discoveryUrl: string;
  readonly docsUrl?: string;
}

/** What to do next. */
export function setupDoneView(model: SetupDoneModel): Html {
  const { username, command, discoveryUrl, docsUrl, messages, product } = model;
  return layout({
    ...model,
    title: messages.text('setup.done_title', { username }),
    door: html`<h1>${messages.html('setup.done_title', { username })}</h1>
<p class="lead">${messages.html('setup.done_lead', { product })}</p>`,
    task: html`<ol class="steps">
<li><h2>${messages.text('setup.next_client')}</h2>
<p>${messages.text('setup.next_client_note')}</p>
<code class="copy">${command}</code></li>
<li><h2>${messages.text('setup.next_discovery')}</h2>
<p>${messages.text('setup.next_discovery_note')}</p>
<code class="copy">${discoveryUrl}</code></li>
${
      docsUrl !== undefined && html`
        <li>
          <h2>${messages.text('setup.next_docs')}</h2>
          <p>${messages.text('setup.next_docs_note')} <a href="${docsUrl}">${docsUrl}</a></p>
        </li>
      `
    }
</ol>`,
  });
}

/** Says what is wrong in one place, with a way to each field. */
function summary(problems: readonly SetupProblem[], messages: Messages): Html {
  return html`
    <div class="alert" role="alert">
      <p><strong>${messages.text('setup.problems')}</strong></p>
      <ul>
    ${problems.map((problem) =>
      html`
        <li><a href="#${problem.field}">${messages.text(
          `setup.${problem.field}`,
        )}</a>: ${problemText(problem, messages)}</li>
      `
    )}</ul>
    </div>
  `;
}

interface FieldDetails {
  readonly attributes: Html;
  readonly note?: string;
}

function field(
  name: SetupField,
  problems: readonly SetupProblem[],
  messages: Messages,
  { attributes, note }: FieldDetails,
): Html {
  const problem = problems.find((each) => each.field === name);
  const described = [
    ...(note === undefined ? [] : [`${name}-note`]),
    ...(problem === undefined ? [] : [`${name}-problem`]),
  ].join(' ');
  // The cursor waits in the first field that needs a look.
  const isFirst = name === (problems[0]?.field ?? 'username');
  return html`<div class="field">
<label for="${name}">${messages.text(`setup.${name}`)}</label>
${note !== undefined && html`<p class="soft" id="${name}-note">${note}</p>`}
${
    problem !== undefined &&
    html`<p class="wrong" id="${name}-problem">${problemText(problem, messages)}</p>`
  }
<input id="${name}" name="${name}"${attributes}${
    described !== '' && html`
      aria-describedby="${described}"
    `
  }${
    problem !== undefined && html`
      aria-invalid="true"
    `
  }${
    isFirst && html`
      autofocus
    `
  }>
</div>`;
}

function problemText(problem: SetupProblem, messages: Messages): string {
  return problem.kind === 'refused' ? problem.reason : messages.text(`setup.${problem.kind}`);
}
