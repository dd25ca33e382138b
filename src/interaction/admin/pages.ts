import type { Site } from '../../endpoints/site.ts';
import type { Route } from '../../http/router.ts';
import { showAudit, showAudits } from './audit.ts';
import { REQUEST_CONFIRMATIONS, showBackchannelRequests } from './backchannel_requests.ts';
import { showClaims } from './claims.ts';
import { CLIENT_CONFIRMATIONS } from './client_actions.ts';
import { showEditClient, showNewClient, submitEditClient, submitNewClient } from './client_edit.ts';
import { showClient, showClients } from './clients.ts';
import {
  CONFIGURATION_CONFIRMATIONS,
  showAddIssuer,
  showConfiguration,
  showSetOption,
  submitAddIssuer,
  submitSetOption,
} from './configuration.ts';
import { confirmation } from './confirmation.ts';
import { DELIVERY_CONFIRMATIONS, showDeliveries } from './deliveries.ts';
import { GRANT_CONFIRMATIONS, showGrants } from './grants.ts';
import { PERSON_CONFIRMATIONS } from './person_actions.ts';
import { showEditPerson, showNewPerson, submitEditPerson, submitNewPerson } from './person_edit.ts';
import { showPeople, showPerson } from './people.ts';
import { showHealth, submitHealth } from './health.ts';
import { showKeyImport, submitKeyImport } from './key_import.ts';
import { KEY_CONFIRMATIONS, showKeys } from './keys.ts';
import {
  showNewToken,
  showTokens,
  submitNewToken,
  TOKEN_CONFIRMATIONS,
} from './registration_tokens.ts';
import { showOverview } from './overview.ts';
import { SESSION_CONFIRMATIONS, showSessions } from './sessions.ts';
import { actHandler, type ConsolePage, showHandler } from './visit.ts';

/** Every page of the console. Who comes in is judged where routes are made of them, so that none can forget it. */
export const CONSOLE_PAGES: readonly ConsolePage[] = [
  { path: '/admin', section: 'overview', show: showOverview },
  { path: '/admin/clients', section: 'clients', show: showClients },
  {
    path: '/admin/clients/new',
    section: 'clients',
    show: showNewClient,
    act: submitNewClient,
  },
  { path: '/admin/clients/{client_id}', section: 'clients', show: showClient },
  {
    path: '/admin/clients/{client_id}/edit',
    section: 'clients',
    show: showEditClient,
    act: submitEditClient,
  },
  { path: '/admin/clients/{client_id}/claims', section: 'clients', show: showClaims },
  { path: '/admin/clients/{client_id}/deliveries', section: 'clients', show: showDeliveries },
  ...DELIVERY_CONFIRMATIONS.map(confirmation),
  ...CLIENT_CONFIRMATIONS.map(confirmation),
  { path: '/admin/people', section: 'people', show: showPeople },
  {
    path: '/admin/people/new',
    section: 'people',
    show: showNewPerson,
    act: submitNewPerson,
  },
  { path: '/admin/people/{person}', section: 'people', show: showPerson },
  {
    path: '/admin/people/{person}/edit',
    section: 'people',
    show: showEditPerson,
    act: submitEditPerson,
  },
  ...PERSON_CONFIRMATIONS.map(confirmation),
  { path: '/admin/sessions', section: 'sessions', show: showSessions },
  ...SESSION_CONFIRMATIONS.map(confirmation),
  { path: '/admin/grants', section: 'grants', show: showGrants },
  ...GRANT_CONFIRMATIONS.map(confirmation),
  {
    path: '/admin/backchannel-requests',
    section: 'requests',
    show: showBackchannelRequests,
  },
  ...REQUEST_CONFIRMATIONS.map(confirmation),
  { path: '/admin/keys', section: 'keys', show: showKeys },
  {
    path: '/admin/keys/import',
    section: 'keys',
    show: showKeyImport,
    act: submitKeyImport,
    isFresh: true,
  },
  ...KEY_CONFIRMATIONS.map(confirmation),
  { path: '/admin/configuration', section: 'configuration', show: showConfiguration },
  {
    path: '/admin/configuration/set',
    section: 'configuration',
    show: showSetOption,
    act: submitSetOption,
  },
  {
    path: '/admin/configuration/add-issuer',
    section: 'configuration',
    show: showAddIssuer,
    act: submitAddIssuer,
  },
  ...CONFIGURATION_CONFIRMATIONS.map(confirmation),
  { path: '/admin/registration-tokens', section: 'registration', show: showTokens },
  {
    path: '/admin/registration-tokens/new',
    section: 'registration',
    show: showNewToken,
    act: submitNewToken,
  },
  ...TOKEN_CONFIRMATIONS.map(confirmation),
  { path: '/admin/health', section: 'health', show: showHealth, act: submitHealth },
  { path: '/admin/audit', section: 'audit', show: showAudits },
  { path: '/admin/audit/{id}', section: 'audit', show: showAudit },
];

/** The console of an issuer, below it. */
export function consoleRoutes(site: Site): readonly Route[] {
  return CONSOLE_PAGES.map((page) => ({
    path: page.path,
    methods: {
      GET: showHandler(page, site),
      ...page.act !== undefined && { POST: actHandler(page, page.act, site) },
    },
  }));
}
