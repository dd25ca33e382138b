import { type Html, html, trustedHtml } from '../../http/html.ts';
import type { Frame } from '../frame.ts';
import { layout } from '../layout.ts';
import { LEAVE_AFTER_SECONDS, leaveScript } from '../leave_script.ts';
import type { ClientHome } from '../sign_out.ts';
import { clientLink } from './stayed.ts';

export interface LoggedOutModel extends Frame {
  /** Usernames that are still signed in in this browser. */
  readonly staying: readonly string[];
  readonly client?: ClientHome;
  /** Pages of clients that end their own sessions when they are loaded. */
  readonly frames: readonly string[];
  /** Where to go on when they are; absent: nowhere. */
  readonly nextUrl?: string;
}

/** The end of a sign-out, or its last stop. Front-Channel Logout §3 */
export function loggedOutView(model: LoggedOutModel): Html {
  const { frames, nextUrl, product, messages } = model;
  const title = messages.text('logged_out.title');
  return layout({
    ...model,
    title,
    // What there was to be framed was framed, so no other language starts that again.
    ...nextUrl !== undefined && { head: refreshOf(nextUrl), picker: undefined },
    door: html`
      <h1 id="logged-out">${title}</h1>
      <p class="lead">${messages.html('logged_out.lead', { product })}</p>
    `,
    task: html`
      ${nextUrl === undefined ? endOf(model) : wayOf(nextUrl, model)} ${frames.map(frameOf)}
    `,
  });
}

function endOf({ staying, client, issuer, messages }: LoggedOutModel): Html {
  return html`
    <p>${messages.text('logged_out.note')}</p>
    ${staying.length > 0 && html`
      <p class="note">
        ${messages.html('logged_out.staying', { accounts: staying.join(', ') })}
      </p>
    `} ${client !== undefined && clientLink(client, messages)}
    <p><a id="sign-in" href="${issuer}/login">${messages.text('logged_out.sign_in')}</a></p>
  `;
}

function wayOf(nextUrl: string, { nonce, messages }: LoggedOutModel): Html {
  return html`
    <p>${messages.text('form_post.note')}</p>
    <p><a id="continue" class="button" href="${nextUrl}">${messages.text(
      'form_post.submit',
    )}</a></p>
    <script nonce="${nonce}">
    ${trustedHtml(leaveScript)}
    </script>
  `;
}

/** For browsers without scripts. */
function refreshOf(nextUrl: string): Html {
  const content = `${LEAVE_AFTER_SECONDS};url=${nextUrl}`;
  return html`<noscript><meta http-equiv="refresh" content="${content}"></noscript>`;
}

/** They may end their sessions, and nothing else: this page stays where it is. */
function frameOf(uri: string): Html {
  return html`
    <iframe src="${uri}" sandbox="allow-scripts allow-same-origin allow-forms" hidden></iframe>
  `;
}
