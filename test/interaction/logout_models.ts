/** The pages of signing out, with models as they occur and as they should not. */
import type { Html } from '../../src/http/html.ts';
import type { Frame } from '../../src/interaction/frame.ts';
import { loggedOutView } from '../../src/interaction/views/logged_out.ts';
import { logoutView } from '../../src/interaction/views/logout.ts';
import { stayedView } from '../../src/interaction/views/stayed.ts';

const form = {
  action: 'https://auth.example.com/end_session/confirm',
  hidden: { csrf: 'c', pending: 'p' },
};

const client = {
  name: 'Fieldnotes',
  client_uri: 'https://fieldnotes.example/',
  redirectHost: 'fieldnotes.example',
};

const longName = 'Verwaltungsgemeinschaftsinformationsportal der vereinigten Kommunen am unteren ' +
  'Niederrhein, Testsystem zwei';

const hostile = `</title><script>alert(1)</script>"'><img src=x onerror=alert(2)>`;

const ada = { sid: '1', username: 'ada', isMeant: true };

export const logoutShots: Readonly<Record<string, (frame: Frame) => Html>> = {
  'logout': (frame) => logoutView({ ...frame, ...form, client, accounts: [ada] }),
  'logout-alone': (frame) => logoutView({ ...frame, ...form, accounts: [ada] }),
  'logout-several': (frame) =>
    logoutView({
      ...frame,
      ...form,
      client: { ...client, name: longName },
      accounts: [
        ada,
        { sid: '2', username: 'charles.babbage', isMeant: false },
        { sid: '3', username: 'x'.repeat(120), isMeant: false },
      ],
    }),
  'logout-hostile': (frame) =>
    logoutView({
      ...frame,
      ...form,
      client: { name: hostile, logo_uri: 'javascript:alert(1)', redirectHost: hostile },
      accounts: [{ ...ada, username: hostile }],
    }),
  'logout-stayed': (frame) => stayedView({ ...frame, client }),
  'logged-out': (frame) => loggedOutView({ ...frame, client, staying: [], frames: [] }),
  'logged-out-alone': (frame) => loggedOutView({ ...frame, staying: [], frames: [] }),
  'logged-out-leaving': (frame) =>
    loggedOutView({
      ...frame,
      client,
      staying: [],
      frames: ['https://fieldnotes.example/logout?iss=i&sid=s'],
      nextUrl: 'https://fieldnotes.example/signed-out?state=s',
    }),
  'logged-out-hostile': (frame) =>
    loggedOutView({
      ...frame,
      client: { name: hostile, client_uri: 'javascript:alert(1)' },
      staying: [hostile, longName],
      frames: [`https://evil.example/?x=${hostile}`],
    }),
};
