import type { Site } from '../../endpoints/site.ts';
import {
  answerBackchannelRequest,
  type Decision,
  pageBackchannelRequests,
  showBackchannelRequest,
} from '../../engine/administration/backchannel_requests.ts';
import { done } from '../../engine/administration/outcome.ts';
import { usernamesOf } from '../../engine/administration/person_views.ts';
import { type Html, html } from '../../http/html.ts';
import { requestFacts, requestsView } from '../views/admin/backchannel_requests.ts';
import { said } from '../views/admin/parts.ts';
import { pageRequestOf } from './answers.ts';
import type { Confirmation } from './confirmation.ts';
import { personIdOf } from './people_names.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

const REQUESTS_CRUMB = { path: '/admin/backchannel-requests', text: 'Requests' } as const;

/** `/admin/backchannel-requests`: what clients ask people for by the back channel, until somebody answers. CIBA §7 */
export async function showBackchannelRequests(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { engine } = site;
  const person = visit.query.get('user');
  const user = await personIdOf(person, engine);
  const request = pageRequestOf(visit);
  const { items, next } = await pageBackchannelRequests(user, request, engine);
  const names = await usernamesOf(items.map((each) => each.user), engine);
  return consolePage(
    visit,
    (frame) =>
      requestsView(frame, {
        requests: items,
        names,
        user: person,
        next,
        isFirst: request.after === undefined,
      }),
    site,
  );
}

interface Words {
  readonly title: string;
  readonly button: string;
  readonly notice: 'request_approved' | 'request_denied';
  text(who: Html, client: Html): Html;
}

const WORDS: Readonly<Record<Decision, Words>> = {
  approve: {
    title: 'Approve in the person’s place?',
    button: 'Approve',
    notice: 'request_approved',
    text: (who, client) =>
      html`
        <p>
          <strong>${client}</strong> gets all that it asks for, as if
          <strong>${who}</strong> had signed in with one factor. Approve only what they have agreed to
          by other means. They see it in their account, and can end it there.
        </p>
      `,
  },
  deny: {
    title: 'Deny in the person’s place?',
    button: 'Deny',
    notice: 'request_denied',
    text: (who, client) =>
      html`
        <p>
          <strong>${client}</strong> is told that <strong>${who}</strong> has declined, and does not
          reach them for a while.
        </p>
      `,
  },
};

export const REQUEST_CONFIRMATIONS: readonly Confirmation[] = [
  answerConfirmation('approve'),
  answerConfirmation('deny'),
];

function answerConfirmation(decision: Decision): Confirmation {
  const { notice, text, ...words } = WORDS[decision];
  return {
    path: `/admin/backchannel-requests/{request}/${decision}`,
    section: 'requests',
    crumb: REQUESTS_CRUMB,
    async question(visit, { engine }) {
      const found = await showBackchannelRequest(visit.params['request'] ?? '', engine);
      if (found.kind === 'refused') return found;
      const { user, client_id } = found.value;
      const names = await usernamesOf([user], engine);
      return done({
        ...words,
        text: html`
          ${text(said(names.get(user) ?? user), said(client_id))} ${requestFacts(found.value)}
        `,
        back: REQUESTS_CRUMB,
      });
    },
    async run({ params, by }, _form, site) {
      const outcome = await answerBackchannelRequest(
        params['request'] ?? '',
        decision,
        by,
        site.engine,
      );
      return outcome.kind === 'refused' ? outcome : go(REQUESTS_CRUMB.path, notice, site);
    },
  };
}
