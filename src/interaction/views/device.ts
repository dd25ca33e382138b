import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { type ConsentModel, formOf, newClientNote, personOf } from './consent.ts';
import { clientFace, clientFacts, hiddenFields } from './parts.ts';

export interface DeviceModel extends Frame {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** As we write codes; nothing else that was typed. */
  readonly userCode?: string;
  readonly problem?: 'wrong' | 'slow_down';
  /** With `slow_down`. */
  readonly retryAfterSeconds: number;
}

/** Where the code of a device is entered. Sends `user_code`. RFC 8628 §3.3 */
export function deviceView(model: DeviceModel): Html {
  const { problem, messages } = model;
  const title = messages.text('device.title');
  return layout({
    ...model,
    title: problem === undefined ? title : messages.text('frame.problem', { title }),
    door: html`
      <h1>${title}</h1>
      <p class="lead">${messages.text('device.lead')}</p>
    `,
    task: html`${problem !== undefined && alert(problem, model)} ${entryForm(model)}`,
  });
}

export interface DeviceConfirmModel extends ConsentModel {
  readonly userCode: string;
}

/** Whether the device may have what it asks for. Sends the same as the consent page. RFC 8628 §5.4 */
export function deviceConfirmView(model: DeviceConfirmModel): Html {
  const { client, userCode, messages } = model;
  const name = html`<strong>${client.name}</strong>`;
  return layout({
    ...model,
    title: messages.text('device.confirm_title_for', { client: client.name }),
    door: html`
      ${clientFace(client)}
      <h1>${messages.text('consent.title')}</h1>
      <p class="lead">${messages.html('device.confirm_lead', { client: name })}</p>
      ${clientFacts(client, messages)}
    `,
    task: html`
      ${personOf(model)} ${newClientNote(model)}
      <div class="note">
        <p><label for="shown-code">${messages.text('device.compare')}</label></p>
        <output id="shown-code" class="code">${userCode}</output>
        <p>${messages.text('device.warning')}</p>
      </div>
      ${formOf(model)}
    `,
  });
}

export interface DeviceDoneModel extends Frame {
  readonly client: ClientCard;
  readonly outcome: 'approved' | 'denied';
}

/** The device hears of it by itself. */
export function deviceDoneView(model: DeviceDoneModel): Html {
  const { client, outcome, messages } = model;
  const name = html`<strong>${client.name}</strong>`;
  const title = messages.text(`device.${outcome}_title`);
  const id = outcome === 'approved' ? 'device-done' : 'device-denied';
  return layout({
    ...model,
    title,
    door: html`
      ${clientFace(client)}
      <h1>${title}</h1>
      <p class="lead">${messages.html(`device.${outcome}_lead`, { client: name })}</p>
    `,
    task: html`<p id="${id}">${messages.text(`device.${outcome}_task`)}</p>`,
  });
}

function alert(
  problem: 'wrong' | 'slow_down',
  { retryAfterSeconds, messages }: DeviceModel,
): Html {
  const text = problem === 'wrong'
    ? messages.html('device.wrong')
    : messages.html('device.slow_down', { duration: messages.duration(retryAfterSeconds) });
  return html`<p class="alert" role="alert" id="problem">${text}</p>`;
}

function entryForm({ action, hidden, userCode, problem, messages }: DeviceModel): Html {
  const described = problem === undefined ? 'code-note' : 'problem';
  return html`
    <form method="post" action="${action}">
      ${hiddenFields(Object.entries(hidden))}
      <div class="field">
        <label for="user_code">${messages.text('device.code')}</label>
        <p id="code-note" class="soft">${messages.text('device.code_note')}</p>
        <input
          id="user_code"
          name="user_code"
          class="code"
          value="${userCode}"
          required
          maxlength="64"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          aria-invalid="${problem === 'wrong' && 'true'}"
          aria-describedby="${described}"
          autofocus
        >
      </div>
      <button id="continue">${messages.text('device.submit')}</button>
    </form>
  `;
}
