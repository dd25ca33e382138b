import type { Site } from '../../endpoints/site.ts';
import {
  addIssuer,
  changeOptions,
  listIssuers,
  readOptions,
  removeIssuer,
} from '../../engine/administration/configuration.ts';
import { done, refused } from '../../engine/administration/outcome.ts';
import { html } from '../../http/html.ts';
import type { Params } from '../../spec/params.ts';
import type { JsonValue } from '../../store/store.ts';
import {
  type AddIssuerModel,
  addIssuerView,
  configurationView,
  type SetOptionModel,
  setOptionView,
} from '../views/admin/configuration.ts';
import { jsonText, said } from '../views/admin/parts.ts';
import { proofNeeded, statusOf } from './answers.ts';
import type { Confirmation } from './confirmation.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

const CONFIGURATION_CRUMB = { path: '/admin/configuration', text: 'Configuration' } as const;

/** `/admin/configuration`: what the file and the store set, and which of both counts. */
export async function showConfiguration(visit: ConsoleVisit, site: Site): Promise<Response> {
  const [{ items }, issuers] = await Promise.all([
    readOptions(site.engine),
    listIssuers(site.engine),
  ]);
  return consolePage(visit, (frame) => configurationView(frame, { options: items, issuers }), site);
}

/** `/admin/configuration/set?path=…` */
export async function showSetOption(visit: ConsoleVisit, site: Site): Promise<Response> {
  const path = visit.query.get('path') ?? '';
  const { items, version } = await readOptions(site.engine);
  const here = items.findLast((each) => each.path === path);
  const { writeYaml } = await import('../../spec/yaml.ts');
  const value = here === undefined ? '' : writeYaml(here.value).trimEnd();
  return formPage(visit, { path, value, version }, site);
}

export async function submitSetOption(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const [path, value] = [(form.get('path') ?? '').trim(), form.get('value') ?? ''];
  const version = form.get('version') ?? '';
  const typed = { path, value, version };
  if (visit.missing !== undefined) {
    return formPage(visit, { ...typed, above: proofNeeded(visit, site) }, site, 403);
  }
  const { readYaml } = await import('../../spec/yaml.ts');
  const read = readYaml(value);
  if (value.trim() === '' || !read.ok) {
    const mistakes = read.ok
      ? ['give a value']
      : read.mistakes.map(({ problem, line }) => `line ${line ?? 1}: ${problem}`);
    return formPage(visit, { ...typed, problems: mistakes }, site, 400);
  }
  const outcome = await changeOptions(
    [{ path, value: read.value as JsonValue }],
    visit.by,
    site.engine,
    { isDry: false, isExpected: (now) => now === version },
  );
  if (outcome.kind === 'done') return go(CONFIGURATION_CRUMB.path, 'option_saved', site);
  if (outcome.reason !== 'changed') {
    const { problem, problems = [] } = outcome;
    const mistakes = problems.length === 0 ? [problem] : problems.map((each) => each.problem);
    return formPage(visit, { ...typed, problems: mistakes }, site, statusOf(outcome));
  }
  const now = await readOptions(site.engine);
  const theirs = now.items.findLast((each) => each.path === path);
  return formPage(
    visit,
    {
      ...typed,
      version: now.version,
      above: html`
        <p class="alert" role="alert" id="changed-meanwhile">
          Somebody else has changed the configuration meanwhile. Nothing of yours is saved yet. This
          option is now: ${theirs === undefined
            ? 'not set'
            : jsonText(theirs.value)}. Saving again puts
          yours in its place.
        </p>
      `,
    },
    site,
    409,
  );
}

function formPage(
  visit: ConsoleVisit,
  model: SetOptionModel,
  site: Site,
  status?: number,
): Response {
  return consolePage(visit, (frame) => setOptionView(frame, model), site, status);
}

/** `/admin/configuration/add-issuer` */
export function showAddIssuer(visit: ConsoleVisit, site: Site): Response {
  return issuerPage(visit, { url: '' }, site);
}

export async function submitAddIssuer(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const url = (form.get('url') ?? '').trim();
  if (visit.missing !== undefined) {
    return issuerPage(visit, { url, above: proofNeeded(visit, site) }, site, 403);
  }
  const outcome = await addIssuer(url, visit.by, site.engine);
  return outcome.kind === 'done'
    ? go(CONFIGURATION_CRUMB.path, 'issuer_added', site)
    : issuerPage(visit, { url, problem: outcome.problem }, site, statusOf(outcome));
}

function issuerPage(
  visit: ConsoleVisit,
  model: AddIssuerModel,
  site: Site,
  status?: number,
): Response {
  return consolePage(visit, (frame) => addIssuerView(frame, model), site, status);
}

export const CONFIGURATION_CONFIRMATIONS: readonly Confirmation[] = [
  {
    path: '/admin/configuration/{option}/unset',
    section: 'configuration',
    crumb: CONFIGURATION_CRUMB,
    async question({ params: { option = '' } }, { engine }) {
      const { items, version } = await readOptions(engine);
      const found = items.find((each) => each.path === option && each.provenance !== 'file');
      if (found === undefined) return refused('the store sets no such option', 'missing');
      return done({
        title: 'Take the option back?',
        text: html`
          <p>
            What the store says of <strong>${said(
              option,
            )}</strong> is taken back: the file’s value counts
            then, or the default. It is now ${jsonText(found.value)}.
          </p>
        `,
        button: 'Take back',
        isDanger: true,
        back: CONFIGURATION_CRUMB,
        version,
      });
    },
    async run({ params: { option = '' }, by }, form, site) {
      const version = form.get('version');
      const outcome = await changeOptions([{ path: option, value: null }], by, site.engine, {
        isDry: false,
        isExpected: (now) => now === version,
      });
      return outcome.kind === 'refused'
        ? outcome
        : go(CONFIGURATION_CRUMB.path, 'option_unset', site);
    },
  },
  {
    path: '/admin/issuers/{issuer}/remove',
    section: 'configuration',
    crumb: CONFIGURATION_CRUMB,
    async question({ params: { issuer = '' } }, { engine }) {
      const found = (await listIssuers(engine)).find((each) => each.issuer === issuer);
      if (found === undefined || found.provenance === 'file') {
        return refused('the store has no such issuer', 'missing');
      }
      return done({
        title: 'Remove the issuer?',
        text: html`
          <p>
            <strong>${said(
              issuer,
            )}</strong> is served no longer, and nobody signs in there. What is kept
            for it waits, and is there again when the issuer is added again.
          </p>
          <p>
            Its clients are not told that sessions have ended: for that, sign everybody out at its
            own console before.
          </p>
          ${issuer === engine.settings.issuer && html`
            <p class="alert">It is the issuer whose console this is: the console ends, too.</p>
          `}
        `,
        button: 'Remove',
        isDanger: true,
        back: CONFIGURATION_CRUMB,
      });
    },
    async run({ params: { issuer = '' }, by }, _form, site) {
      const outcome = await removeIssuer(issuer, by, site.engine);
      return outcome.kind === 'refused'
        ? outcome
        : go(CONFIGURATION_CRUMB.path, 'issuer_removed', site);
    },
  },
];
