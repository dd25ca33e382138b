/** Every view with models as they occur and as they should not: what tests and `scripts/screenshots.ts` look at. */
import { type Html, html } from '../../src/http/html.ts';
import type { Frame } from '../../src/interaction/frame.ts';
import { lookOf } from '../../src/interaction/look.ts';
import { english, messagesOf } from '../../src/interaction/messages.ts';
import { accountShots } from './account_models.ts';
import { factorShots, passkeyRequest } from './factor_models.ts';
import { logoutShots } from './logout_models.ts';
import { accountLayout } from '../../src/interaction/views/account_layout.ts';
import { accessForbiddenView } from '../../src/interaction/views/access_forbidden.ts';
import { type ConsentModel, consentView } from '../../src/interaction/views/consent.ts';
import {
  deviceConfirmView,
  deviceDoneView,
  deviceView,
} from '../../src/interaction/views/device.ts';
import { errorView } from '../../src/interaction/views/error.ts';
import { formPostView } from '../../src/interaction/views/form_post.ts';
import { homeView } from '../../src/interaction/views/home.ts';
import { selectAccountView } from '../../src/interaction/views/select_account.ts';
import { type LoginModel, loginView } from '../../src/interaction/views/login.ts';
import {
  askResetView,
  newPasswordView,
  resetSentView,
  voidResetView,
} from '../../src/interaction/views/reset_password.ts';
import { setupClosedView, setupView } from '../../src/interaction/views/setup.ts';
import { setupDoneView } from '../../src/interaction/views/setup_done.ts';
import { type SignUpModel, signUpView } from '../../src/interaction/views/sign_up.ts';

export const frame: Frame = {
  nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
  messages: messagesOf(english),
  product: 'Ostiary',
  issuer: 'https://auth.example.com',
  look: { links: [] },
  picker: {
    languages: [
      { tag: 'en', name: 'English' },
      { tag: 'de', name: 'Deutsch' },
      { tag: 'he', name: 'עברית' },
    ],
    current: 'en',
    over: ['de-AT', 'de'],
    back: '/login?pending=p',
  },
};

/** As in a translation to a right-to-left language; the words stay English. */
export const mirrored: Frame = {
  ...frame,
  messages: { ...messagesOf(english), lang: 'he', dir: 'rtl' },
  product: 'שומר הסף',
};

const logo =
  'https://logo.example/%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22%20viewBox=%220%200%2040%2040%22%3E%3Ccircle%20cx=%2220%22%20cy=%2220%22%20r=%2218%22%20fill=%22%23e8590c%22/%3E%3Cpath%20d=%22M11%2024l6-8%205%206%207-10%22%20stroke=%22white%22%20stroke-width=%223.5%22%20fill=%22none%22/%3E%3C/svg%3E';

const client = {
  name: 'Fieldnotes',
  logo_uri: logo,
  policy_uri: 'https://fieldnotes.example/privacy',
  tos_uri: 'https://fieldnotes.example/terms',
  redirectHost: 'fieldnotes.example',
};

const longName = 'Verwaltungsgemeinschaftsinformationsportal der vereinigten Kommunen am unteren ' +
  'Niederrhein, Testsystem zwei für Abnahmen durch Dritte (bitte nicht produktiv verwenden)';

const hostile = `</title><script>alert(1)</script>"'><img src=x onerror=alert(2)>`;

const login: LoginModel = {
  ...frame,
  client,
  action: 'https://auth.example.com/login',
  hidden: { csrf: 'c', pending: 'p' },
};

const alone: LoginModel = { ...frame, action: login.action, hidden: login.hidden };

const reset = {
  ...frame,
  action: 'https://auth.example.com/reset-password',
  hidden: { csrf: 'c', token: 't' },
  loginUrl: login.action,
  username: 'ada',
  minPasswordCharacters: 8,
};

const consent: ConsentModel = {
  ...frame,
  client,
  action: 'https://auth.example.com/consent',
  hidden: { csrf: 'c', pending: 'p' },
  username: 'ada',
  notYou: 'https://auth.example.com/login?pending=p',
  scopes: [
    { name: 'openid', required: true },
    { name: 'profile', required: false },
    { name: 'email', required: false },
    { name: 'offline_access', required: false },
  ],
  claims: [],
  isNewClient: false,
  resources: [],
  details: [],
};

const everything: ConsentModel = {
  ...consent,
  username: 'augusta.ada.king.countess.of.lovelace.1815.analytical@engine.example',
  client: { name: longName, redirectHost: `${'verwaltungsportal-'.repeat(3)}test.example:8443` },
  scopes: [
    ...['openid', 'profile', 'email', 'phone', 'address', 'groups', 'offline_access']
      .map((name) => ({ name, required: name === 'openid' })),
    { name: 'calendar.read', required: false, description: 'Read your calendar, also past events' },
    { name: `urn:example:${'very-long-scope-'.repeat(6)}name`, required: false },
  ],
  claims: ['birthdate', 'zoneinfo', 'https://claims.example/membership_number'].map((name) => ({
    name,
    required: name === 'zoneinfo',
  })),
  isNewClient: true,
  rememberSeconds: 7 * 86_400,
  resources: [
    'https://api.example.com/',
    `https://files.example.com/tenants/${'0123456789abcdef'.repeat(4)}/`,
  ],
  details: [
    {
      type: 'payment_initiation',
      description: 'Make one payment',
      members: [
        { name: 'instructedAmount', value: '{"currency":"EUR","amount":"123.50"}' },
        { name: 'creditorName', value: 'Merchant A' },
      ],
    },
    { type: 'https://scheme.example/files', members: [{ name: 'actions', value: '["read"]' }] },
  ],
};

const signUp: SignUpModel = {
  ...frame,
  client,
  action: 'https://auth.example.com/sign-up',
  hidden: { csrf: 'c', pending: 'p' },
  loginUrl: 'https://auth.example.com/login?pending=p',
  minPasswordCharacters: 8,
  values: {},
  problems: [],
  retryAfterSeconds: 60,
};

const device = {
  ...frame,
  action: 'https://auth.example.com/device',
  hidden: { csrf: 'c' },
  retryAfterSeconds: 60,
};

const confirm = {
  ...consent,
  client: { name: 'Fieldnotes for television', logo_uri: logo },
  action: 'https://auth.example.com/device/confirm',
  hidden: { csrf: 'c', device: 'd' },
  userCode: 'WDJB-MJHT',
};

const setup = {
  ...frame,
  action: 'https://auth.example.com/setup',
  hidden: { csrf: 'c', token: 't' },
  minPasswordCharacters: 8,
};

const done = {
  ...frame,
  username: 'ada',
  command: 'npx ostiary client add my-app --redirect-uri https://app.example.com/callback',
  discoveryUrl: 'https://auth.example.com/.well-known/openid-configuration',
};

/** Not a page of ours: everything that the style sheet has for the account, side by side. */
function accountLooks(frame: Frame, username: string): Html {
  const item = (name: string, more: Html, act: Html) =>
    html`
      <li>
        <span class="face" aria-hidden="true">F</span>
        <div class="what">
          <h3>${name} ${more}</h3>
          <p class="soft">${frame.messages.time(1_790_000_000, 'Europe/Berlin')}, 203.0.113.7</p>
        </div>
        ${act}
      </li>
    `;
  const remove = html`<form><button class="small danger">Remove</button></form>`;
  return accountLayout({
    ...frame,
    title: 'How things look',
    section: 'totp',
    username,
    notice: 'The password was changed.',
    body: html`
      <section>
        <h2>Items</h2>
        <ul class="items">
          ${item('Firefox on Linux', html`<span class="badge">This browser</span>`, html``)}
          ${item(longName, html``, remove)}
        </ul>
        <div class="buttons">
          <a class="button" href="#add">Add a passkey</a>
          <a class="button quiet" href="#codes">New codes</a>
        </div>
      </section>
      <section>
        <h2>Pairs</h2>
        <dl class="pairs">
          <div>
            <dt>Name</dt>
            <dd>Ada Lovelace</dd>
          </div>
          <div>
            <dt>Email address</dt>
            <dd>augusta.ada.king.countess.of.lovelace@engine.example</dd>
          </div>
        </dl>
        <form>
          <div class="field">
            <label for="zone">Time zone</label>
            <select id="zone"><option>Europe/Berlin</option><option>UTC</option></select>
          </div>
          <button>Save</button>
        </form>
      </section>
      <section>
        <h2>Secrets</h2>
        <div class="qr">
          <svg viewBox="0 0 21 21" role="img" aria-label="QR code">
            <path d="M0 0h7v7H0z" />
          </svg>
        </div>
        <ol class="codes">
          ${['k3f9-q2x7-aaaa', 'wdjb-mjht-bbbb', 'zzzz-0000-cccc'].map((code) =>
            html`<li><code>${code}</code></li>`
          )}
        </ol>
        <div class="scroll" tabindex="0" role="region" aria-label="Activity">
          <table>
            <thead>
              <tr>
                <th>When</th>
                <th>What</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <td>${frame.messages.date(1_790_000_000)}</td>
                <td>Signed in</td>
              </tr>
            </tbody>
          </table>
        </div>
      </section>
    `,
  });
}

/** Each with the frame it is to stand in. */
export const shots: Readonly<Record<string, (frame: Frame) => Html>> = {
  ...accountShots,
  ...factorShots,
  ...logoutShots,
  'login-passkey': (frame) => loginView({ ...login, ...frame, passkey: passkeyRequest }),
  'login-passkey-refused': (frame) =>
    loginView({ ...alone, ...frame, passkey: passkeyRequest, problem: 'passkey_refused' }),
  'login-ended': (frame) => loginView({ ...login, ...frame, problem: 'ended' }),
  'login': (frame) => loginView({ ...login, ...frame }),
  'select-account': (frame) =>
    selectAccountView({
      ...frame,
      client,
      action: 'https://auth.example.com/select-account',
      hidden: { csrf: 'c', pending: 'p' },
      accounts: [
        { sid: '1', username: 'ada', name: 'Ada Lovelace' },
        { sid: '2', username: 'charles.babbage' },
      ],
      otherUrl: 'https://auth.example.com/login?pending=p&switch=yes',
    }),
  'login-alone': (frame) => loginView({ ...alone, ...frame }),
  'login-wrong': (frame) => loginView({ ...login, ...frame, username: 'ada', problem: 'wrong' }),
  'login-slow-down': (frame) =>
    loginView({ ...alone, ...frame, username: 'ada', problem: 'slow_down', retryAfterSeconds: 40 }),
  'login-long': (frame) =>
    loginView({
      ...everything,
      ...frame,
      action: login.action,
      username: 'x'.repeat(120),
      problem: 'busy',
    }),
  'login-hostile': (frame) =>
    loginView({
      ...login,
      ...frame,
      client: {
        name: hostile,
        logo_uri: 'javascript:alert(1)',
        policy_uri: 'data:text/html,x',
        redirectHost: hostile,
      },
      username: hostile,
      problem: 'expired',
    }),
  'login-rtl-name': (frame) =>
    loginView({
      ...login,
      ...frame,
      client: { ...client, name: 'רשימות שדה (2)', redirectHost: 'דוגמה.example' },
    }),
  'login-mirrored': () => loginView({ ...login, ...mirrored, problem: 'wrong' }),
  'login-sign-up': (frame) =>
    loginView({ ...login, ...frame, signUpUrl: 'https://auth.example.com/sign-up?pending=p' }),
  'sign-up': (frame) => signUpView({ ...signUp, ...frame }),
  'sign-up-alone': (frame) => {
    const { client: _client, ...rest } = signUp;
    return signUpView({ ...rest, ...frame });
  },
  'sign-up-problems': (frame) =>
    signUpView({
      ...signUp,
      ...frame,
      values: { username: 'ada', name: hostile, email: 'ada' },
      problems: [
        { field: 'username', kind: 'taken' },
        { field: 'email', kind: 'refused', refusal: { id: 'format.email' } },
        { field: 'repeat', kind: 'differs' },
      ],
    }),
  'sign-up-slow-down': (frame) =>
    signUpView({ ...signUp, ...frame, values: { username: 'ada' }, trouble: 'slow_down' }),
  'sign-up-busy': (frame) => signUpView({ ...signUp, ...frame, trouble: 'busy' }),
  'sign-up-mirrored': () => signUpView({ ...signUp, ...mirrored }),
  'device': (frame) => deviceView({ ...device, ...frame }),
  'device-filled': (frame) => deviceView({ ...device, ...frame, userCode: 'WDJB-MJHT' }),
  'device-wrong': (frame) =>
    deviceView({ ...device, ...frame, userCode: 'WDJB-MJHT', problem: 'wrong' }),
  'device-slow-down': (frame) => deviceView({ ...device, ...frame, problem: 'slow_down' }),
  'device-mirrored': () => deviceView({ ...device, ...mirrored, userCode: 'WDJB-MJHT' }),
  'device-confirm': (frame) => deviceConfirmView({ ...confirm, ...frame }),
  'device-confirm-everything': (frame) =>
    deviceConfirmView({
      ...confirm,
      ...everything,
      ...frame,
      client: { name: hostile, tos_uri: 'https://fieldnotes.example/terms' },
    }),
  'device-confirm-mirrored': () => deviceConfirmView({ ...confirm, ...mirrored }),
  'device-approved': (frame) =>
    deviceDoneView({ ...frame, client: confirm.client, outcome: 'approved' }),
  'device-denied': (frame) =>
    deviceDoneView({ ...frame, client: confirm.client, outcome: 'denied' }),
  'consent': (frame) => consentView({ ...consent, ...frame }),
  'consent-everything': (frame) => consentView({ ...everything, ...frame }),
  'consent-mirrored': () => consentView({ ...consent, ...mirrored }),
  'error': (frame) =>
    errorView({
      ...frame,
      code: 'invalid_request',
      description:
        'redirect_uri is not registered for this client; it is compared character by character',
      status: 400,
      correlationId: 'k3f9-q2x7',
    }),
  'error-not-found': (frame) =>
    errorView({
      ...frame,
      code: 'not_found',
      description: 'There is nothing at this address.',
      status: 404,
      correlationId: 'k3f9-q2x7',
    }),
  'error-server': (frame) =>
    errorView({
      ...frame,
      code: 'server_error',
      description: 'unexpected failure',
      status: 500,
      correlationId: 'k3f9-q2x7',
    }),
  'error-busy': (frame) =>
    errorView({
      ...frame,
      code: 'temporarily_unavailable',
      description: 'W'.repeat(400),
      status: 503,
      correlationId: 'k3f9-q2x7',
    }),
  'login-after-reset': (frame) =>
    loginView({ ...alone, ...frame, forgotUrl: reset.action, isReset: true }),
  'reset-ask': (frame) => askResetView({ ...reset, ...frame }),
  'reset-ask-slow': (frame) => askResetView({ ...reset, ...frame, retryAfterSeconds: 600 }),
  'reset-sent': (frame) => resetSentView({ ...reset, ...frame, lifetimeSeconds: 3600 }),
  'reset-new': (frame) => newPasswordView({ ...reset, ...frame }),
  'reset-new-weak': (frame) =>
    newPasswordView({ ...reset, ...frame, problem: { id: 'password.too_short', count: 8 } }),
  'reset-new-differs': (frame) => newPasswordView({ ...reset, ...frame, problem: 'differs' }),
  'reset-new-busy': (frame) =>
    newPasswordView({ ...reset, ...frame, username: longName, isBusy: true }),
  'reset-new-mirrored': () => newPasswordView({ ...reset, ...mirrored, username: hostile }),
  'reset-void': (frame) => voidResetView({ ...frame, askUrl: reset.action }),
  'reset-void-alone': (frame) => voidResetView(frame),
  'setup': (frame) => setupView({ ...setup, ...frame }),
  'setup-problems': (frame) =>
    setupView({
      ...setup,
      ...frame,
      username: 'ada',
      email: 'ada',
      problems: [
        { field: 'email', kind: 'refused', refusal: { id: 'format.email' } },
        { field: 'password', kind: 'refused', refusal: { id: 'password.too_short', count: 8 } },
        { field: 'repeat', kind: 'differs' },
      ],
    }),
  'setup-used': (frame) => setupClosedView({ ...frame, reason: 'used' }),
  'setup-expired': (frame) => setupClosedView({ ...frame, reason: 'expired' }),
  'setup-done': (frame) => setupDoneView({ ...done, ...frame }),
  'setup-done-docs': (frame) =>
    setupDoneView({ ...done, ...frame, docsUrl: 'https://docs.example.com/ostiary/' }),
  'access-forbidden': (frame) =>
    accessForbiddenView({
      ...frame,
      host: 'files.example.com',
      username: 'ada',
      otherAccountUrl: 'https://files.example.com/.ostiary/sign-in?rd=%2F&switch=yes',
    }),
  'access-forbidden-nobody': (frame) =>
    accessForbiddenView({ ...frame, host: 'files.example.com' }),
  'home': (frame) =>
    homeView({ ...frame, issuer: 'https://auth.example.com', isSetupPending: false }),
  'home-branded': (frame) =>
    homeView({
      ...frame,
      product: 'Fieldnotes',
      issuer: 'https://auth.example.com',
      isSetupPending: false,
      look: lookOf({
        accent_color: '#ff7f00',
        footer_links: [
          { text: 'Imprint', url: 'https://fieldnotes.example/imprint' },
          { text: longName, url: 'mailto:help@fieldnotes.example' },
        ],
      }, 'https://auth.example.com'),
    }),
  'home-pending': (frame) =>
    homeView({
      ...frame,
      product: longName,
      issuer: 'http://localhost:9091',
      isSetupPending: true,
    }),
  'form-post': (frame) =>
    formPostView({
      ...frame,
      action: 'https://fieldnotes.example/callback',
      fields: new Map([['code', 'abc'], ['state', hostile]]),
    }),
  'account-looks': (frame) => accountLooks(frame, 'ada'),
  'account-looks-mirrored': () => accountLooks(mirrored, `עדה ${longName}`),
};
