import type { Writable } from '../../../accounts/directory.ts';
import type { Page } from '../../../engine/administration/listing.ts';
import type { listPersonFactors, PersonView } from '../../../engine/administration/person_views.ts';
import type { SessionView } from '../../../engine/administration/sessions.ts';
import { type Html, html } from '../../../http/html.ts';
import { isOfClient } from '../account/activity.ts';
import type { ActivityEntry, GrantRecord } from '../../../store/records.ts';
import type { ConsoleFrame } from '../../admin/visit.ts';
import { changesPath, personPath } from '../../console_path.ts';
import { english, messagesOf } from '../../messages.ts';
import { grantRow } from './grants.ts';
import { consoleLayout } from './layout.ts';
import {
  badge,
  brief,
  buttonTo,
  linkTo,
  list,
  long,
  pager,
  type Pair,
  pairs,
  type Row,
  said,
  search,
  when,
} from './parts.ts';
import { sessionRow } from './sessions.ts';

export interface PeopleModel {
  readonly people: readonly PersonView[];
  readonly filter: Readonly<Record<'query' | 'group' | 'standing', string | undefined>>;
  /** Whether people can be added. */
  readonly isWritable: boolean;
  readonly next: readonly string[] | undefined;
  readonly isFirst: boolean;
}

export function peopleView(frame: ConsoleFrame, model: PeopleModel): Html {
  const { people, filter, isWritable, next, isFirst } = model;
  const isSearch = Object.values(filter).some((each) => each !== undefined);
  const empty = next === undefined
    ? isSearch ? 'Nobody fits.' : 'There is nobody yet.'
    : 'Nobody among those looked through so far: go on to the next page.';
  return consoleLayout(frame, {
    title: 'People',
    ...isWritable && { actions: buttonTo(frame, '/admin/people/new', 'New person', 'main') },
    body: html`
      ${frame.isOneOfSeveral && html`
        <p class="soft">People are those of all issuers of this server.</p>
      `}
      ${search(frame, [
        { name: 'query', label: 'Username, name or e-mail', value: filter.query },
        { name: 'group', label: 'Group', value: filter.group },
        {
          name: 'standing',
          label: 'Standing',
          value: filter.standing,
          choices: ['enabled', 'disabled'],
        },
      ])}
      <section>
        ${isSearch && html`
          <p class="soft">
            A whole username is found at once; for all else, 2000 people are looked through for each
            page.
          </p>
        `}
        ${list(people.map((person) => personRow(frame, person)), empty)}
        ${pager(frame, { path: '/admin/people', query: filter, next, isFirst })}
      </section>
    `,
  });
}

function personRow(frame: ConsoleFrame, person: PersonView): Row {
  const { id, username, claims, groups, disabled } = person;
  const texts = [claims['name'], claims['email']].filter((each) => typeof each === 'string');
  return {
    name: linkTo(frame, personPath(id), brief(username)),
    facts: [...texts.map(brief), ...groups.length === 0 ? [] : [brief(groups.join(', '))]],
    side: html`${disabled && badge('disabled', 'bad')}`,
  };
}

export interface PersonModel {
  readonly person: PersonView;
  readonly writable: Writable;
  readonly factors: Awaited<ReturnType<typeof listPersonFactors>>;
  readonly sessions: Page<SessionView>;
  readonly grants: Page<GrantRecord>;
  readonly activity: readonly ActivityEntry[];
  /** The administrator's own session, by `sid`. */
  readonly own: string;
}

/** All that is known of a person, and what can be done with it. */
export function personDetailView(frame: ConsoleFrame, model: PersonModel): Html {
  const { person, writable } = model;
  const { id, username, disabled } = person;
  return consoleLayout(frame, {
    title: username,
    heading: html`${brief(username)} ${disabled && badge('disabled', 'bad')}`,
    crumb: { path: '/admin/people', text: 'People' },
    actions: html`
      ${writable.profile && buttonTo(frame, `${personPath(id)}/edit`, 'Edit', 'main')}
      ${buttonTo(frame, changesPath(id), 'Changes')}
    `,
    body: html`
      ${!writable.people && html`
        <p class="note" id="of-file">
          People are kept in a file: who there is, is said there.
          ${writable.profile ? 'What is known of them can be changed here.' : ''}
        </p>
      `}
      <section>${factsOf(frame, person)}</section>
      <section>
        <h2>What is known</h2>
        ${knownOf(person)}
      </section>
      ${factorsOf(frame, model)} ${sessionsOf(frame, model)} ${grantsOf(frame, model)}
      ${activityOf(frame, model)} ${endOf(frame, model)}
    `,
  });
}

function factsOf(frame: ConsoleFrame, person: PersonView): Html {
  const { id, groups, has_password, created_at, updated_at, provenance } = person;
  return pairs([
    ['ID', html`<code id="person-id">${id}</code>`],
    ['Groups', groups.length === 0 ? 'none' : said(groups.join(', '))],
    ['Password', has_password ? 'set' : 'none: no sign-in by password'],
    ['Brought by', badge(provenance)],
    ['Created', when(created_at, frame)],
    ['Changed', when(updated_at, frame)],
  ]);
}

function knownOf({ claims, attributes }: PersonView): Html {
  const all = [...Object.entries(claims), ...Object.entries(attributes)];
  if (all.length === 0) return html`<p class="soft">Nothing beyond the username.</p>`;
  return pairs(all.map(([name, value]): Pair => [
    name,
    long(typeof value === 'string' ? value : JSON.stringify(value)),
  ]));
}

function factorsOf(
  frame: ConsoleFrame,
  { person: { id }, factors: { factors, recovery_codes } }: PersonModel,
): Html {
  const rows = factors.map(({ kind, name, created_at, last_used_at }): Row => ({
    name: brief(name === '' ? KINDS[kind] : name),
    facts: [
      ...name === '' ? [] : [KINDS[kind]],
      html`added ${when(created_at, frame)}`,
      ...last_used_at === undefined ? [] : [html`used ${when(last_used_at, frame)}`],
    ],
  }));
  return html`
    <section>
      <h2>Second factors</h2>
      ${list(rows, 'None.')}
      ${factors.length > 0 && html`
        <p class="soft">${recovery_codes} recovery codes are left.</p>
        <p class="actions">
          ${buttonTo(frame, `${personPath(id)}/reset-factors`, 'Remove all factors')}
        </p>
      `}
    </section>
  `;
}

const KINDS = { totp: 'Authenticator app', passkey: 'Passkey' } as const;

function sessionsOf(
  frame: ConsoleFrame,
  { person: { id, username }, sessions: { items, next }, own }: PersonModel,
): Html {
  const names = new Map([[id, username]]);
  return html`
    <section>
      <h2>Sessions</h2>
      ${list(items.map((each) => sessionRow(frame, each, { names, own })), 'Not signed in.')}
      ${items.length > 0 && html`
        <p class="actions">
          ${next !== undefined && buttonTo(frame, `/admin/sessions?user=${id}`, 'All sessions')}
          ${buttonTo(frame, `${personPath(id)}/sign-out`, 'Sign out everywhere')}
        </p>
      `}
    </section>
  `;
}

function grantsOf(
  frame: ConsoleFrame,
  { person: { id, username }, grants: { items, next } }: PersonModel,
): Html {
  const names = new Map([[id, username]]);
  return html`
    <section>
      <h2>Grants</h2>
      ${list(items.map((each) => grantRow(frame, each, names)), 'Nothing is granted.')}
      <p class="actions">
        ${next !== undefined && buttonTo(frame, `/admin/grants?user=${id}`, 'All grants')}
        ${items.length > 0 && buttonTo(frame, `${personPath(id)}/revoke-grants`, 'Revoke all')}
        ${buttonTo(frame, `/admin/grants?kind=consents&user=${id}`, 'Remembered answers')}
        ${buttonTo(frame, `${personPath(id)}/forget-consents`, 'Forget remembered answers')}
      </p>
    </section>
  `;
}

const ENGLISH = messagesOf(english);

function activityOf(frame: ConsoleFrame, { activity }: PersonModel): Html {
  const rows = activity.map(({ kind, at, address, client_id, count }): Row => ({
    name: isOfClient(kind)
      ? ENGLISH.html(`activity.${kind}`, { client: client_id ?? '' })
      : html`${ENGLISH.text(`activity.${kind}`)}`,
    facts: [
      ...address === undefined ? [] : [said(address)],
      ...count === undefined ? [] : [`${count} times`],
    ],
    side: when(at, frame),
  }));
  return html`
    <section>
      <h2>Activity</h2>
      ${list(rows, 'Nothing happened lately.')}
    </section>
  `;
}

function endOf(frame: ConsoleFrame, { person, writable }: PersonModel): Html {
  const { id, disabled } = person;
  if (!writable.people && !writable.password) return html``;
  const path = personPath(id);
  return html`
    <section>
      <h2>Access</h2>
      <p class="actions">
        ${writable.password && !disabled && buttonTo(
          frame,
          `${path}/reset-link`,
          'Link for a new password',
        )}
        ${writable.people &&
          (disabled
            ? buttonTo(frame, `${path}/enable`, 'Enable')
            : buttonTo(frame, `${path}/disable`, 'Disable'))}
        ${writable.people && buttonTo(frame, `${path}/remove`, 'Remove')}
      </p>
    </section>
  `;
}
