import type { Site } from '../../endpoints/site.ts';
import { noteActivity } from '../../engine/activity.ts';
import { forgetConsents } from '../../engine/administration/consents.ts';
import {
  type Application,
  listApplications,
  withdrawApplication,
} from '../../engine/applications.ts';
import { findClient } from '../../engine/clients.ts';
import { listOwnConsents } from '../../engine/own_consents.ts';
import type { Client } from '../../spec/client.ts';
import { isClientId } from '../../spec/client_id.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { clientName } from '../client_card.ts';
import { scopeRow } from '../consent.ts';
import { languageOf } from '../frame.ts';
import { applicationsView } from '../views/account/applications.ts';
import { zoneinfoOf } from './sessions.ts';
import { accountPage, doneWith, onForm, onVisit, type Visit } from './visit.ts';

/** `/account/applications`: what applications may do, and an end to it. */
export const applicationsPage = onVisit('applications', showApplications);

/** Takes everything back from the client that `revoke` names; with `forget`, only the answers saved for it. */
export const submitApplications = onForm('applications', submit);

async function showApplications(visit: Visit, site: Site): Promise<Response> {
  const { session: { user } } = visit;
  const { engine } = site;
  const applications = await listApplications(user.id, engine);
  const consents = await listOwnConsents(user.id, engine);
  const named = await Promise.all(consents.map(async ({ client_id, scope, expires_at }) => ({
    client_id,
    name: nameOf(client_id, await findClient(client_id, engine), site),
    scopes: scope.map((name) => scopeRow(name, site)),
    expires_at,
  })));
  return accountPage(visit, (frame) =>
    applicationsView({
      ...frame,
      applications: applications.map((each) => rowOf(each, site)),
      consents: named,
      zoneinfo: zoneinfoOf(visit),
    }), site);
}

function rowOf(
  { client_id, client, scope, resource, granted_at, last_used_at }: Application,
  site: Site,
) {
  return {
    client_id,
    name: nameOf(client_id, client, site),
    scopes: scope.map((name) => scopeRow(name, site)),
    resources: resource,
    ...(granted_at === undefined ? {} : { granted_at }),
    last_used_at,
  };
}

function nameOf(client_id: string, client: Client | undefined, site: Site): string {
  return client === undefined ? client_id : clientName(client, languageOf(site));
}

async function submit(visit: Visit, params: Params, site: Site): Promise<Response> {
  const { session: { user }, cookies: { place } } = visit;
  const { engine } = site;
  const [revoke, forget] = [params.get('revoke'), params.get('forget')];
  if (forget !== undefined) {
    if (isClientId(forget)) await forgetConsents({ user: user.id, client_id: forget }, engine);
    return doneWith(visit, 'consent_removed', site);
  }
  if (revoke === undefined) {
    throw new OAuthError('invalid_request', 'the form names no application');
  }
  // Only then is anything written: a form may name whatever it likes.
  if (isClientId(revoke) && await findClient(revoke, engine) !== undefined) {
    await withdrawApplication(user.id, revoke, engine);
    await noteActivity(
      user.id,
      { kind: 'application_revoked', client_id: revoke, ...place },
      engine,
    );
    await forgetConsents({ user: user.id, client_id: revoke }, engine);
  }
  return doneWith(visit, 'application_revoked', site);
}
