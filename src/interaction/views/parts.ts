import { type Html, html } from '../../http/html.ts';
import type { ClientCard } from '../client_card.ts';
import type { Messages } from '../messages.ts';
import { webUrl } from '../web_url.ts';

/** Hidden fields, named and valued by the handler. */
export function hiddenFields(fields: Iterable<readonly [name: string, value: string]>): Html {
  return html`${
    Array.from(fields, ([name, value]) =>
      html`
        <input type="hidden" name="${name}" value="${value}">
      `)
  }`;
}

/** A client's logo, or the first letter of its name where there is none that may be shown. */
export function clientFace({ name, logo_uri }: ClientCard): Html {
  const logo = webUrl(logo_uri);
  return logo === undefined
    ? initial(name)
    : html`<img id="client-logo" class="face" src="${logo}" alt="" width="56" height="56">`;
}

export function initial(name: string): Html {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim());
  return html`<span class="face" aria-hidden="true">${first?.segment.toUpperCase() ?? ''}</span>`;
}

/** Where the person will return to, and what the client has published about itself. */
export function clientFacts(
  { redirectHost, policy_uri, tos_uri }: ClientCard,
  messages: Messages,
): Html {
  const policy = webUrl(policy_uri);
  const tos = webUrl(tos_uri);
  return html`${
    redirectHost !== undefined &&
    html`<p class="facts">${messages.html('client.returns', { host: redirectHost })}</p>`
  }
${
    (policy ?? tos) !== undefined && html`<p class="facts links">
${policy !== undefined && newTab('client-policy', policy, messages.text('client.policy'), messages)}
${tos !== undefined && newTab('client-tos', tos, messages.text('client.tos'), messages)}
</p>`
  }`;
}

/** In another tab, so that what was typed here is still there afterwards. */
function newTab(id: string, href: string, text: string, messages: Messages): Html {
  return html`
    <a id="${id}" href="${href}" target="_blank"
      rel="noopener noreferrer">${text} <span class="unseen">${messages.text(
        'frame.new_tab',
      )}</span></a>
  `;
}
