import { type Html, html } from '../../../http/html.ts';
import type { KeyDescription } from '../../../keys/key_description.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { consoleLayout } from './layout.ts';
import { badge, brief, buttonTo, list, type Row, when } from './parts.ts';

/** Keys of a group take one another's place: those of an algorithm, or those that seal. */
export function groupOf({ alg, use }: KeyDescription): string {
  return alg ?? use;
}

const USES = {
  sig: ['Signing', 'ID tokens, access tokens and other answers'],
  enc: ['Encryption', 'of what clients send us'],
  seal: ['Sealing', 'of what travels through browsers and comes back'],
} as const;

export function keysView(frame: ConsoleFrame, keys: readonly KeyDescription[]): Html {
  return consoleLayout(frame, {
    title: 'Keys',
    actions: buttonTo(frame, '/admin/keys/import', 'Import a key'),
    body: html`
      <p class="soft">
        Keys that were made here rotate by themselves. Those that somebody brought are left alone until
        their algorithm is rotated by name.
      </p>
      ${Object.entries(USES).map(([use, [title, about]]) => {
        const own = keys.filter((each) => each.use === use);
        return html`${
          own.length > 0 && html`
            <section>
              <h2>${title}</h2>
              <p class="soft">${about}</p>
              ${list(own.map((key) => keyRow(frame, key)), '')}
            </section>
          `
        }`;
      })}
    `,
  });
}

const BADGES = { pending: 'plain', active: 'good', retiring: 'plain' } as const;

function keyRow(frame: ConsoleFrame, key: KeyDescription): Row {
  const { kid, state, imported, created_at, active_at, superseded_at, gone_at } = key;
  const { chain_expires_at } = key;
  const group = groupOf(key);
  return {
    name: html`
      ${group} ${badge(state, BADGES[state])} ${imported === true && badge('imported')}
    `,
    facts: [
      html`<code>${brief(kid)}</code>`,
      html`made ${when(created_at, frame)}`,
      ...state === 'pending' ? [html`used from ${when(active_at, frame)}`] : [],
      ...superseded_at === undefined ? [] : [html`superseded ${when(superseded_at, frame)}`],
      ...gone_at === undefined ? [] : [html`gone ${when(gone_at, frame)}`],
      ...chain_expires_at === undefined
        ? []
        : [html`certificates expire ${when(chain_expires_at, frame)}`],
    ],
    side: html`
      <span class="actions">
        ${superseded_at === undefined && link(frame, group, 'rotate', 'Rotate', kid)}
        ${link(frame, kid, 'remove', 'Remove', kid)}
      </span>
    `,
  };
}

function link(
  { issuer }: ConsoleFrame,
  name: string,
  verb: string,
  words: string,
  kid: string,
): Html {
  return html`
    <a class="button quiet small" href="${issuer}/admin/keys/${encodeURIComponent(name)}/${verb}"
    >${words}<span class="unseen"> ${kid}</span></a>
  `;
}
