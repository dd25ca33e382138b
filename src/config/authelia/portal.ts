import type { Draft } from '../import_draft.ts';
import { nameHostsOfDefault, readAccessControl } from './access_control.ts';
import { durationText, readDuration } from './duration.ts';
import { readNotifier } from './notifier.ts';
import { ATTRIBUTE_NAMES } from './provider.ts';
import { duration, flag, readRows, type Row, text } from './rows.ts';
import type { Section } from './section.ts';

/** What stands outside `identity_providers.oidc` and means something here. @returns the issuer, if the file tells it */
export function readPortal(root: Section, draft: Draft, hasPeople: boolean): string | undefined {
  readDefinitions(root, draft);
  readNotifier(root.section('notifier'), draft);
  readBackend(root.section('authentication_backend'), draft, hasPeople);
  readValidation(root.section('identity_validation'), draft);
  readPrivacyPolicy(root.section('privacy_policy'), draft);
  readServer(root.section('server'), draft);
  return readSession(root.section('session'), draft);
}

const IS_FIXED = 'has no counterpart: it is not a setting here';

/** Sections and keys at the top that have no counterpart at all. */
export const ROOT_REASONS: Readonly<Record<string, string>> = {
  certificates_directory: 'has no counterpart: outbound.ca_file names a file of authorities',
  default_2fa_method: 'has no counterpart: people choose',
  default_redirection_url: 'has no counterpart: sign-in leads back to where it began',
  duo_api: 'has no counterpart: second factors are passkeys and authenticator apps',
  jwt_secret: 'is not needed: links are sealed with keys that Ostiary makes',
  log: 'has no counterpart in the file: OSTIARY_LOG says what is logged, on standard error',
  ntp: 'has no counterpart: the machine keeps its clock',
  password_policy:
    'has no counterpart: passwords have eight characters at least, and are no common ones',
  port: 'is listen.port: set it there',
  host: 'is listen.host: set it there',
  portal_headline: IS_FIXED,
  portal_subtitle: IS_FIXED,
  portal_template: IS_FIXED,
  portal_template_switcher: IS_FIXED,
  regulation: 'has no counterpart: guesses are slowed always, per account and per source',
  storage:
    'is not read: second factors, consents and subject identifiers are in that database; see docs/import.md',
  telemetry: 'has no counterpart: it is not a setting here',
  theme: 'has no counterpart: pages follow the browser; branding says the colours',
  totp:
    'has no counterpart: authenticator apps get SHA-1, six digits and 30 seconds, as all of them understand',
  webauthn:
    'has no counterpart: passkeys are always offered, and count as two factors when they verified the person',
};

function readDefinitions(root: Section, draft: Draft): void {
  const definitions = root.section('definitions');
  const name = definitions?.named('network', 'networks');
  const networks = name === undefined ? undefined : definitions?.section(name);
  for (const raw of networks?.names ?? []) {
    const path = networks?.at(raw) ?? [];
    draft.set(
      ['definitions', 'networks', draft.name('network', raw, path)],
      networks?.list(raw) ?? [],
      path,
    );
  }
  const access = root.section('access_control');
  for (const network of access?.sections('networks') ?? []) {
    const raw = network.text('name');
    const blocks = network.list('networks') ?? [];
    if (raw !== undefined) {
      draft.set(
        ['definitions', 'networks', draft.name('network', raw, network.path)],
        blocks,
        network.path,
      );
    }
    network.finish();
  }
  readAccessControl(access, draft);
  const attributes = definitions?.section('user_attributes');
  for (const raw of attributes?.names ?? []) {
    const attribute = attributes?.section(raw);
    const expression = attribute?.text('expression');
    if (attribute === undefined || expression === undefined) continue;
    const ours = withOurNames(expression);
    if (ours !== expression) {
      draft.report.changed(attribute.at('expression'), `reads attributes by our names: ${ours}`);
    }
    draft.set(['definitions', 'user_attributes', raw], { expression: ours }, attribute.path);
    attribute.finish();
  }
  definitions?.finish();
}

/** Identifiers outside of texts. */
function withOurNames(expression: string): string {
  return expression.replaceAll(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\.?[A-Za-z_][A-Za-z0-9_]*/g,
    (word) => ATTRIBUTE_NAMES.get(word) ?? word,
  );
}

function readBackend(backend: Section | undefined, draft: Draft, hasPeople: boolean): void {
  if (backend === undefined) return;
  const { report } = draft;
  const reset = backend.section('password_reset');
  if (reset !== undefined) {
    const row: Row = {
      names: ['disable'],
      to: ['password_reset', 'enabled'],
      read: isNot,
    };
    readRows([row], reset, draft);
    reset.finish({ custom_url: 'has no counterpart: passwords are reset here' });
  }
  const file = backend.section('file');
  const extra = file?.section('extra_attributes');
  for (const raw of extra?.names ?? []) {
    const attribute = extra?.section(raw);
    if (attribute === undefined) continue;
    const to = ['definitions', 'user_attributes', raw];
    draft.set(to, {}, attribute.path);
    readRows(
      [
        { names: ['value_type'], to: [...to, 'value_type'], read: text },
        { names: ['multi_valued'], to: [...to, 'multi_valued'], read: flag },
      ],
      attribute,
      draft,
    );
    attribute.finish();
  }
  const path = file?.text('path');
  if (file !== undefined && path !== undefined) {
    report.changed(
      file.at('path'),
      hasPeople
        ? 'its people are taken over into the store'
        : 'its people are not taken over: name the file with --users, or as users_file, which reads it as it is',
    );
  }
  file?.section('search')?.finish({
    email: 'has no counterpart: nobody signs in by e-mail address',
    case_insensitive: 'has no counterpart: names never differ by case',
  });
  file?.finish({
    password: 'has no counterpart: digests stay as they are until a sign-in, new ones are argon2id',
    watch: 'has no counterpart: a users_file is always watched',
  });
  backend.finish({
    ldap:
      'has no counterpart: people come from the store, a users_file, or a Directory of your own',
    refresh_interval: 'has no counterpart: a change counts from the next request on',
    password_change: 'has no counterpart: people may change their password',
    disable_reset_password: 'is password_reset.enabled: set it there',
  });
}

/** What Authelia disables, we enable. */
function isNot(section: Section, name: string): boolean | undefined {
  const value = section.flag(name);
  return value === undefined ? undefined : !value;
}

function readValidation(validation: Section | undefined, draft: Draft): void {
  if (validation === undefined) return;
  const reset = validation.section('reset_password');
  if (reset !== undefined) {
    const to = ['password_reset', 'lifetime'];
    readRows([{ names: ['jwt_lifespan'], to, read: duration }], reset, draft);
    reset.finish({
      jwt_secret: 'is not needed: links are sealed with keys that Ostiary makes',
      jwt_algorithm: 'has no counterpart: links are sealed',
    });
  }
  validation.finish({
    elevated_session: 'has no counterpart: sensitive changes always ask for a fresh proof',
  });
}

function readPrivacyPolicy(policy: Section | undefined, draft: Draft): void {
  if (policy === undefined) return;
  const [isEnabled, url] = [policy.flag('enabled') ?? false, policy.text('policy_url')];
  if (isEnabled && url !== undefined) {
    const links = [{ text: 'Privacy policy', url }];
    draft.set(['branding', 'footer_links'], links, policy.at('policy_url'));
    draft.report.mapped(policy.at('enabled'), 'branding.footer_links');
  } else draft.report.dropped(policy.path, 'is not linked to, as it is off');
  policy.finish({
    require_user_acceptance: 'has no counterpart: the policy is linked to, not asked for',
  });
}

const NO_SERVER = 'has no counterpart: it is not a setting here';

function readServer(server: Section | undefined, draft: Draft): void {
  if (server === undefined) return;
  const address = server.text('address');
  const [, host = '', port] = /^(?:tcp[46]?:\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d{1,5}))?(?:\/.*)?$/
    .exec(address ?? '') ?? [];
  const at = server.at('address');
  if (address !== undefined && port === undefined && host === '') {
    draft.report.dropped(at, 'has no counterpart: the server listens at an address and port');
  } else if (address !== undefined) {
    draft.set(['listen', 'host'], host.replaceAll(/[[\]]/g, '') || '0.0.0.0', at);
    if (port !== undefined) draft.set(['listen', 'port'], Number(port), at);
  }
  readRows(
    [
      { names: ['host'], to: ['listen', 'host'], read: text },
      { names: ['port'], to: ['listen', 'port'], read: (section, name) => section.number(name) },
    ],
    server,
    draft,
  );
  const tls = server.section('tls');
  const [cert, key] = [tls?.text('certificate'), tls?.text('key')];
  if (tls !== undefined && cert !== undefined && key !== undefined) {
    draft.set(['listen', 'tls'], { cert, key }, tls.path);
  }
  tls?.finish({
    client_certificates: 'has no counterpart: authorities are client_certificate_authorities',
  });
  server.finish({
    asset_path: NO_SERVER,
    buffers: NO_SERVER,
    disable_healthcheck: NO_SERVER,
    endpoints:
      'has no counterpart: the endpoints for proxies are below /authz, see docs/forward_auth.md',
    headers: NO_SERVER,
    path: 'is the path of the issuer',
    timeouts: NO_SERVER,
  });
}

const LIFE_KEYS = {
  inactivity: 'idle',
  expiration: 'absolute',
  remember_me_duration: 'remember',
  remember_me: 'remember',
} as const;

const SESSION_REASONS: Readonly<Record<string, string>> = {
  default_redirection_url: 'has no counterpart: sign-in leads back to where it began',
  domain: 'has no counterpart: each protected host has a cookie of its own',
  name: IS_FIXED,
  redis: 'has no counterpart: sessions are kept in the store',
  same_site: IS_FIXED,
  secret: 'is not needed: sessions of Authelia end with it',
  file: 'has no counterpart: sessions are kept in the store',
};

/** The first domain counts where there are several: one issuer has one. */
function readSession(session: Section | undefined, draft: Draft): string | undefined {
  if (session === undefined) return undefined;
  const cookies = session.sections('cookies');
  const [cookie, ...others] = cookies;
  for (const section of [session, ...cookie === undefined ? [] : [cookie]]) {
    readLives(section, draft);
  }
  const issuer = cookie?.text('authelia_url')?.replace(/\/$/, '');
  if (cookie !== undefined && issuer !== undefined) {
    draft.report.mapped(cookie.at('authelia_url'), 'issuer');
  }
  nameHostsOfDefault([session, ...cookies], draft);
  cookie?.finish(SESSION_REASONS);
  for (const other of others) {
    draft.report.dropped(other.path, 'has no counterpart: one issuer has one address');
  }
  session.finish(SESSION_REASONS);
  return issuer;
}

function readLives(section: Section, draft: Draft): void {
  for (const [name, ours] of Object.entries(LIFE_KEYS)) {
    const raw = section.take(name);
    if (raw === undefined) continue;
    const seconds = readDuration(raw);
    if (seconds !== undefined) {
      draft.set(['sessions', ours], durationText(seconds), section.at(name));
    } else draft.report.dropped(section.at(name), 'is no duration that a session can have here');
  }
}
