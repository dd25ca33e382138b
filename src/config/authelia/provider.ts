import type { Draft } from '../import_draft.ts';
import { duration, flag, readRows, type Row } from './rows.ts';
import type { Section } from './section.ts';

/** Options of `identity_providers.oidc` save keys and clients. */
export function readProvider(oidc: Section, draft: Draft): void {
  readRows(ROWS, oidc, draft);
  const pushed = oidc.section('pushed_authorizations');
  if (pushed !== undefined) {
    readRows(PUSHED_ROWS, pushed, draft);
    pushed.finish();
  }
  readCors(oidc.section('cors'), draft);
  readLifespans(oidc.section('lifespans'), draft);
  readPolicies(oidc.section('authorization_policies'), draft);
  readClaimsPolicies(oidc.section('claims_policies'), draft);
  readScopes(oidc.section('scopes'), draft);
}

/** Keys of `identity_providers.oidc` that have no counterpart. */
export const PROVIDER_REASONS: Readonly<Record<string, string>> = {
  hmac_secret: 'sealed tokens of Authelia, which end with it; Ostiary makes keys of its own',
  enable_jwt_access_token_stateless_introspection:
    'has no counterpart: introspection always knows whether a token was revoked',
  discovery_signed_response_alg: 'has no counterpart: discovery is not signed',
  discovery_signed_response_key_id: 'has no counterpart: discovery is not signed',
};

const PKCE: ReadonlyMap<string, string> = new Map([
  ['never', 'never'],
  ['public_clients_only', 'public'],
  ['always', 'always'],
]);

const ROWS: readonly Row[] = [
  { names: ['enforce_pkce'], to: ['pkce'], read: oneIn(PKCE) },
  { names: ['enable_pkce_plain_challenge'], to: ['pkce_plain'], read: flag },
  { names: ['enable_client_debug_messages'], to: ['client_debug_messages'], read: flag },
  {
    names: ['require_pushed_authorization_requests'],
    to: ['require_pushed_authorization_requests'],
    read: flag,
  },
  { names: ['minimum_parameter_entropy'], to: ['minimum_lengths'], read: minimumLengths },
  { names: ['access_token_lifespan'], to: ['lifespans', 'access_token'], read: duration },
  {
    names: ['authorize_code_lifespan'],
    to: ['lifespans', 'authorization_code'],
    read: duration,
  },
  { names: ['id_token_lifespan'], to: ['lifespans', 'id_token'], read: duration },
  { names: ['refresh_token_lifespan'], to: ['lifespans', 'refresh_token'], read: refreshToken },
];

const PUSHED_ROWS: readonly Row[] = [
  { names: ['enforce'], to: ['require_pushed_authorization_requests'], read: flag },
  {
    names: ['context_lifespan'],
    to: ['lifespans', 'pushed_authorization_request'],
    read: duration,
  },
];

function oneIn(values: ReadonlyMap<string, string>): Row['read'] {
  return (section, name, { report }) => {
    const value = section.text(name);
    const ours = value === undefined ? undefined : values.get(value);
    if (value !== undefined && ours === undefined) {
      report.dropped(section.at(name), `is none of ${[...values.keys()].join(', ')}`);
    }
    return ours;
  };
}

/** -1 asks for nothing. */
function minimumLengths(section: Section, name: string): unknown {
  const least = section.number(name);
  if (least === undefined) return undefined;
  const length = least === -1 ? 0 : least;
  return { state: length, nonce: length };
}

function refreshToken(section: Section, name: string, draft: Draft): unknown {
  const life = duration(section, name, draft);
  if (life !== undefined) {
    draft.report.changed(section.at(name), 'counts from the sign-in, not from the last refresh');
  }
  return life;
}

const TOKEN_LIVES = {
  access_token: duration,
  refresh_token: refreshToken,
  id_token: duration,
} as const;

const GRANTS: ReadonlyMap<string, string> = new Map([
  ['authorize_code', 'authorization_code'],
  ['device_code', 'device_code'],
  ['implicit', 'implicit'],
  ['client_credentials', 'client_credentials'],
  ['refresh_token', 'refresh_token'],
]);

function readLifespans(lifespans: Section | undefined, draft: Draft): void {
  if (lifespans === undefined) return;
  readLives(lifespans, ['lifespans'], draft);
  const custom = lifespans.section('custom');
  for (const raw of custom?.names ?? []) {
    const life = custom?.section(raw);
    if (life === undefined) continue;
    const to = ['lifespans', 'custom', draft.name('lifespan', raw, life.path)];
    draft.set(to, {}, life.path);
    readLives(life, to, draft);
    const grants = life.section('grants');
    for (const [grant, ours] of GRANTS) {
      const ofGrant = grants?.section(grant);
      if (ofGrant === undefined) continue;
      readRows(tokenRows([...to, 'grants', ours]), ofGrant, draft);
      ofGrant.finish({ authorize_code: 'has no counterpart: no grant but one yields a code' });
    }
    grants?.finish({ jwt_bearer: 'has no counterpart: the grant does not exist here' });
    life.finish();
  }
  lifespans.finish({
    jwt_secured_authorization: 'has no counterpart: signed answers are good for some minutes',
  });
}

function readLives(section: Section, to: readonly string[], draft: Draft): void {
  readRows(
    [
      ...tokenRows(to),
      { names: ['authorize_code'], to: [...to, 'authorization_code'], read: duration },
      { names: ['device_code'], to: [...to, 'device_code'], read: duration },
    ],
    section,
    draft,
  );
}

function tokenRows(to: readonly string[]): readonly Row[] {
  return Object.entries(TOKEN_LIVES).map(([life, read]) => ({
    names: [life],
    to: [...to, life],
    read,
  }));
}

const CORS_ENDPOINTS: ReadonlyMap<string, string> = new Map([
  ['token', 'token'],
  ['userinfo', 'userinfo'],
  ['revocation', 'revocation'],
  ['introspection', 'introspection'],
  ['pushed-authorization-request', 'pushed_authorization_request'],
  ['device-authorization', 'device_authorization'],
]);

function readCors(cors: Section | undefined, draft: Draft): void {
  if (cors === undefined) return;
  const { report } = draft;
  const endpoints = cors.list('endpoints') ?? [];
  const kept = endpoints.flatMap((endpoint, index) => {
    const ours = CORS_ENDPOINTS.get(endpoint);
    if (ours !== undefined) return [ours];
    const why = endpoint === 'authorization'
      ? 'has no counterpart: browsers are sent there, scripts do not call it'
      : 'is no endpoint that Ostiary knows';
    report.dropped([...cors.at('endpoints'), index], why);
    return [];
  });
  draft.set(['cors', 'endpoints'], kept, cors.at('endpoints'));
  const origins = cors.list('allowed_origins') ?? [];
  const named = origins.filter((origin, index) => {
    if (origin !== '*') return true;
    report.dropped([...cors.at('allowed_origins'), index], 'has no counterpart: origins are named');
    return false;
  }).map((origin) => origin.replace(/\/$/, ''));
  if (named.length > 0) draft.set(['cors', 'allowed_origins'], named, cors.at('allowed_origins'));
  const field = 'allowed_origins_from_client_redirect_uris';
  draft.set(['cors', field], cors.flag(field) ?? false, cors.at(field));
  cors.finish();
}

function readPolicies(policies: Section | undefined, draft: Draft): void {
  for (const raw of policies?.names ?? []) {
    const policy = policies?.section(raw);
    if (policy === undefined) continue;
    const rules = policy.sections('rules').map((rule) => {
      const read = {
        policy: rule.text('policy') ?? DEFAULT_LEVEL,
        subject: subjectsOf(rule.take('subject')),
        networks: rule.list('networks')?.map((network) => networkOf(network, draft)),
      };
      rule.finish();
      return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
    });
    const value = { default_policy: policy.text('default_policy') ?? DEFAULT_LEVEL, rules };
    const name = draft.name('authorization_policy', raw, policy.path);
    draft.set(['authorization_policies', name], value, policy.path);
    policy.finish();
  }
}

/** Authelia's, where nothing is said. */
export const DEFAULT_LEVEL = 'two_factor';

/** Texts in lists within lists; what is none is left for our own rules to refuse. */
export function subjectsOf(raw: unknown): unknown {
  if (typeof raw === 'string') return raw.replace(/^oauth2:client:/, 'client:');
  return Array.isArray(raw) ? raw.map(subjectsOf) : raw;
}

/** Addresses stay; names are those under definitions. */
export function networkOf(raw: string, draft: Draft): string {
  return /^[0-9a-fA-F.:/]+$/.test(raw) ? raw : draft.named('network', raw);
}

const AUDIENCE_MODES: ReadonlyMap<string, string> = new Map([
  ['specification', 'specification'],
  ['experimental-merged', 'merged'],
]);

/** Authelia's names of what Core §5.1 names otherwise. */
export const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ['display_name', 'name'],
  ['mail', 'email'],
]);

function readClaimsPolicies(policies: Section | undefined, draft: Draft): void {
  for (const raw of policies?.names ?? []) {
    const policy = policies?.section(raw);
    if (policy === undefined) continue;
    const to = ['claims_policies', draft.name('claims_policy', raw, policy.path)];
    draft.set(to, {}, policy.path);
    for (const place of ['id_token', 'access_token']) {
      const claims = policy.list(place);
      if (claims !== undefined) draft.set([...to, place], claims, policy.at(place));
    }
    const mode: Row = {
      names: ['id_token_audience_mode'],
      to: [...to, 'id_token_audience_mode'],
      read: oneIn(AUDIENCE_MODES),
    };
    readRows([mode], policy, draft);
    const custom = policy.section('custom_claims');
    for (const key of custom?.names ?? []) {
      const claim = custom?.section(key);
      if (claim === undefined) continue;
      const attribute = claim.text('attribute') ?? key;
      const name = claim.text('name') ?? key;
      draft.set(
        [...to, 'custom_claims', name],
        { attribute: ATTRIBUTE_NAMES.get(attribute) ?? attribute },
        claim.path,
      );
      claim.finish();
    }
    policy.finish();
  }
}

function readScopes(scopes: Section | undefined, draft: Draft): void {
  for (const name of scopes?.names ?? []) {
    const scope = scopes?.section(name);
    if (scope === undefined) continue;
    draft.set(['scopes', name], { claims: scope.list('claims') ?? [] }, scope.path);
    scope.finish();
  }
}
