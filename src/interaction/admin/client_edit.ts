import type { Site } from '../../endpoints/site.ts';
import {
  addClient,
  replaceClient,
  type WrittenClient,
} from '../../engine/administration/clients.ts';
import type { Refusal } from '../../engine/administration/outcome.ts';
import { html } from '../../http/html.ts';
import { METADATA_DEFAULTS } from '../../spec/client_metadata.ts';
import { localizedName } from '../../spec/localized.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { saidInForm } from '../../spec/profile_client.ts';
import { consoleLayout } from '../views/admin/layout.ts';
import { sentence } from '../views/admin/parts.ts';
import {
  type ClientFormPage,
  clientFormView,
  clientKindsView,
  secretView,
} from '../views/admin/client_pages.ts';
import { CLIENT_FIELDS, type FilledIn, filledIn, LOCALIZED, valuesOf } from './client_fields.ts';
import { CLIENT_KINDS, type ClientKind } from './client_kinds.ts';
import { clientPath } from '../console_path.ts';
import { clientCrumb, CLIENTS_CRUMB, findEditable, type FoundClient } from './clients.ts';
import { proofNeeded, refusalPage, statusOf } from './answers.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

/** `/admin/clients/new`: first what kind of client, then what matters for that kind. */
export function showNewClient(visit: ConsoleVisit, site: Site): Response {
  const kind = kindOf(visit.query);
  if (kind === undefined) {
    return consolePage(visit, (frame) => clientKindsView(frame, CLIENT_KINDS), site);
  }
  return formPage(visit, {
    ...newPage(kind),
    client_id: '',
    values: { ...METADATA_DEFAULTS, ...kind.metadata },
    isTyped: false,
    problems: new Map(),
  }, site);
}

export async function submitNewClient(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const kind = kindOf(form);
  if (kind === undefined) {
    throw new OAuthError('invalid_request', 'the form names no kind of client');
  }
  const client_id = (form.get('client_id') ?? '').trim();
  const filled = filledIn(form);
  const page = { ...newPage(kind), client_id, values: filled.typed, isTyped: true } as const;
  if (visit.missing !== undefined || filled.problems.length > 0) {
    return formPage(visit, { ...page, ...troubleOf(visit, filled, site) }, site);
  }
  const outcome = await addClient(
    client_id,
    saidInForm(filled.metadata, site.engine.settings.profile),
    { kind: 'mint' },
    visit.by,
    site.engine,
  );
  return outcome.kind === 'refused'
    ? formPage(visit, { ...page, ...troubleOfRefusal(outcome) }, site)
    : written(visit, outcome.value, site);
}

/** `/admin/clients/{client_id}/edit`: all metadata, for whoever saw the version that they change. */
export async function showEditClient(visit: ConsoleVisit, site: Site): Promise<Response> {
  const found = await findEditable(visit, site);
  if (found.kind === 'refused') return refusalPage(visit, found, clientCrumb(visit), site);
  return formPage(visit, {
    ...editPage(found.value),
    values: valuesOf({ ...METADATA_DEFAULTS, ...found.value.client }),
    isTyped: false,
    problems: new Map(),
  }, site);
}

export async function submitEditClient(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const found = await findEditable(visit, site);
  if (found.kind === 'refused') return refusalPage(visit, found, clientCrumb(visit), site);
  const filled = filledIn(form);
  const version = form.get('version');
  const page = {
    ...editPage(found.value),
    version: version ?? '',
    values: filled.typed,
    isTyped: true,
  } as const;
  if (visit.missing !== undefined || filled.problems.length > 0) {
    return formPage(visit, { ...page, ...troubleOf(visit, filled, site) }, site);
  }
  const { client_id } = found.value.client;
  const metadata = saidInForm(filled.metadata, site.engine.settings.profile);
  const outcome = await replaceClient(client_id, metadata, visit.by, site.engine, {
    isExpected: (etag) => etag === version,
    newSubs: form.get('new_subs') === 'yes',
  });
  if (outcome.kind === 'done') return written(visit, outcome.value, site);
  if (outcome.reason !== 'changed') {
    return formPage(visit, { ...page, ...troubleOfRefusal(outcome) }, site);
  }
  const now = await findEditable(visit, site);
  if (now.kind === 'refused') return refusalPage(visit, now, clientCrumb(visit), site);
  return formPage(visit, {
    ...page,
    ...editPage(now.value),
    theirs: valuesOf({ ...METADATA_DEFAULTS, ...now.value.client }),
    problems: new Map(),
    above: html`
      <p class="alert" role="alert" id="changed-meanwhile">
        Somebody else has changed this client meanwhile. Nothing of yours is saved yet, and nothing is
        lost: below is what you typed, with what stands there now wherever it differs. Saving again
        puts yours in its place.
      </p>
    `,
    status: 409,
  }, site);
}

function newPage(kind: ClientKind): Pick<ClientFormPage, 'title' | 'crumb' | 'first' | 'kind'> {
  return {
    title: `New client: ${kind.title.toLowerCase()}`,
    crumb: { path: '/admin/clients/new', text: 'New client' },
    first: kind.fields,
    kind: kind.name,
  };
}

const FIRST_FIELDS = ['client_name', 'redirect_uris'] as const;

function editPage({ client, etag }: FoundClient) {
  const { client_id } = client;
  return {
    title: `Edit ${client.client_name ?? client_id}`,
    crumb: { path: clientPath(client_id), text: client_id },
    first: FIRST_FIELDS,
    version: etag,
  } as const;
}

function kindOf(params: Params): ClientKind | undefined {
  return CLIENT_KINDS.find(({ name }) => name === params.get('kind'));
}

type Trouble = Pick<ClientFormPage, 'problems' | 'above' | 'status'>;

function troubleOf(visit: ConsoleVisit, { problems }: FilledIn, site: Site): Trouble {
  return {
    problems: byField(problems),
    ...visit.missing !== undefined && { above: proofNeeded(visit, site) },
    status: visit.missing === undefined ? 400 : 403,
  };
}

/** What is wrong stands at its field; what is at none, above. */
function troubleOfRefusal(refusal: Refusal): Trouble {
  const problems = byField(refusal.problems ?? []);
  const strays = [...problems].filter(([field]) =>
    !CLIENT_FIELDS.has(field) && field !== 'client_id'
  );
  const words = problems.size === 0
    ? refusal.problem
    : strays.length > 0
    ? strays.map(([field, problem]) => `${field} ${problem}`).join('; ')
    : 'this cannot be saved: see what is marked below';
  return {
    problems,
    above: html`<p class="alert" role="alert" id="problem">${sentence(words)}</p>`,
    status: statusOf(refusal),
  };
}

function byField(
  problems: readonly { readonly field: string; readonly problem: string }[],
): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const { field, problem } of problems) {
    const name = localizedName(field) === undefined ? field.split('.', 1)[0] ?? '' : LOCALIZED;
    const before = all.get(name);
    all.set(name, before === undefined ? problem : `${before}; ${problem}`);
  }
  return all;
}

function formPage(visit: ConsoleVisit, page: ClientFormPage, site: Site): Response {
  return consolePage(visit, (frame) => clientFormView(frame, page), site, page.status);
}

/** A secret is shown on this very answer, and never again. */
export function written(
  visit: ConsoleVisit,
  { client: { client_id }, client_secret }: WrittenClient,
  site: Site,
): Response {
  if (client_secret === undefined) return go(clientPath(client_id), 'client_saved', site);
  return consolePage(
    visit,
    (frame) =>
      consoleLayout(frame, {
        title: 'The client’s secret',
        crumb: CLIENTS_CRUMB,
        body: secretView(frame, {
          client_id,
          client_secret,
          path: clientPath(client_id),
        }),
      }),
    site,
  );
}
