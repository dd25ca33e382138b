import type { PlannedClient, PlannedKey } from '../../engine/administration/import_plan.ts';
import { PROTECTED_KINDS, type ProtectedKind } from '../../spec/identifiers.ts';
import type { Draft, ReadClient } from '../import_draft.ts';
import type { Path } from '../import_report.ts';
import { plannedClient } from '../planned_client.ts';
import { durationText, readDuration } from './duration.ts';
import { readClientKeys } from './keys.ts';
import { DEFAULT_LEVEL } from './provider.ts';
import type { Section } from './section.ts';

/** The clients of `identity_providers.oidc`. */
export function readClients(
  oidc: Section,
  keys: readonly PlannedKey[],
  draft: Draft,
): readonly ReadClient[] {
  const seen = new Set<string>();
  return oidc.sections('clients').flatMap((section) => {
    const { path } = section;
    const client = readClient(section, keys, draft);
    if (client === undefined) return [];
    if (seen.has(client.client_id)) {
      draft.report.dropped(path, 'the client is left out: another has the same client_id');
      return [];
    }
    seen.add(client.client_id);
    return [{ path, client }];
  });
}

interface ClientDraft {
  readonly section: Section;
  readonly draft: Draft;
  /** Where each field was read. */
  readonly origins: Map<string, Path>;
  set(field: string, value: unknown, name?: string): void;
}

interface Field {
  /** Newest first. */
  readonly names: readonly string[];
  readonly to: string;
  readonly form: 'text' | 'flag' | 'list';
}

const ENDPOINTS = ['introspection', 'revocation', 'pushed_authorization_request'] as const;

/** Keys whose value is ours as it stands. */
const FIELDS: readonly Field[] = [
  { names: ['client_name', 'description'], to: 'client_name', form: 'text' },
  { names: ['redirect_uris'], to: 'redirect_uris', form: 'list' },
  { names: ['request_uris'], to: 'request_uris', form: 'list' },
  { names: ['audience'], to: 'audience', form: 'list' },
  { names: ['grant_types'], to: 'grant_types', form: 'list' },
  { names: ['response_types'], to: 'response_types', form: 'list' },
  { names: ['response_modes'], to: 'response_modes', form: 'list' },
  { names: ['requested_audience_mode'], to: 'requested_audience_mode', form: 'text' },
  {
    names: ['require_pushed_authorization_requests', 'enforce_par'],
    to: 'require_pushed_authorization_requests',
    form: 'flag',
  },
  {
    names: ['token_endpoint_auth_signing_alg'],
    to: 'token_endpoint_auth_signing_alg',
    form: 'text',
  },
  { names: ['request_object_signing_alg'], to: 'request_object_signing_alg', form: 'text' },
  { names: ['allow_multiple_auth_methods'], to: 'allow_multiple_auth_methods', form: 'flag' },
  { names: ['jwks_uri'], to: 'jwks_uri', form: 'text' },
  ...ENDPOINTS.map((endpoint): Field => ({
    names: [`${endpoint}_endpoint_auth_method`],
    to: `${endpoint}_endpoint_auth_method`,
    form: 'text',
  })),
];

/** What each kind of answer was signed by before the keys had the names of the specifications. */
const OLD_SIGNING: ReadonlyMap<ProtectedKind, readonly string[]> = new Map([
  ['id_token', ['id_token_signing_alg', 'id_token_signing_algorithm']],
  ['userinfo', ['userinfo_signing_alg', 'userinfo_signing_algorithm']],
]);

const CLIENT_REASONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ENDPOINTS.map((endpoint) => [
      `${endpoint}_endpoint_auth_signing_alg`,
      'has no counterpart: token_endpoint_auth_signing_alg holds at every endpoint',
    ]),
  ),
  ...Object.fromEntries(
    PROTECTED_KINDS.map((kind) => [
      `${kind}_encrypted_response_key_id`,
      'has no counterpart: the client’s first key that fits is encrypted to',
    ]),
  ),
};

function readClient(
  section: Section,
  keys: readonly PlannedKey[],
  draft: Draft,
): PlannedClient | undefined {
  const { report } = draft;
  const metadata: Record<string, unknown> = {};
  const origins = new Map<string, Path>();
  const client: ClientDraft = {
    section,
    draft,
    origins,
    set(field, value, name) {
      metadata[field] = value;
      if (name !== undefined) origins.set(field, section.at(name));
    },
  };
  const [id, secret] = [
    section.named('client_id', 'id') ?? 'client_id',
    section.named('client_secret', 'secret') ?? 'client_secret',
  ];
  const client_id = section.text(id);
  const client_secret = section.text(secret);
  for (const { names, to, form } of FIELDS) {
    const name = section.named(...names);
    const value = name === undefined ? undefined : section[form](name);
    if (value !== undefined) client.set(to, value, name);
  }
  readLoopback(client, metadata);
  readAuthentication(client);
  readScopes(client, metadata);
  readConsent(client);
  readPkce(client);
  readReferences(client);
  for (const kind of PROTECTED_KINDS) readProtection(kind, client, keys);
  readEncryption('request_object_encryption_alg', 'request_object_encryption_enc', client);
  readSector(client);
  readJwks(client);
  if (id === 'id') {
    client.set('claims_in_id_token', true);
    report.changed(
      section.path,
      'gets claims_in_id_token, as Authelia put the claims of the scopes into ID tokens when a client’s keys had these names',
    );
  }
  section.finish(CLIENT_REASONS);
  const planned = plannedClient({ client_id, metadata, client_secret }, {
    dropped: (field, why, index) =>
      report.dropped(
        [...origins.get(field) ?? section.at(field), ...index === undefined ? [] : [index]],
        why,
      ),
    leftOut: (why) => report.dropped(section.path, `the client is left out: ${why}`),
  });
  if (planned === undefined) return undefined;
  for (const [field, path] of origins) {
    if (Object.hasOwn(planned.metadata, field)) report.mapped(path, field);
  }
  if (planned.client_secret !== undefined) report.mapped(section.at(secret), 'client_secret');
  return planned;
}

/** Authelia takes any port on loopback addresses, as RFC 8252 §7.3 has it for native applications. */
function readLoopback({ set }: ClientDraft, metadata: Metadata): void {
  const uris = metadata['redirect_uris'];
  const isLoopback = (uri: unknown): boolean =>
    /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?:[:/]|$)/.test(String(uri));
  if (Array.isArray(uris) && uris.some(isLoopback)) {
    set('application_type', 'native', 'redirect_uris');
  }
}

/** Public clients prove nothing, unless they say how. */
function readAuthentication({ section, set }: ClientDraft): void {
  const isPublic = section.flag('public') ?? false;
  const field = 'token_endpoint_auth_method';
  const method = section.text(field) ?? (isPublic ? 'none' : undefined);
  if (method !== undefined) set(field, method, section.names.includes(field) ? field : 'public');
}

const DEFAULT_SCOPES = ['openid', 'groups', 'profile', 'email'];

function readScopes({ section, draft, set }: ClientDraft, metadata: Metadata): void {
  const grants = metadata['grant_types'];
  const actsForItself = Array.isArray(grants) &&
    grants.every((grant) => grant === 'client_credentials');
  const scopes = section.list('scopes') ?? (actsForItself ? [] : DEFAULT_SCOPES);
  const kept = scopes.filter((scope, index) => {
    if (!scope.startsWith('authelia.')) return true;
    draft.report.dropped(
      [...section.at('scopes'), index],
      'has no counterpart: it lets tokens through Authelia’s own proxy authorization',
    );
    return false;
  });
  set('scope', kept.join(' '), 'scopes');
}

type Metadata = Readonly<Record<string, unknown>>;

function readConsent({ section, draft, set }: ClientDraft): void {
  const mode = section.text('consent_mode') ?? 'auto';
  set('consent_mode', mode, 'consent_mode');
  const field = 'pre_configured_consent_duration';
  const raw = section.take(field);
  if (raw === undefined) return;
  const seconds = readDuration(raw);
  if (seconds === undefined) draft.report.dropped(section.at(field), 'is no duration');
  else if (mode === 'explicit' || mode === 'implicit') {
    draft.report.dropped(section.at(field), `has no effect with consent_mode ${mode}`);
  } else set(field, durationText(seconds), field);
}

/** False says nothing: what holds for all does. */
function readPkce({ section, set }: ClientDraft): void {
  const name = section.named('require_pkce', 'enforce_pkce');
  if (name !== undefined && section.flag(name) === true) set('require_pkce', true, name);
  const method = section.text('pkce_challenge_method');
  if (method === undefined) return;
  set('pkce_challenge_method', method, 'pkce_challenge_method');
  set('require_pkce', true, 'pkce_challenge_method');
}

/** Names of what the provider defines, in the form that they have here. */
function readReferences({ section, draft, set }: ClientDraft): void {
  for (const field of ['authorization_policy', 'lifespan', 'claims_policy'] as const) {
    const name = section.text(field) ??
      (field === 'authorization_policy' ? DEFAULT_LEVEL : undefined);
    if (name !== undefined) set(field, draft.named(field, name), field);
  }
}

/** A key that is named decides the algorithm; none is no signature. */
function readProtection(
  kind: ProtectedKind,
  client: ClientDraft,
  keys: readonly PlannedKey[],
): void {
  const { section, set } = client;
  const algName = section.named(
    `${kind}_signed_response_alg`,
    ...OLD_SIGNING.get(kind) ?? [],
  );
  const said = algName === undefined ? undefined : section.text(algName);
  const keyName = section.named(`${kind}_signed_response_key_id`, `${kind}_signing_key_id`);
  const kid = keyName === undefined ? undefined : section.text(keyName);
  const key = keys.find((each) => each.kid === kid);
  const alg = key?.alg ?? (said === 'none' ? undefined : said);
  if (kid !== undefined) {
    if (key === undefined) {
      client.draft.report.dropped(section.at(keyName ?? ''), 'names a key that is not taken over');
    } else set(`${kind}_signed_response_key_id`, kid, keyName);
  }
  if (alg !== undefined) set(`${kind}_signed_response_alg`, alg, algName ?? keyName);
  if (kind === 'access_token' && alg !== undefined) {
    set('access_token_format', 'jwt', algName ?? keyName);
  }
  readEncryption(`${kind}_encrypted_response_alg`, `${kind}_encrypted_response_enc`, client);
}

/** What encrypts the content says nothing where nothing is encrypted. */
function readEncryption(algName: string, encName: string, { section, set }: ClientDraft): void {
  const [alg, enc] = [section.text(algName), section.text(encName)];
  if (alg === undefined || alg === 'none') return;
  set(algName, alg, algName);
  if (enc !== undefined && enc !== 'none') set(encName, enc, encName);
}

/** A sector makes a client pairwise; before it was a URI, it was a host. */
function readSector({ section, set }: ClientDraft): void {
  const name = section.named('sector_identifier_uri', 'sector_identifier');
  const sector = name === undefined ? undefined : section.text(name);
  if (sector === undefined) return;
  set('subject_type', 'pairwise', name);
  set('sector_identifier_uri', /^https?:/.test(sector) ? sector : `https://${sector}/`, name);
}

function readJwks({ section, draft, set }: ClientDraft): void {
  const old = section.section('public_keys');
  const uri = old?.text('uri');
  if (uri !== undefined) set('jwks_uri', uri, 'public_keys');
  const values = [...section.sections('jwks'), ...old?.sections('values') ?? []];
  old?.finish();
  if (values.length === 0) return;
  set(
    'jwks',
    { keys: readClientKeys(values, draft.report) },
    old === undefined ? 'jwks' : 'public_keys',
  );
}
