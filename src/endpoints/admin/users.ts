import { listActivity } from '../../engine/activity.ts';
import { NEW_PASSWORD, NEW_PERSON, PERSON_PATCH } from '../../engine/administration/forms.ts';
import { done, type Outcome, refused } from '../../engine/administration/outcome.ts';
import {
  addPerson,
  disablePerson,
  enablePerson,
  makeResetLink,
  patchPerson,
  removePerson,
  resetFactors,
  setPersonPassword,
} from '../../engine/administration/people.ts';
import {
  listPersonFactors,
  pagePeople,
  personEtag,
  type PersonView,
  personView,
} from '../../engine/administration/person_views.ts';
import {
  ACTIVITY_VIEW,
  FACTORS_VIEW,
  pageView,
  PERSON_VIEW,
  REMOVED_PERSON_VIEW,
  RESET_FACTORS_VIEW,
  RESET_LINK_VIEW,
} from '../../engine/administration/views.ts';
import type { Engine } from '../../engine/engine.ts';
import type { UserRecord } from '../../store/records.ts';
import { type Answer, type Call, type Operation, operation } from './operation.ts';
import { pageAnswer, valueAnswer } from './page.ts';

export const USER_OPERATIONS: readonly Operation[] = [
  operation({
    id: 'listUsers',
    tag: 'users',
    method: 'GET',
    path: '/users',
    summary: 'List people in order of username.',
    scope: 'ostiary:read',
    query: {
      query: { type: 'string', help: 'A part of the username, name or e-mail address.' },
      username: { type: 'string', help: 'The one person of this name.' },
      group: { type: 'string', help: 'Members of this group.' },
      disabled: { type: 'boolean', help: 'Whether they are kept from signing in.' },
    },
    isPaged: true,
    response: pageView(PERSON_VIEW),
    async run({ query, page }, engine) {
      const username = query.get('username');
      if (username !== undefined) {
        const user = await engine.directory.findByUsername(username);
        return pageAnswer({ items: user === undefined ? [] : [personView(user)] });
      }
      const disabled = query.get('disabled');
      const filter = {
        query: query.get('query'),
        group: query.get('group'),
        disabled: disabled === undefined ? undefined : disabled === 'true',
      };
      return pageAnswer(await pagePeople(filter, page, engine));
    },
  }),
  operation({
    id: 'createUser',
    tag: 'users',
    method: 'POST',
    path: '/users',
    summary: 'Add a person; without a password they cannot sign in by one.',
    scope: 'ostiary:admin',
    body: NEW_PERSON,
    status: 201,
    response: PERSON_VIEW,
    hasEtag: true,
    async run({ body, by }, engine) {
      const added = await addPerson(body, by, engine);
      if (added.kind === 'refused') return added;
      return await personAnswer(added, engine, { location: `/users/${added.value.id}` });
    },
  }),
  operation({
    id: 'readUser',
    tag: 'users',
    method: 'GET',
    path: '/users/{user}',
    summary: 'Read a person.',
    scope: 'ostiary:read',
    response: PERSON_VIEW,
    hasEtag: true,
    run: (call, engine) =>
      withPerson(call, engine, (user) => personAnswer(done(personView(user)), engine)),
  }),
  operation({
    id: 'updateUser',
    tag: 'users',
    method: 'PATCH',
    path: '/users/{user}',
    summary: 'Change groups, claims and attributes of a person (RFC 7396); null removes.',
    scope: 'ostiary:admin',
    body: PERSON_PATCH,
    mediaType: 'application/merge-patch+json',
    ifMatch: 'honoured',
    response: PERSON_VIEW,
    hasEtag: true,
    run: (call, engine) =>
      withPerson(call, engine, async (user) => {
        const { body, by, isExpected } = call;
        return await personAnswer(
          await patchPerson(user, body, by, engine, { isExpected }),
          engine,
        );
      }),
  }),
  operation({
    id: 'removeUser',
    tag: 'users',
    method: 'DELETE',
    path: '/users/{user}',
    summary: 'Remove a person with their sessions, grants and consents.',
    scope: 'ostiary:admin',
    ifMatch: 'honoured',
    response: REMOVED_PERSON_VIEW,
    run: (call, engine) =>
      withPerson(call, engine, async (user) => {
        const { by, isExpected } = call;
        return valueAnswer(await removePerson(user, by, engine, { isExpected }));
      }),
  }),
  operation({
    id: 'setUserPassword',
    tag: 'users',
    method: 'POST',
    path: '/users/{user}/password',
    summary: 'Set a password; sessions and grants from before end.',
    scope: 'ostiary:admin',
    body: NEW_PASSWORD,
    ifMatch: 'honoured',
    response: PERSON_VIEW,
    hasEtag: true,
    run: (call, engine) =>
      withPerson(call, engine, async (user) =>
        await personAnswer(
          await setPersonPassword(user, call.body.password, call.by, engine, {
            isExpected: call.isExpected,
          }),
          engine,
        )),
  }),
  operation({
    id: 'makeUserResetLink',
    tag: 'users',
    method: 'POST',
    path: '/users/{user}/reset-link',
    summary: 'Make a link with which the person chooses a new password, or a first one, once.',
    scope: 'ostiary:admin',
    status: 201,
    response: RESET_LINK_VIEW,
    run: (call, engine) =>
      withPerson(
        call,
        engine,
        async (user) => valueAnswer(await makeResetLink(user, call.by, engine)),
      ),
  }),
  changeOperation(
    'disable',
    'Keep a person from signing in; sessions and grants end.',
    disablePerson,
  ),
  changeOperation('enable', 'Let a disabled person sign in again.', enablePerson),
  operation({
    id: 'listUserFactors',
    tag: 'users',
    method: 'GET',
    path: '/users/{user}/factors',
    summary: 'List the second factors of a person, without what proves them.',
    scope: 'ostiary:read',
    response: FACTORS_VIEW,
    run: (call, engine) =>
      withPerson(
        call,
        engine,
        async ({ id }) => done({ value: await listPersonFactors(id, engine) }),
      ),
  }),
  operation({
    id: 'resetUserFactors',
    tag: 'users',
    method: 'DELETE',
    path: '/users/{user}/factors',
    summary: 'Remove all second factors of somebody who has lost them; they are signed out.',
    scope: 'ostiary:admin',
    response: RESET_FACTORS_VIEW,
    run: (call, engine) =>
      withPerson(
        call,
        engine,
        async ({ id }) => done({ value: await resetFactors(id, call.by, engine) }),
      ),
  }),
  operation({
    id: 'listUserActivity',
    tag: 'users',
    method: 'GET',
    path: '/users/{user}/activity',
    summary: 'List what happened lately to a person’s account, newest first.',
    scope: 'ostiary:read',
    response: ACTIVITY_VIEW,
    run: (call, engine) =>
      withPerson(
        call,
        engine,
        async ({ id }) => done({ value: { items: await listActivity(id, engine) } }),
      ),
  }),
];

type Change = typeof disablePerson;

function changeOperation(verb: 'disable' | 'enable', summary: string, change: Change): Operation {
  return operation({
    id: `${verb}User`,
    tag: 'users',
    method: 'POST',
    path: `/users/{user}/${verb}`,
    summary,
    scope: 'ostiary:admin',
    ifMatch: 'honoured',
    response: PERSON_VIEW,
    hasEtag: true,
    run: (call, engine) =>
      withPerson(call, engine, async ({ id }) => {
        const { by, isExpected } = call;
        return await personAnswer(await change(id, by, engine, { isExpected }), engine);
      }),
  });
}

async function withPerson<T>(
  { params: { user: id = '' } }: Call<T>,
  engine: Engine,
  work: (user: UserRecord) => Promise<Outcome<Answer>>,
): Promise<Outcome<Answer>> {
  const user = await engine.directory.findById(id);
  return user === undefined
    ? refused(`there is no user of the ID ${JSON.stringify(id)}`, 'missing')
    : await work(user);
}

async function personAnswer(
  outcome: Outcome<PersonView>,
  engine: Engine,
  answer: Omit<Answer, 'value' | 'etag'> = {},
): Promise<Outcome<Answer>> {
  if (outcome.kind === 'refused') return outcome;
  const user = await engine.directory.findById(outcome.value.id);
  return user === undefined
    ? refused('the person was just removed', 'missing')
    : done({ ...answer, value: personView(user), etag: personEtag(user) });
}
