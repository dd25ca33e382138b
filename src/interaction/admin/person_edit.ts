import type { Site } from '../../endpoints/site.ts';
import { done, type Outcome, type Refusal, refused } from '../../engine/administration/outcome.ts';
import { addPerson, updatePerson } from '../../engine/administration/people.ts';
import { personEtag } from '../../engine/administration/person_views.ts';
import { html } from '../../http/html.ts';
import type { Params } from '../../spec/params.ts';
import type { UserRecord } from '../../store/records.ts';
import { personPath } from '../console_path.ts';
import { type PersonFormPage, personFormView } from '../views/admin/person_form.ts';
import { alert, sentence } from '../views/admin/parts.ts';
import { proofNeeded, refusalPage, statusOf } from './answers.ts';
import { filledInPerson, NOBODY, personTexts } from './person_fields.ts';
import { findPersonOf, PEOPLE_CRUMB, personCrumb } from './people.ts';
import { consolePage, type ConsoleVisit, go } from './visit.ts';

/** `/admin/people/new` */
export function showNewPerson(visit: ConsoleVisit, site: Site): Response {
  return site.engine.directory.writable.people
    ? formPage(visit, { ...NEW, texts: personTexts(NOBODY), username: '' }, site)
    : refusalPage(visit, keptElsewhere('who there is'), PEOPLE_CRUMB, site);
}

const NEW = { title: 'New person', crumb: PEOPLE_CRUMB } as const;

export async function submitNewPerson(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const { engine } = site;
  if (!engine.directory.writable.people) return showNewPerson(visit, site);
  const username = (form.get('username') ?? '').trim();
  const { typed, data, problems } = filledInPerson(form, NOBODY);
  const page = { ...NEW, texts: typed, username, problems };
  if (visit.missing !== undefined || problems.size > 0) {
    return formPage(visit, { ...page, ...troubleOf(visit, site) }, site);
  }
  const password = form.get('password');
  const person = { ...data, username, ...password !== undefined && { password } };
  const outcome = await addPerson(person, visit.by, engine);
  return outcome.kind === 'refused'
    ? formPage(visit, { ...page, ...troubleOfRefusal(outcome) }, site)
    : go(personPath(outcome.value.id), 'person_added', site);
}

/** `/admin/people/{person}/edit`, for whoever saw the version that they change. */
export async function showEditPerson(visit: ConsoleVisit, site: Site): Promise<Response> {
  const found = await findEditable(visit, site);
  if (found.kind === 'refused') return refusalPage(visit, found, PEOPLE_CRUMB, site);
  return formPage(visit, { ...editPage(found.value), texts: personTexts(found.value) }, site);
}

export async function submitEditPerson(
  visit: ConsoleVisit,
  form: Params,
  site: Site,
): Promise<Response> {
  const found = await findEditable(visit, site);
  if (found.kind === 'refused') return refusalPage(visit, found, PEOPLE_CRUMB, site);
  const user = found.value;
  const version = form.get('version') ?? '';
  const { typed, data, problems } = filledInPerson(form, user);
  const page = { ...editPage(user), version, texts: typed, problems };
  if (visit.missing !== undefined || problems.size > 0) {
    return formPage(visit, { ...page, ...troubleOf(visit, site) }, site);
  }
  const outcome = await updatePerson(user.id, data, visit.by, site.engine, {
    isExpected: (etag) => etag === version,
  });
  if (outcome.kind === 'done') return go(personPath(user.id), 'person_saved', site);
  if (outcome.reason !== 'changed') {
    return formPage(visit, { ...page, ...troubleOfRefusal(outcome) }, site);
  }
  const now = await findEditable(visit, site);
  if (now.kind === 'refused') return refusalPage(visit, now, PEOPLE_CRUMB, site);
  return formPage(visit, {
    ...page,
    ...editPage(now.value),
    theirs: personTexts(now.value),
    above: html`
      <p class="alert" role="alert" id="changed-meanwhile">
        Somebody else has changed this person meanwhile. Nothing of yours is saved yet, and nothing is
        lost: below is what you typed, with what stands there now wherever it differs. Saving again
        puts yours in its place.
      </p>
    `,
    status: 409,
  }, site);
}

function editPage(user: UserRecord): Pick<PersonFormPage, 'title' | 'crumb' | 'version'> {
  return {
    title: `Edit ${user.username}`,
    crumb: personCrumb(user),
    version: personEtag(user),
  };
}

async function findEditable(visit: ConsoleVisit, site: Site): Promise<Outcome<UserRecord>> {
  const found = await findPersonOf(visit, site);
  if (found.kind === 'refused') return found;
  return site.engine.directory.writable.profile
    ? done(found.value)
    : keptElsewhere('what is known of them');
}

function keptElsewhere(what: string): Refusal {
  return refused(`people are kept in a file, and ${what} is changed there`, 'elsewhere');
}

type Trouble = Pick<PersonFormPage, 'above' | 'status'>;

function troubleOf(visit: ConsoleVisit, site: Site): Trouble {
  return visit.missing === undefined
    ? { status: 400 }
    : { above: proofNeeded(visit, site), status: 403 };
}

function troubleOfRefusal(refusal: Refusal): Trouble {
  return { above: alert(sentence(refusal.problem)), status: statusOf(refusal) };
}

function formPage(visit: ConsoleVisit, page: PersonFormPage, site: Site): Response {
  return consolePage(visit, (frame) => personFormView(frame, page), site, page.status);
}
