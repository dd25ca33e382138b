/** The pages of the account with models as they occur, and as they should not. */
import type { Html } from '../../src/http/html.ts';
import type { AccountPage } from '../../src/interaction/account_pages.ts';
import { deviceNameOf } from '../../src/interaction/account/device_name.ts';
import type { AccountFrame } from '../../src/interaction/account/visit.ts';
import type { Frame } from '../../src/interaction/frame.ts';
import { activityView, isOfClient } from '../../src/interaction/views/account/activity.ts';
import { applicationsView } from '../../src/interaction/views/account/applications.ts';
import { overviewView } from '../../src/interaction/views/account/overview.ts';
import { passwordView } from '../../src/interaction/views/account/password.ts';
import { profileView } from '../../src/interaction/views/account/profile.ts';
import { type OpenRequest, requestsView } from '../../src/interaction/views/account/requests.ts';
import { sessionsView } from '../../src/interaction/views/account/sessions.ts';
import { ACTIVITY_KINDS } from '../../src/store/records.ts';

const NOW = 1_790_000_000;
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 ' +
  '(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const LONG_NAME = 'Verwaltungsgemeinschaft für Bürgerdienste und Datenverarbeitung Südwest GmbH';

const OPEN: OpenRequest = {
  id: 'a',
  name: 'Example Bank',
  binding_message: 'W4SCT',
  secondsLeft: 280,
  scopes: [
    { name: 'openid', required: true },
    { name: 'profile', required: false },
    { name: 'payments', description: 'Pay from your account', required: false },
  ],
  claims: [],
  isNewClient: false,
  resources: [],
  details: [],
};

const VALUES = new Map([
  ['name', 'Ada Lovelace'],
  ['given_name', 'Ada'],
  ['family_name', 'Lovelace'],
  ['email', 'ada@engine.example'],
  ['birthdate', '1815-12-10'],
  ['locality', 'London'],
]);

export const accountShots: Readonly<Record<string, (frame: Frame) => Html>> = {
  'account': (frame) =>
    overviewView({
      ...framed(frame, 'overview'),
      name: 'Ada Lovelace',
      email: 'ada@engine.example',
      isEmailVerified: true,
      factors: 2,
      sessions: 3,
      applications: 12,
      isAdministrator: true,
      accountsHere: ['ada', 'charles.babbage'],
    }),
  'account-bare': (frame) =>
    overviewView({
      ...framed(frame, 'overview'),
      isEmailVerified: false,
      factors: 0,
      sessions: 1,
      applications: 0,
      isAdministrator: false,
      accountsHere: ['ada'],
    }),
  'account-profile': (frame) =>
    profileView({
      ...framed(frame, 'profile', 'profile_saved'),
      values: VALUES,
      problems: [],
      isReadOnly: false,
      isEmailVerified: true,
    }),
  'account-profile-problems': (frame) =>
    profileView({
      ...framed(frame, 'profile'),
      values: new Map([...VALUES, ['email', 'ada'], ['birthdate', 'long ago']]),
      problems: [
        { field: 'email', refusal: { id: 'format.email' } },
        { field: 'birthdate', refusal: { id: 'format.birthdate' } },
      ],
      isReadOnly: false,
      isEmailVerified: false,
    }),
  'account-profile-read-only': (frame) =>
    profileView({
      ...framed(frame, 'profile'),
      values: VALUES,
      problems: [],
      isReadOnly: true,
      isEmailVerified: false,
    }),
  'account-password': (frame) =>
    passwordView({ ...framed(frame, 'password'), minPasswordCharacters: 8, isReadOnly: false }),
  'account-password-wrong': (frame) =>
    passwordView({
      ...framed(frame, 'password'),
      minPasswordCharacters: 8,
      isReadOnly: false,
      problem: { field: 'current', kind: 'wrong' },
    }),
  'account-password-slow-down': (frame) =>
    passwordView({
      ...framed(frame, 'password'),
      minPasswordCharacters: 8,
      isReadOnly: false,
      problem: { kind: 'slow_down', retryAfterSeconds: 40 },
    }),
  'account-password-read-only': (frame) =>
    passwordView({ ...framed(frame, 'password'), minPasswordCharacters: 8, isReadOnly: true }),
  'account-sessions': (frame) =>
    sessionsView({
      ...framed(frame, 'sessions', 'session_ended'),
      sessions: [
        session('1', DESKTOP, true),
        session('2', PHONE),
        session('3', LONG_NAME.repeat(2)),
        session('4', ''),
      ],
      zoneinfo: 'Europe/London',
    }),
  'account-applications': (frame) =>
    applicationsView({
      ...framed(frame, 'applications'),
      applications: [
        {
          client_id: 'mail',
          name: 'Mail',
          scopes: [{ name: 'openid' }, { name: 'email' }, { name: 'offline_access' }],
          resources: [],
          granted_at: NOW - 86_400,
          last_used_at: NOW,
        },
        {
          client_id: 'long',
          name: LONG_NAME,
          scopes: [{ name: 'openid' }, {
            name: 'calendar.read',
            description: 'Read your calendar',
          }],
          resources: [`https://files.example.com/tenants/${'0123456789abcdef'.repeat(4)}/`],
          last_used_at: NOW - 3600,
        },
      ],
      consents: [
        { client_id: 'mail', name: 'Mail', scopes: [{ name: 'openid' }], expires_at: NOW + 86_400 },
      ],
      zoneinfo: undefined,
    }),
  'account-applications-none': (frame) =>
    applicationsView({
      ...framed(frame, 'applications', 'application_revoked'),
      applications: [],
      consents: [],
      zoneinfo: undefined,
    }),
  'account-requests': (frame) =>
    requestsView({
      ...framed(frame, 'requests'),
      waiting: 1,
      open: OPEN,
      others: [],
      hasUserCode: false,
    }),
  'account-requests-everything': (frame) =>
    requestsView({
      ...framed(frame, 'requests'),
      waiting: 3,
      hasUserCode: true,
      problem: 'refused',
      open: {
        ...OPEN,
        name: LONG_NAME,
        binding_message: 'Überweisung 1.234,56 € an Erika Mustermann, Konto …4711 – 0815 4711',
        isNewClient: true,
        resources: ['https://files.example.com/'],
        details: [{ type: 'payment', members: [{ name: 'amount', value: '1234.56' }] }],
      },
      others: [{ id: 'b', name: 'Call centre', binding_message: '4711', secondsLeft: 60 }, {
        id: 'c',
        name: LONG_NAME,
        secondsLeft: 3600,
      }],
    }),
  'account-requests-list': (frame) =>
    requestsView({
      ...framed(frame, 'requests'),
      waiting: 1234,
      hasUserCode: false,
      problem: 'busy',
      others: [{ id: 'b', name: 'Call centre', binding_message: '4711', secondsLeft: 60 }],
    }),
  'account-requests-none': (frame) =>
    requestsView({ ...framed(frame, 'requests'), others: [], hasUserCode: true }),
  'account-activity': (frame) =>
    activityView({
      ...framed(frame, 'activity'),
      entries: ACTIVITY_KINDS.map((kind, index) => ({
        kind,
        at: NOW - index * 7000,
        address: index % 2 === 0 ? '203.0.113.7' : '2001:db8:1234:5678:9abc:def0:1234:5678',
        user_agent: index % 3 === 0 ? PHONE : DESKTOP,
        device: deviceNameOf(index % 3 === 0 ? PHONE : DESKTOP),
        ...(kind === 'sign_in_failed' ? { count: 12 } : {}),
        ...(isOfClient(kind) ? { client_id: 'mail' } : {}),
      })),
      zoneinfo: 'Europe/London',
    }),
  'account-activity-none': (frame) =>
    activityView({ ...framed(frame, 'activity'), entries: [], zoneinfo: undefined }),
};

function framed(
  frame: Frame,
  section: AccountPage,
  done?: 'profile_saved' | 'session_ended' | 'application_revoked',
): AccountFrame {
  return {
    ...frame,
    section,
    username: 'ada',
    action: 'https://auth.example.com/account/x',
    hidden: { csrf: 'c' },
    ...(done === undefined ? {} : { notice: frame.messages.text(`account_done.${done}`) }),
  };
}

function session(sid: string, user_agent: string, isThis = false) {
  return {
    sid,
    isThis,
    device: deviceNameOf(user_agent),
    user_agent,
    address: '203.0.113.7',
    auth_time: NOW - 7000,
    last_used_at: NOW,
  };
}
