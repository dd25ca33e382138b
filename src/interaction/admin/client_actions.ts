import { newClientSecret, removeClient } from '../../engine/administration/clients.ts';
import { revokeConsents } from '../../engine/administration/consents.ts';
import { revokeGrants } from '../../engine/administration/grants.ts';
import { done } from '../../engine/administration/outcome.ts';
import { html } from '../../http/html.ts';
import { clientPath } from '../console_path.ts';
import { clientCrumb, CLIENTS_CRUMB, findClientOf, findEditable } from './clients.ts';
import { written } from './client_edit.ts';
import { type Confirmation } from './confirmation.ts';
import { go } from './visit.ts';

const COMMON = { section: 'clients', crumb: CLIENTS_CRUMB } as const;

/** What ends something that a client or its people have. */
export const CLIENT_CONFIRMATIONS: readonly Confirmation[] = [
  {
    ...COMMON,
    path: '/admin/clients/{client_id}/secret',
    async question(visit, site) {
      const found = await findEditable(visit, site);
      if (found.kind === 'refused') return found;
      return done({
        title: 'New secret',
        text: html`
          <p>
            A new secret takes the place of that of
            <strong><bdi>${found.value.client
              .client_id}</bdi></strong> at once. The one before is worth
            nothing from then on: the application cannot sign anybody in until it has the new one.
          </p>
        `,
        button: 'Make a new secret',
        isDanger: true,
        back: clientCrumb(visit),
        version: found.value.etag,
      });
    },
    async run(visit, form, site) {
      const { client_id = '' } = visit.params;
      const version = form.get('version');
      const isExpected = (etag: string): boolean => etag === version;
      const outcome = await newClientSecret(
        client_id,
        { kind: 'mint' },
        visit.by,
        site.engine,
        { isExpected },
      );
      return outcome.kind === 'refused' ? outcome : written(visit, outcome.value, site);
    },
  },
  {
    ...COMMON,
    path: '/admin/clients/{client_id}/remove',
    async question(visit, site) {
      const found = await findEditable(visit, site);
      if (found.kind === 'refused') return found;
      return done({
        title: 'Remove the client?',
        text: html`
          <p>
            <strong><bdi>${found.value.client
              .client_id}</bdi></strong> is removed with every grant and
            consent to it. Its tokens stop working; a later client of the same ID inherits nothing.
          </p>
        `,
        button: 'Remove',
        isDanger: true,
        back: clientCrumb(visit),
        version: found.value.etag,
      });
    },
    async run(visit, form, site) {
      const { client_id = '' } = visit.params;
      const version = form.get('version');
      const isExpected = (etag: string): boolean => etag === version;
      const outcome = await removeClient(client_id, visit.by, site.engine, { isExpected });
      return outcome.kind === 'refused' ? outcome : go(CLIENTS_CRUMB.path, 'client_removed', site);
    },
  },
  {
    ...COMMON,
    path: '/admin/clients/{client_id}/revoke-grants',
    async question(visit, site) {
      const found = await findClientOf(visit, site);
      if (found.kind === 'refused') return found;
      return done({
        title: 'Revoke all grants?',
        text: html`
          <p>
            Everything that people have granted
            <strong><bdi>${found.value.client
              .client_id}</bdi></strong> ends, and with it every token
            under it. They can sign in there again.
          </p>
        `,
        button: 'Revoke all',
        isDanger: true,
        back: clientCrumb(visit),
      });
    },
    async run(visit, _form, site) {
      const { client_id = '' } = visit.params;
      await revokeGrants({ client_id }, visit.by, site.engine);
      return go(clientPath(client_id), 'grants_revoked', site);
    },
  },
  {
    ...COMMON,
    path: '/admin/clients/{client_id}/forget-consents',
    async question(visit, site) {
      const found = await findClientOf(visit, site);
      if (found.kind === 'refused') return found;
      return done({
        title: 'Forget remembered answers?',
        text: html`
          <p>
            People are asked again what
            <strong><bdi>${found.value.client.client_id}</bdi></strong> may learn of them. What they
            have granted already stays.
          </p>
        `,
        button: 'Forget them',
        back: clientCrumb(visit),
      });
    },
    async run(visit, _form, site) {
      const { client_id = '' } = visit.params;
      await revokeConsents({ client_id }, visit.by, site.engine);
      return go(clientPath(client_id), 'consents_forgotten', site);
    },
  },
];
