import type { Writable } from '../../accounts/directory.ts';
import type { Site } from '../../endpoints/site.ts';
import { revokeConsents } from '../../engine/administration/consents.ts';
import { revokeGrants } from '../../engine/administration/grants.ts';
import { done, type Outcome, type Refusal, refused } from '../../engine/administration/outcome.ts';
import {
  disablePerson,
  enablePerson,
  makeResetLink,
  removePerson,
  resetFactors,
} from '../../engine/administration/people.ts';
import { revokeSessions } from '../../engine/administration/sessions.ts';
import type { Html } from '../../http/html.ts';
import { html } from '../../http/html.ts';
import type { Actor, UserRecord } from '../../store/records.ts';
import { personPath } from '../console_path.ts';
import { consoleLayout } from '../views/admin/layout.ts';
import { buttonTo, said, when } from '../views/admin/parts.ts';
import type { Confirmation, Question } from './confirmation.ts';
import type { Notice } from './notices.ts';
import { findPersonOf, PEOPLE_CRUMB, personCrumb } from './people.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

/** What is done to a person as a whole. */
interface PersonAction extends Pick<Question, 'title' | 'button'> {
  readonly verb: string;
  readonly text: (name: Html) => Html;
  readonly isDanger?: true;
  /** What of the directory must be writable for it. */
  readonly needs?: keyof Writable;
  readonly run: (
    user: UserRecord,
    visit: ConsoleVisit,
    site: Site,
  ) => Promise<Response | Refusal>;
}

const ACTIONS: readonly PersonAction[] = [
  {
    verb: 'disable',
    needs: 'people',
    title: 'Disable the person?',
    button: 'Disable',
    isDanger: true,
    text: (name) =>
      html`
        <p>${name} can no longer sign in; every session and grant ends now, and stays ended.</p>
      `,
    run: changing(disablePerson, 'person_disabled'),
  },
  {
    verb: 'enable',
    needs: 'people',
    title: 'Enable the person?',
    button: 'Enable',
    text: (name) => html`<p>${name} may sign in again.</p>`,
    run: changing(enablePerson, 'person_enabled'),
  },
  {
    verb: 'reset-factors',
    title: 'Remove all second factors?',
    button: 'Remove all factors',
    isDanger: true,
    text: (name) =>
      html`
        <p>
          For somebody who has lost them. ${name} is signed out everywhere, and the password alone opens
          the account until a new factor is added: make sure that it is them who ask.
        </p>
      `,
    async run({ id }, { by }, site) {
      await resetFactors(id, by, site.engine);
      return go(personPath(id), 'factors_reset', site);
    },
  },
  {
    verb: 'sign-out',
    title: 'Sign out everywhere?',
    button: 'Sign out everywhere',
    isDanger: true,
    text: (name) =>
      html`
        <p>
          ${name} is signed out of every browser. What was granted to clients from there ends, too, unless it is for
          offline access.
        </p>
      `,
    async run({ id }, { by }, site) {
      await revokeSessions(id, by, site.engine);
      return go(personPath(id), 'sessions_revoked', site);
    },
  },
  {
    verb: 'revoke-grants',
    title: 'Revoke all grants?',
    button: 'Revoke all',
    isDanger: true,
    text: (name) => html`<p>All that ${name} has granted to clients ends, with every token.</p>`,
    async run({ id }, { by }, site) {
      await revokeGrants({ user: id }, by, site.engine);
      return go(personPath(id), 'grants_revoked', site);
    },
  },
  {
    verb: 'forget-consents',
    title: 'Forget remembered answers?',
    button: 'Forget them',
    text: (name) => html`<p>${name} is asked again what clients may learn. Grants stay.</p>`,
    async run({ id }, { by }, site) {
      await revokeConsents({ user: id }, by, site.engine);
      return go(personPath(id), 'consents_forgotten', site);
    },
  },
  {
    verb: 'reset-link',
    needs: 'password',
    title: 'Link for a new password',
    button: 'Make a link',
    text: (name) =>
      html`
        <p>
          With the link, ${name} chooses a new password, or a first one, once. Whoever has it can do so:
          hand it over where nobody else reads it.
        </p>
      `,
    run: showResetLink,
  },
  {
    verb: 'remove',
    needs: 'people',
    title: 'Remove the person?',
    button: 'Remove',
    isDanger: true,
    text: (name) =>
      html`
        <p>
          ${name} is removed with every session, grant, consent and factor. That cannot be undone; to
          keep somebody out for a while, disable them.
        </p>
      `,
    async run(user, { by }, site) {
      const outcome = await removePerson(user, by, site.engine);
      return outcome.kind === 'refused' ? outcome : go(PEOPLE_CRUMB.path, 'person_removed', site);
    },
  },
];

const KEPT_IN_FILE = refused('people are kept in a file: change it there', 'elsewhere');

export const PERSON_CONFIRMATIONS: readonly Confirmation[] = ACTIONS.map(
  ({ verb, title, button, text, isDanger, needs, run }) => ({
    path: `/admin/people/{person}/${verb}`,
    section: 'people',
    crumb: PEOPLE_CRUMB,
    async question(visit, site) {
      const found = await findPersonOf(visit, site);
      if (found.kind === 'refused') return found;
      if (needs !== undefined && !site.engine.directory.writable[needs]) return KEPT_IN_FILE;
      const user = found.value;
      return done({
        title,
        button,
        text: html`
          ${text(html`<strong>${said(user.username)}</strong>`)}
          ${user.id === visit.session.user.id && isDanger === true && html`
            <p class="alert">That is you.</p>
          `}
        `,
        ...isDanger === true && { isDanger },
        back: personCrumb(user),
      });
    },
    async run(visit, _form, site) {
      const found = await findPersonOf(visit, site);
      if (found.kind === 'refused') return found;
      return needs !== undefined && !site.engine.directory.writable[needs]
        ? KEPT_IN_FILE
        : await run(found.value, visit, site);
    },
  }),
);

type Change = (id: string, by: Actor, engine: Site['engine']) => Promise<Outcome<unknown>>;

function changing(change: Change, notice: Notice): PersonAction['run'] {
  return async ({ id }, { by }, site) => {
    const outcome = await change(id, by, site.engine);
    return outcome.kind === 'refused' ? outcome : go(personPath(id), notice, site);
  };
}

/** The link is shown on this very answer, and never again. */
async function showResetLink(
  user: UserRecord,
  visit: ConsoleVisit,
  site: Site,
): Promise<Response | Refusal> {
  const outcome = await makeResetLink(user, visit.by, site.engine);
  if (outcome.kind === 'refused') return outcome;
  const { url, expires_at } = outcome.value;
  return consolePage(
    visit,
    (frame) =>
      consoleLayout(frame, {
        title: 'Link for a new password',
        crumb: personCrumb(user),
        body: html`
          <p>
            Hand this link to <strong>${said(user.username)}</strong>. It is <strong>shown this
            once</strong>, works once, and ends ${when(expires_at, frame)}.
          </p>
          <code class="secret" id="reset-link">${url}</code>
          <p class="actions">${buttonTo(frame, personPath(user.id), 'Done', 'main')}</p>
        `,
      }),
    site,
  );
}
