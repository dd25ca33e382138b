import type { Site } from '../../endpoints/site.ts';
import { newClientSecret, removeClient } from '../../engine/administration/clients.ts';
import { revokeConsents } from '../../engine/administration/consents.ts';
import { revokeGrants } from '../../engine/administration/grants.ts';
import { done, type Refusal } from '../../engine/administration/outcome.ts';
import { type Html, html } from '../../http/html.ts';
import { clientPath } from '../console_path.ts';
import { clientCrumb, CLIENTS_CRUMB, findClientOf, findEditable } from './clients.ts';
import { written } from './client_edit.ts';
import type { Confirmation, Question } from './confirmation.ts';
import { type ConsoleVisit, go } from './visit.ts';

/** What ends something that a client or its people have. */
interface ClientAction extends Pick<Question, 'title' | 'button' | 'isDanger'> {
  readonly verb: string;
  readonly text: (name: Html) => Html;
  /** It changes the client itself: one of the store, as it was when it was asked about. */
  readonly isOfClient?: true;
  readonly run: (
    client_id: string,
    visit: ConsoleVisit,
    site: Site,
    isExpected: (etag: string) => boolean,
  ) => Promise<Response | Refusal>;
}

const ACTIONS: readonly ClientAction[] = [
  {
    verb: 'secret',
    isOfClient: true,
    title: 'New secret',
    button: 'Make a new secret',
    isDanger: true,
    text: (name) =>
      html`
        <p>
          A new secret takes the place of that of ${name} at once. The one before is worth
          nothing from then on: the application cannot sign anybody in until it has the new one.
        </p>
      `,
    async run(client_id, visit, site, isExpected) {
      const mint = { kind: 'mint' } as const;
      const { by } = visit;
      const outcome = await newClientSecret(client_id, mint, by, site.engine, { isExpected });
      return outcome.kind === 'refused' ? outcome : written(visit, outcome.value, site);
    },
  },
  {
    verb: 'remove',
    isOfClient: true,
    title: 'Remove the client?',
    button: 'Remove',
    isDanger: true,
    text: (name) =>
      html`
        <p>
          ${name} is removed with every grant and
          consent to it. Its tokens stop working; a later client of the same ID inherits nothing.
        </p>
      `,
    async run(client_id, { by }, site, isExpected) {
      const outcome = await removeClient(client_id, by, site.engine, { isExpected });
      return outcome.kind === 'refused' ? outcome : go(CLIENTS_CRUMB.path, 'client_removed', site);
    },
  },
  {
    verb: 'revoke-grants',
    title: 'Revoke all grants?',
    button: 'Revoke all',
    isDanger: true,
    text: (name) =>
      html`
        <p>
          Everything that people have granted ${name} ends, and with it every token
          under it. They can sign in there again.
        </p>
      `,
    async run(client_id, { by }, site) {
      await revokeGrants({ client_id }, by, site.engine);
      return go(clientPath(client_id), 'grants_revoked', site);
    },
  },
  {
    verb: 'forget-consents',
    title: 'Forget remembered answers?',
    button: 'Forget them',
    text: (name) =>
      html`
        <p>
          People are asked again what ${name} may learn of them. What they
          have granted already stays.
        </p>
      `,
    async run(client_id, { by }, site) {
      await revokeConsents({ client_id }, by, site.engine);
      return go(clientPath(client_id), 'consents_forgotten', site);
    },
  },
];

export const CLIENT_CONFIRMATIONS: readonly Confirmation[] = ACTIONS.map(
  ({ verb, title, button, isDanger, text, isOfClient, run }) => ({
    path: `/admin/clients/{client_id}/${verb}`,
    section: 'clients',
    crumb: CLIENTS_CRUMB,
    async question(visit, site) {
      const found = await (isOfClient === true ? findEditable : findClientOf)(visit, site);
      if (found.kind === 'refused') return found;
      const { client, etag } = found.value;
      return done({
        title,
        button,
        text: text(html`<strong><bdi>${client.client_id}</bdi></strong>`),
        ...isDanger === true && { isDanger },
        back: clientCrumb(visit),
        ...isOfClient === true && { version: etag },
      });
    },
    run(visit, form, site) {
      const { client_id = '' } = visit.params;
      const version = form.get('version');
      return run(client_id, visit, site, (etag) => etag === version);
    },
  }),
);
