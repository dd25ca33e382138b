import { NEW_REGISTRATION_TOKEN } from '../../engine/administration/forms.ts';
import { done } from '../../engine/administration/outcome.ts';
import {
  addRegistrationToken,
  pageRegistrationTokens,
  removeRegistrationToken,
} from '../../engine/administration/registration_tokens.ts';
import {
  MADE_REGISTRATION_TOKEN_VIEW,
  pageView,
  REGISTRATION_TOKEN_VIEW,
} from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { pageAnswer, valueAnswer } from './page.ts';

export const REGISTRATION_TOKEN_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listRegistrationTokens',
    tag: 'registration tokens',
    method: 'GET',
    path: '/registration-tokens',
    summary: 'List the initial access tokens for dynamic registration, without the tokens.',
    scope: 'ostiary:read',
    isPaged: true,
    response: pageView(REGISTRATION_TOKEN_VIEW),
    run: async ({ page }, engine) => pageAnswer(await pageRegistrationTokens(page, engine)),
  }),
  operation({
    id: 'createRegistrationToken',
    tag: 'registration tokens',
    method: 'POST',
    path: '/registration-tokens',
    summary: 'Make an initial access token for dynamic registration; it is shown this once.',
    scope: 'ostiary:admin',
    body: NEW_REGISTRATION_TOKEN,
    isBodyOptional: true,
    status: 201,
    response: MADE_REGISTRATION_TOKEN_VIEW,
    async run({ body: { uses, lifetime, ...options }, by }, engine) {
      const bounds = { uses: uses ?? undefined, lifetime: lifetime ?? undefined };
      return valueAnswer(await addRegistrationToken({ ...options, ...bounds }, by, engine));
    },
  }),
  operation({
    id: 'removeRegistrationToken',
    tag: 'registration tokens',
    method: 'DELETE',
    path: '/registration-tokens/{id}',
    summary: 'Remove an initial access token; clients that were registered with it stay.',
    scope: 'ostiary:admin',
    status: 204,
    async run({ params: { id = '' }, by }, engine) {
      const removed = await removeRegistrationToken(id, by, engine);
      return removed.kind === 'refused' ? removed : done({});
    },
  }),
];
