import { explainClaims } from '../../engine/claims/explain.ts';
import { SUBJECTS } from '../../engine/administration/forms.ts';
import { refused } from '../../engine/administration/outcome.ts';
import { importSubjects, pageSubjects } from '../../engine/administration/subjects.ts';
import {
  CLAIMS_EXPLANATION_VIEW,
  pageView,
  SUBJECT_VIEW,
  SUBJECTS_IMPORT_VIEW,
} from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { pageAnswer, valueAnswer } from './page.ts';

/** What clients learn of people. */
export const CLAIMS_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'explainClaims',
    tag: 'claims',
    method: 'GET',
    path: '/claims/explain',
    summary: 'Say which claims of a person would go where, why, and what would be missing.',
    scope: 'ostiary:read',
    query: {
      client_id: { type: 'string', help: 'The client that would ask; required.' },
      username: { type: 'string', help: 'The person who would sign in; required.' },
      scope: { type: 'string', help: 'What it would be granted; by default openid.' },
      claims: { type: 'string', help: 'The claims parameter (Core §5.5).' },
      claims_locales: { type: 'string', help: 'The languages wanted, best first.' },
      response_type: { type: 'string', help: 'By default code.' },
    },
    response: CLAIMS_EXPLANATION_VIEW,
    async run({ query }, engine) {
      const [client_id, username] = [query.get('client_id'), query.get('username')];
      if (client_id === undefined || username === undefined) {
        return refused('give client_id and username');
      }
      const { scope = 'openid', ...rest } = Object.fromEntries(query);
      return valueAnswer(await explainClaims({ ...rest, scope, client_id, username }, engine));
    },
  }),
  operation({
    id: 'listSubjects',
    tag: 'subjects',
    method: 'GET',
    path: '/subjects',
    summary: 'List by which sub clients know people.',
    scope: 'ostiary:read',
    query: { user: { type: 'string', help: 'Those of this person, by ID.' } },
    isPaged: true,
    response: pageView(SUBJECT_VIEW),
    run: async ({ query, page }, engine) =>
      pageAnswer(await pageSubjects(query.get('user'), page, engine)),
  }),
  operation({
    id: 'importSubjects',
    tag: 'subjects',
    method: 'POST',
    path: '/subjects',
    summary: 'Take over subs of another provider: all of them, or none.',
    scope: 'ostiary:admin',
    body: SUBJECTS,
    response: SUBJECTS_IMPORT_VIEW,
    run: async ({ body: { items }, by }, engine) =>
      valueAnswer(await importSubjects(JSON.stringify(items), by, engine)),
  }),
];
