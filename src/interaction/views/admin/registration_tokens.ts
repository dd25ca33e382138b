import type { RegistrationTokenView } from '../../../engine/administration/registration_tokens.ts';
import { type Html, html } from '../../../http/html.ts';
import { printable } from '../../../spec/mistake.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { fieldRow } from '../parts.ts';
import { consoleLayout } from './layout.ts';
import { alert, brief, buttonTo, list, postForm, type Row, sentence, when } from './parts.ts';

export interface TokensModel {
  readonly tokens: readonly RegistrationTokenView[];
  readonly mode: 'off' | 'closed' | 'open';
}

const MODES = {
  off: 'Clients cannot register themselves at this issuer: registration.mode is off.',
  closed: 'Clients register themselves with a token of these.',
  open: 'Anybody may register a client; with a token of these, by its rules.',
} as const;

export function tokensView(frame: ConsoleFrame, { tokens, mode }: TokensModel): Html {
  return consoleLayout(frame, {
    title: 'Registration tokens',
    ...mode !== 'off' && {
      actions: buttonTo(frame, '/admin/registration-tokens/new', 'New token', 'main'),
    },
    body: html`
      <p class="soft">${MODES[mode]}</p>
      <section>${list(
        tokens.map((each) => tokenRow(frame, each)),
        'There are no tokens.',
      )}</section>
    `,
  });
}

function tokenRow(frame: ConsoleFrame, token: RegistrationTokenView): Row {
  const { id, note, scope, policy, uses_left, expires_at, created_at } = token;
  return {
    name: brief(note ?? id),
    facts: [
      ...note === undefined ? [] : [html`<code>${id}</code>`],
      uses_left === undefined ? 'any number of uses' : `${uses_left} uses left`,
      ...scope === undefined ? [] : [brief(scope.join(' '))],
      ...policy === undefined ? [] : [html`policy ${brief(policy)}`],
      html`made ${when(created_at, frame)}`,
      ...expires_at === undefined ? ['for ever'] : [html`until ${when(expires_at, frame)}`],
    ],
    side: html`
      <a class="button quiet small"
        href="${frame.issuer}/admin/registration-tokens/${encodeURIComponent(
          id,
        )}/remove">Remove<span class="unseen"> ${printable(note ?? id)}</span></a>
    `,
  };
}

export interface NewTokenModel {
  readonly typed: Readonly<Record<string, string>>;
  /** What a policy may be called. */
  readonly policies: readonly string[];
  readonly above?: Html;
  readonly problem?: string;
}

export function newTokenView(frame: ConsoleFrame, model: NewTokenModel): Html {
  const { typed, policies, above, problem } = model;
  const field = (name: string, label: string, remark: string): Html =>
    fieldRow({
      name,
      label,
      remark,
      isWrong: false,
      attributes: html`value="${typed[name] ?? ''}" autocomplete="off"`,
    });
  const named = policies.length === 0 ? 'there are none' : policies.join(', ');
  return consoleLayout(frame, {
    title: 'New registration token',
    crumb: { path: '/admin/registration-tokens', text: 'Registration' },
    body: html`
      ${above} ${problem !== undefined && alert(sentence(problem))}
      ${postForm(
        frame,
        html`
          ${field('note', 'Note', 'For whom, or what for.')}
          ${field(
            'scope',
            'Scopes',
            'What its clients get at most, separated by spaces; empty: no bound.',
          )}
          ${field('policy', 'Policy', `A name under registration.policies: ${named}.`)}
          ${field('uses', 'Uses', 'How many clients; empty: any number.')}
          ${field('lifetime', 'Lifetime', 'Such as 12h or 7d; empty: for ever.')}
          <p class="actions">
            <button id="save">Make a token</button>
            ${buttonTo(frame, '/admin/registration-tokens', 'Cancel')}
          </p>
        `,
      )}
    `,
  });
}
