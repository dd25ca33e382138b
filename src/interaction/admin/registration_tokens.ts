import type { Site } from '../../endpoints/site.ts';
import { done, refused } from '../../engine/administration/outcome.ts';
import {
  addRegistrationToken,
  listRegistrationTokens,
  removeRegistrationToken,
} from '../../engine/administration/registration_tokens.ts';
import { html } from '../../http/html.ts';
import { parseDuration } from '../../spec/duration.ts';
import type { Params } from '../../spec/params.ts';
import { consoleLayout } from '../views/admin/layout.ts';
import { buttonTo, said } from '../views/admin/parts.ts';
import {
  type NewTokenModel,
  newTokenView,
  tokensView,
} from '../views/admin/registration_tokens.ts';
import { proofNeeded, statusOf } from './answers.ts';
import type { Confirmation } from './confirmation.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

const TOKENS_CRUMB = { path: '/admin/registration-tokens', text: 'Registration' } as const;

/** `/admin/registration-tokens`: leave to register clients, that was given to somebody. */
export async function showTokens(visit: ConsoleVisit, site: Site): Promise<Response> {
  const { engine } = site;
  const tokens = await listRegistrationTokens(engine);
  const { mode } = engine.settings.registration;
  return consolePage(visit, (frame) => tokensView(frame, { tokens, mode }), site);
}

export function showNewToken(visit: ConsoleVisit, site: Site): Response {
  return formPage(visit, { typed: { uses: '1', lifetime: '7d' } }, site);
}

export async function submitNewToken(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const typed = Object.fromEntries(
    ['note', 'scope', 'policy', 'uses', 'lifetime'].map((name) => [name, form.get(name) ?? '']),
  );
  if (visit.missing !== undefined) {
    return formPage(visit, { typed, above: proofNeeded(visit, site), status: 403 }, site);
  }
  const uses = numberOf(form.get('uses'));
  const lifetime = form.get('lifetime');
  const seconds = lifetime === undefined ? undefined : parseDuration(lifetime);
  if (lifetime !== undefined && seconds === undefined) {
    const problem = 'lifetime must be a duration with its unit, such as 12h or 7d';
    return formPage(visit, { typed, problem, status: 400 }, site);
  }
  const outcome = await addRegistrationToken(
    {
      note: form.get('note'),
      scope: form.get('scope'),
      policy: form.get('policy'),
      uses,
      lifetime: seconds,
    },
    visit.by,
    site.engine,
  );
  if (outcome.kind === 'refused') {
    const { problem } = outcome;
    return formPage(visit, { typed, problem, status: statusOf(outcome) }, site);
  }
  const { token } = outcome.value;
  return consolePage(
    visit,
    (frame) =>
      consoleLayout(frame, {
        title: 'The registration token',
        crumb: TOKENS_CRUMB,
        body: html`
          <p>
            Hand it to whoever registers: it is <strong>shown this once</strong>, and kept only so that it
            can be checked.
          </p>
          <code class="secret" id="registration-token">${token}</code>
          <p class="actions">${buttonTo(frame, TOKENS_CRUMB.path, 'Done', 'main')}</p>
        `,
      }),
    site,
  );
}

export const TOKEN_CONFIRMATIONS: readonly Confirmation[] = [{
  path: '/admin/registration-tokens/{token}/remove',
  section: 'registration',
  crumb: TOKENS_CRUMB,
  async question({ params: { token = '' } }, { engine }) {
    const found = (await listRegistrationTokens(engine)).find(({ id }) => id === token);
    if (found === undefined) return refused('there is no such token any more', 'missing');
    return done({
      title: 'Remove the token?',
      text: html`
        <p>
          Nobody registers with <strong>${said(
            found.note ?? found.id,
          )}</strong> any more. Clients that
          were registered with it stay.
        </p>
      `,
      button: 'Remove',
      isDanger: true,
      back: TOKENS_CRUMB,
    });
  },
  async run({ params: { token = '' }, by }, _form, site) {
    const outcome = await removeRegistrationToken(token, by, site.engine);
    return outcome.kind === 'refused' ? outcome : go(TOKENS_CRUMB.path, 'token_removed', site);
  },
}];

/** What is no number is refused as one. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

type FormPage = Omit<NewTokenModel, 'policies'> & { readonly status?: number };

function formPage(visit: ConsoleVisit, { status, ...model }: FormPage, site: Site): Response {
  const policies = [...site.engine.settings.registration.policies.keys()];
  return consolePage(visit, (frame) => newTokenView(frame, { ...model, policies }), site, status);
}
