import type { DeliveryState, DeliveryView } from '../../../engine/administration/deliveries.ts';
import { type Html, html } from '../../../http/html.ts';
import type { DeliveryKindName } from '../../../store/records.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { clientPath } from '../../console_path.ts';
import { consoleLayout, type Crumb } from './layout.ts';
import { badge, brief, count, list, pager, type Row, search, when } from './parts.ts';

export interface DeliveriesModel {
  readonly client_id: string;
  readonly crumb: Crumb;
  readonly deliveries: readonly DeliveryView[];
  readonly filter: { readonly sid?: string | undefined; readonly state?: string | undefined };
  readonly next: readonly string[] | undefined;
  readonly isFirst: boolean;
}

const KIND_WORDS: Readonly<Record<DeliveryKindName, string>> = {
  backchannel_logout: 'A session has ended',
  ciba_ping: 'Somebody has answered',
  ciba_push: 'What became of a request',
};

const STATE_WORDS: Readonly<
  Record<DeliveryState, readonly [text: string, look: 'good' | 'plain' | 'bad']>
> = {
  waiting: ['waiting', 'plain'],
  delivered: ['taken', 'good'],
  given_up: ['given up', 'bad'],
};

export function deliveriesView(frame: ConsoleFrame, model: DeliveriesModel): Html {
  const { client_id, crumb, deliveries, filter, next, isFirst } = model;
  const empty = next === undefined
    ? 'Its server was told nothing lately.'
    : 'None among those looked through so far: go on to the next page.';
  return consoleLayout(frame, {
    title: 'Messages to its server',
    crumb,
    body: html`
      <p class="soft">
        What the server of this client is told, such as that a session has ended. What it does not
        take is sent again for some hours; what became of a message is known for two weeks.
      </p>
      ${search(frame, [
        { name: 'sid', label: 'Session', value: filter.sid },
        { name: 'state', label: 'State', value: filter.state, choices: Object.keys(STATE_WORDS) },
      ])}
      <section>
        ${list(deliveries.map((each) => rowOf(frame, each)), empty)}
        ${pager(frame, {
          path: `${clientPath(client_id)}/deliveries`,
          query: filter,
          next,
          isFirst,
        })}
      </section>
    `,
  });
}

function rowOf(frame: ConsoleFrame, delivery: DeliveryView): Row {
  const { id, client_id, kind, sid, state, created_at, attempts, last_attempt } = delivery;
  const { next_attempt_at } = delivery;
  const [text, look] = STATE_WORDS[state];
  return {
    name: html`${KIND_WORDS[kind]}`,
    facts: [
      when(created_at, frame),
      ...sid === undefined ? [] : [html`session <code>${sid}</code>`],
      attemptsText(attempts),
      ...last_attempt?.problem === undefined ? [] : [brief(last_attempt.problem)],
      ...next_attempt_at === undefined ? [] : [html`next ${when(next_attempt_at, frame)}`],
    ],
    side: html`
      ${badge(text, look)} ${state !== 'delivered' && html`
        <a
          class="button quiet small"
          href="${frame.issuer}${clientPath(client_id)}/deliveries/${id}/retry"
        >Send now<span class="unseen"> the message of ${when(created_at, frame)}</span></a>
      `}
    `,
  };
}

function attemptsText(attempts: number): string {
  if (attempts === 0) return 'no attempt yet';
  return attempts === 1 ? 'one attempt' : `${count(attempts)} attempts`;
}
