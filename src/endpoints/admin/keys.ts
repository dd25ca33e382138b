import { KEY_ROTATION, NEW_KEY } from '../../engine/administration/forms.ts';
import { importKey, removeKey, rotateKeys, showKey } from '../../engine/administration/keys.ts';
import { done } from '../../engine/administration/outcome.ts';
import { KEY_VIEW, KEYS_VIEW, ROTATED_VIEW } from '../../engine/administration/views.ts';
import { type Operation, operation } from './operation.ts';
import { resourceAnswer, valueAnswer } from './page.ts';

export const KEY_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listKeys',
    tag: 'keys',
    method: 'GET',
    path: '/keys',
    summary: 'List the keys of the issuer, without what is secret in them.',
    scope: 'ostiary:read',
    response: KEYS_VIEW,
    async run(_call, { keys }) {
      // All of them, of which on a first start one may still be being made.
      await keys.jwksText();
      return done({ value: { items: keys.describe() } });
    },
  }),
  operation({
    id: 'readKey',
    tag: 'keys',
    method: 'GET',
    path: '/keys/{kid}',
    summary: 'Read one key, without what is secret in it.',
    scope: 'ostiary:read',
    response: KEY_VIEW,
    hasEtag: true,
    run: async ({ params: { kid = '' } }, engine) => resourceAnswer(await showKey(kid, engine)),
  }),
  operation({
    id: 'rotateKeys',
    tag: 'keys',
    method: 'POST',
    path: '/keys/rotate',
    summary:
      'Have keys give way to new ones: of one alg, of one use, or all; with now, before others can know them.',
    scope: 'ostiary:admin',
    body: KEY_ROTATION,
    isBodyOptional: true,
    response: ROTATED_VIEW,
    run: async ({ body: { use, alg, now }, by }, engine) =>
      valueAnswer(await rotateKeys({ use, alg, isNow: now }, by, engine)),
  }),
  operation({
    id: 'importKey',
    tag: 'keys',
    method: 'POST',
    path: '/keys',
    summary: 'Take in a private key of somebody else’s making.',
    scope: 'ostiary:admin',
    body: NEW_KEY,
    status: 201,
    response: KEY_VIEW,
    run: async ({ body: { key, use, alg, now }, by }, engine) =>
      valueAnswer(await importKey(key, { use, alg, isNow: now }, by, engine)),
  }),
  operation({
    id: 'removeKey',
    tag: 'keys',
    method: 'DELETE',
    path: '/keys/{kid}',
    summary:
      'Take a key away at once, as after it became known: all that was made with it is void.',
    scope: 'ostiary:admin',
    response: KEY_VIEW,
    run: async ({ params: { kid = '' }, by }, engine) =>
      valueAnswer(await removeKey(kid, by, engine)),
  }),
];
