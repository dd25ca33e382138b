/** The pages of second factors with models as they occur: alone, and on the way to an application. */
import type { Html } from '../../src/http/html.ts';
import type { Frame } from '../../src/interaction/frame.ts';
import { factorsView } from '../../src/interaction/views/account/factors.ts';
import type { PasskeyRequest } from '../../src/interaction/views/passkey_form.ts';
import { passkeyView } from '../../src/interaction/views/passkey.ts';
import {
  newRecoveryCodesView,
  recoveryCodesView,
} from '../../src/interaction/views/recovery_codes.ts';
import {
  recoveryView,
  secondFactorNeededView,
  secondFactorView,
} from '../../src/interaction/views/second_factor.ts';
import { totpView } from '../../src/interaction/views/totp.ts';

const NOW = 1_790_000_000;
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const CODES = Array.from({ length: 10 }, (_, i) => `abcd-efgh-jkm${'npqrstuvwx'[i]}-2345`);

const client = { name: 'Fieldnotes', redirectHost: 'notes.example.com' };
const form = { action: 'https://auth.example.com/x', hidden: { csrf: 'c' } };
const passkey: PasskeyRequest = { ...form, options: { challenge: 'AAAA', allowCredentials: [] } };
const person = { username: 'ada', notYou: 'https://auth.example.com/login?pending=p&switch=yes' };
const nextUrl = 'https://auth.example.com/account/factors';

export const factorShots: Readonly<Record<string, (frame: Frame) => Html>> = {
  'second-factor': (frame) =>
    secondFactorView({
      ...frame,
      ...form,
      ...person,
      client,
      hasTotp: true,
      passkey,
      recoveryUrl: 'https://auth.example.com/login/second-factor?use=recovery',
      retryAfterSeconds: 0,
    }),
  'second-factor-passkey': (frame) =>
    secondFactorView({
      ...frame,
      ...form,
      ...person,
      hasTotp: false,
      passkey,
      retryAfterSeconds: 0,
    }),
  'second-factor-wrong': (frame) =>
    secondFactorView({
      ...frame,
      ...form,
      ...person,
      client,
      hasTotp: true,
      problem: 'wrong',
      retryAfterSeconds: 0,
    }),
  'second-factor-slow-down': (frame) =>
    secondFactorView({
      ...frame,
      ...form,
      ...person,
      hasTotp: true,
      problem: 'slow_down',
      retryAfterSeconds: 90,
    }),
  'second-factor-elsewhere': (frame) =>
    secondFactorView({
      ...frame,
      ...form,
      ...person,
      client,
      hasTotp: false,
      elsewhere: ['auth.example.org', 'login.example.net'],
      recoveryUrl: 'https://auth.example.com/login/second-factor?use=recovery',
      retryAfterSeconds: 0,
    }),
  'second-factor-recovery': (frame) =>
    recoveryView({
      ...frame,
      ...form,
      ...person,
      client,
      otherUrl: 'https://auth.example.com/login/second-factor',
      retryAfterSeconds: 0,
    }),
  'second-factor-needed': (frame) =>
    secondFactorNeededView({
      ...frame,
      ...person,
      client,
      totpUrl: 'https://auth.example.com/account/totp',
      passkeyUrl: 'https://auth.example.com/account/passkey',
    }),
  'account-totp': (frame) =>
    totpView({ ...frame, ...form, username: 'ada', uri: uriOf(SECRET), secret: SECRET }),
  'account-totp-wrong': (frame) =>
    totpView({
      ...frame,
      ...form,
      username: 'ada',
      client,
      uri: uriOf(SECRET),
      secret: SECRET,
      name: 'Phone',
      problem: 'wrong',
    }),
  'account-totp-expired': (frame) =>
    totpView({
      ...frame,
      ...form,
      username: 'ada',
      uri: uriOf(SECRET),
      secret: SECRET,
      problem: 'expired',
    }),
  'account-totp-full': (frame) =>
    totpView({
      ...frame,
      ...form,
      username: 'ada',
      uri: uriOf(SECRET),
      secret: SECRET,
      problem: 'full',
    }),
  'account-passkey': (frame) => passkeyView({ ...frame, username: 'ada', passkey }),
  'account-passkey-refused': (frame) =>
    passkeyView({ ...frame, username: 'ada', client, passkey, name: 'Key', problem: 'refused' }),
  'account-passkey-known': (frame) =>
    passkeyView({ ...frame, username: 'ada', passkey, problem: 'known' }),
  'account-passkey-full': (frame) =>
    passkeyView({ ...frame, username: 'ada', passkey, problem: 'full' }),
  'account-recovery-codes': (frame) =>
    recoveryCodesView({ ...frame, ...form, username: 'ada', remaining: 3, nextUrl }),
  'account-recovery-codes-offer': (frame) =>
    recoveryCodesView({ ...frame, ...form, username: 'ada', client, remaining: 0, nextUrl }),
  'account-recovery-codes-new': (frame) =>
    newRecoveryCodesView({ ...frame, username: 'ada', codes: CODES, nextUrl }),
  'account-factors': (frame) =>
    factorsView({
      ...frame,
      ...form,
      section: 'factors',
      username: 'ada',
      notice: frame.messages.text('account_done.factor_added'),
      factors: [
        { id: '1', kind: 'passkey', name: 'Security key', created_at: NOW, last_used_at: NOW },
        { id: '2', kind: 'totp', name: '', created_at: NOW - 86_400 },
        { id: '3', kind: 'passkey', name: 'x'.repeat(60), created_at: NOW },
        { id: '4', kind: 'passkey', name: '', created_at: NOW, elsewhere: 'auth.example.org' },
      ],
      remaining: 7,
      zoneinfo: 'Europe/London',
    }),
  'account-factors-none': (frame) =>
    factorsView({
      ...frame,
      ...form,
      section: 'factors',
      username: 'ada',
      factors: [],
      remaining: 0,
      zoneinfo: undefined,
    }),
};

/** What the sign-in page needs for a passkey. */
export const passkeyRequest: PasskeyRequest = passkey;

function uriOf(secret: string): string {
  return `otpauth://totp/auth.example.com:ada?issuer=auth.example.com&secret=${secret}` +
    '&algorithm=SHA1&digits=6&period=30';
}
