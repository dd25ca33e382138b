import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { personOf } from './consent.ts';
import { autofocus, clientFace, clientFacts, hiddenFields } from './parts.ts';
import { passkeyForm, type PasskeyRequest } from './passkey_form.ts';

export type SecondFactorProblem = 'wrong' | 'slow_down';

interface Common extends Frame {
  /** Absent when nobody but the person asked for this page. */
  readonly client?: ClientCard;
  readonly username: string;
  /** Where somebody else can sign in. */
  readonly notYou: string;
}

interface Confirmation extends Common {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  readonly problem?: SecondFactorProblem;
  readonly retryAfterSeconds: number;
}

export interface SecondFactorModel extends Confirmation {
  readonly hasTotp: boolean;
  readonly passkey?: PasskeyRequest;
  /** Absent when there are no recovery codes. */
  readonly recoveryUrl?: string;
  /** Where the person's passkeys are of use, when nothing they have is of use here. */
  readonly elsewhere?: readonly string[];
}

/** What a person can confirm a sign-in with. Sends `totp`, or `passkey_response`. */
export function secondFactorView(model: SecondFactorModel): Html {
  const { hasTotp, passkey, recoveryUrl, elsewhere, messages } = model;
  const note = messages.text('second_factor.totp_note');
  return confirmation(
    model,
    html`
      ${hasTotp && codeForm(model, 'totp', note, TOTP)} ${passkey !== undefined && passkeyForm({
        ...passkey,
        ceremony: 'get',
        label: messages.text('second_factor.passkey'),
        isQuiet: hasTotp,
      }, model)} ${elsewhere !== undefined && html`
        <p id="elsewhere">${messages.html('second_factor.elsewhere', {
          hosts: new Intl.ListFormat(messages.lang).format(elsewhere),
        })}</p>
      `} ${recoveryUrl !== undefined && html`
        <p>
          <a id="use-recovery" href="${recoveryUrl}">${messages.text(
            'second_factor.use_recovery',
          )}</a>
        </p>
      `}
    `,
  );
}

export interface RecoveryModel extends Confirmation {
  /** Back to the other ways. */
  readonly otherUrl: string;
}

/** Sends `recovery`. */
export function recoveryView(model: RecoveryModel): Html {
  const { otherUrl, messages } = model;
  const note = messages.text('second_factor.recovery_note');
  return confirmation(
    model,
    html`
      ${codeForm(model, 'recovery', note, RECOVERY)}
      <p><a id="use-other" href="${otherUrl}">${messages.text('second_factor.use_other')}</a></p>
    `,
  );
}

export interface NeededModel extends Common {
  readonly totpUrl: string;
  readonly passkeyUrl: string;
}

/** For whoever has no second factor where one is asked for. */
export function secondFactorNeededView(model: NeededModel): Html {
  const { totpUrl, passkeyUrl, messages } = model;
  const title = messages.text('second_factor.needed_title');
  return layout({
    ...model,
    title,
    door: doorOf(model, title, 'second_factor.needed_lead'),
    task: html`
      ${personOf(model)}
      <p>${messages.text('second_factor.needed_note')}</p>
      <div class="buttons">
        <a class="button" id="enrol-passkey" href="${passkeyUrl}">${messages.text(
          'second_factor.needed_passkey',
        )}</a>
        <a class="button quiet" id="enrol-totp" href="${totpUrl}">${messages.text(
          'second_factor.needed_totp',
        )}</a>
      </div>
    `,
  });
}

function confirmation(model: Confirmation, ways: Html): Html {
  const { problem, messages } = model;
  const title = messages.text('second_factor.title');
  return layout({
    ...model,
    title: problem === undefined ? title : messages.text('frame.problem', { title }),
    door: doorOf(model, title, 'second_factor.lead'),
    task: html`
      ${personOf(model)} ${problem !== undefined && alert(problem, model)} ${ways}
    `,
  });
}

function doorOf(
  { client, product, messages }: Common,
  title: string,
  lead: 'second_factor.lead' | 'second_factor.needed_lead',
): Html {
  const name = client !== undefined && html`<strong>${client.name}</strong>`;
  return html`
    ${client !== undefined && clientFace(client)}
    <h1>${title}</h1>
    <p class="lead">
      ${name === false
        ? messages.html('second_factor.lead_alone', { product })
        : messages.html(lead, { client: name })}
    </p>
    ${client !== undefined && clientFacts(client, messages)}
  `;
}

function alert(
  problem: SecondFactorProblem,
  { retryAfterSeconds, messages }: Confirmation,
): Html {
  const text = problem === 'slow_down'
    ? messages.text('login.slow_down_for', { duration: messages.duration(retryAfterSeconds) })
    : messages.text('second_factor.wrong');
  return html`<p class="alert" role="alert" id="problem">${text}</p>`;
}

/** Keyboards with digits where these are enough, and what password managers and phones fill in. */
const TOTP = html`inputmode="numeric" autocomplete="one-time-code" maxlength="16"`;
const RECOVERY = html`autocomplete="off" autocapitalize="none" maxlength="64"`;

function codeForm(
  { action, hidden, problem, messages }: Confirmation,
  field: 'totp' | 'recovery',
  note: string,
  attributes: Html,
): Html {
  const described = problem === undefined ? `${field}-note` : 'problem';
  return html`
    <form method="post" action="${action}">
      ${hiddenFields(Object.entries(hidden))}
      <div class="field">
        <label for="${field}">${messages.text(`second_factor.${field}`)}</label>
        <p id="${field}-note" class="soft">${note}</p>
        <input
          id="${field}"
          name="${field}"
          required
          ${attributes}
          spellcheck="false"
          dir="ltr"
          aria-invalid="${problem === 'wrong' && 'true'}"
          aria-describedby="${described}"
          ${autofocus(true)}
        >
      </div>
      <button id="verify">${messages.text('second_factor.verify')}</button>
    </form>
  `;
}
