import { type Html, html, trustedHtml } from '../../http/html.ts';
import type { JsonValue } from '../../store/store.ts';
import type { Frame } from '../frame.ts';
import { passkeyScript } from '../passkey_script.ts';
import { hiddenFields } from './parts.ts';

/** What a browser needs for a passkey, and where the answer goes. */
export interface PasskeyRequest {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** The JSON form of what `navigator.credentials` takes: WebAuthn §5.1.10. */
  readonly options: JsonValue;
}

export interface PasskeyForm extends PasskeyRequest {
  readonly ceremony: 'create' | 'get';
  /** Passkeys are offered in the field of the username, too: WebAuthn §5.1.4, conditional mediation. */
  readonly isConditional?: boolean;
  readonly label: string;
  /** Without another way on the page, the button is the main one. */
  readonly isQuiet?: boolean;
  readonly fields?: Html;
}

/** Sends `passkey_response`, the authenticator's response as JSON; with the one script, which the page’s policy must let run. */
export function passkeyForm(form: PasskeyForm, { nonce, messages }: Frame): Html {
  const { action, hidden, options, ceremony, isConditional = false, label, fields } = form;
  return html`
    <form
      id="passkey-form"
      method="post"
      action="${action}"
      data-ceremony="${ceremony}"
      data-conditional="${isConditional ? 'yes' : 'no'}"
      data-options="${JSON.stringify(options)}"
    >
      ${hiddenFields(Object.entries(hidden))} ${fields}
      <p class="alert" role="alert" id="passkey-failed" hidden>
        ${messages.text('passkey.failed')}
      </p>
      <button id="passkey" ${form.isQuiet === true && html`class="quiet"`} hidden>${label}</button>
      <p class="soft" id="passkey-unsupported" hidden>${messages.text('passkey.unsupported')}</p>
      <noscript><p class="soft">${messages.text('passkey.noscript')}</p></noscript>
    </form>
    <script nonce="${nonce}">
    ${SCRIPT}
    </script>
  `;
}

const SCRIPT = trustedHtml(passkeyScript);
