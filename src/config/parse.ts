import * as v from 'valibot';
import { loadCel } from '../accounts/cel.ts';
import type { Branding } from '../spec/branding.ts';
import type { Client } from '../spec/client.ts';
import { describeMistake, type Mistake, shownValue } from '../spec/mistake.ts';
import type { Resource } from '../spec/resource.ts';
import { type Scope, STANDARD_SCOPES } from '../spec/scopes.ts';
import { PROFILE_NAMES } from '../spec/identifiers.ts';
import { isMap } from '../spec/is_map.ts';
import { withProfile } from '../spec/profile_client.ts';
import { ruleOf } from '../spec/section.ts';
import type { CustomLifespans, UserAttribute } from '../spec/settings.ts';
import { accessControlOf } from './access_control.ts';
import { authorizationPolicies } from './authorization_policies.ts';
import { bootstrapOf } from './bootstrap_options.ts';
import { ConfigError } from './config_error.ts';
import type { Config, IssuerConfig } from './config.ts';
import { aliasOf } from './issuer.ts';
import { type IssuerInput, issuerInputs } from './issuers.ts';
import { hostTokenOf } from './forward_auth_options.ts';
import { keySettingsOf } from './key_options.ts';
import { NOTHING_STORED, type StoredConfiguration } from './stored.ts';
import { notifierOf } from './notifier_options.ts';
import { registrationOf } from './registration_options.ts';
import { brokenRules, doubts, type Draft, type DraftOf, issuerOf } from './rules.ts';
import { tokenExchangePolicies } from './token_exchange_options.ts';
import { trustedIssuersOf } from './trusted_issuer_options.ts';
import {
  clientSchema,
  configSchema,
  OPTIONS,
  type ParsedOptions,
  resourceSchema,
} from './schema.ts';

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Mistake[] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/**
 * An object of the file's shape into a Config, or every mistake in it. Nothing is read from anywhere else; where the input
 * may hold expressions, `loadLibraries` comes first.
 */
export function parseConfig(
  input: unknown,
  stored: StoredConfiguration = NOTHING_STORED,
): ConfigResult {
  const { inputs, mistakes } = issuerInputs(input, stored);
  const results = inputs.map(parseIssuer);
  const wrong = [...mistakes, ...results.flatMap((each) => each.ok ? [] : each.mistakes)];
  const options = results.flatMap((each) => each.ok ? [each.options] : []);
  const [first, ...others] = options;
  if (wrong.length > 0 || first === undefined) return { ok: false, mistakes: distinct(wrong) };
  const config = {
    ...serverConfigOf(first),
    input,
    base: '.',
    issuers: [issuerConfigOf(first), ...others.map(issuerConfigOf)],
  } as const;
  const warnings = results.flatMap((each) => each.ok ? each.warnings : []);
  return { ok: true, config, warnings: distinct(warnings) };
}

type IssuerResult =
  | {
    readonly ok: true;
    readonly options: ParsedOptions;
    readonly warnings: readonly Mistake[];
  }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

function parseIssuer({ value: said, place }: IssuerInput): IssuerResult {
  const value = withClientProfiles(said);
  const placed = (all: readonly Mistake[]): readonly Mistake[] => all.map(place);
  const parsed = v.safeParse(configSchema, value, { message: ruleOf });
  if (!parsed.success) {
    const mistakes = parsed.issues.map((issue) => mistakeOf(issue, value));
    return { ok: false, mistakes: placed([...mistakes, ...brokenRules(draftOf(value))]) };
  }
  const draft = wholeDraft(parsed.output);
  const mistakes = brokenRules(draft);
  return mistakes.length > 0
    ? { ok: false, mistakes: placed(mistakes) }
    : { ok: true, options: parsed.output, warnings: placed(doubts(draft)) };
}

/** Clients with what their profiles, or that of the issuer, make of fields that are not there. */
function withClientProfiles(input: unknown): unknown {
  const { clients, profile } = isMap(input) ? input : {};
  if (!isMap(input) || !Array.isArray(clients)) return input;
  const ofIssuer = PROFILE_NAMES.find((name) => name === profile) ?? 'default';
  return { ...input, clients: clients.map((client) => withProfile(client, ofIssuer)) };
}

/** What several issuers share is wrong once. */
function distinct(mistakes: readonly Mistake[]): readonly Mistake[] {
  const named = new Map(mistakes.map((each) => [JSON.stringify([each.path, each.problem]), each]));
  return [...named.values()];
}

/** What parsing this input takes that is not loaded with every start. */
export async function loadLibraries(
  input: unknown,
  stored: StoredConfiguration = NOTHING_STORED,
): Promise<void> {
  const hasExpression = issuerInputs(input, stored).inputs.some(({ value }) => {
    const definitions = isMap(value) ? value['definitions'] : undefined;
    const attributes = isMap(definitions) ? definitions['user_attributes'] : undefined;
    const rows = isMap(attributes) ? Object.values(attributes) : [];
    return rows.some((row) => isMap(row) && Object.hasOwn(row, 'expression'));
  });
  if (hasExpression) await loadCel();
}

/** For a configuration that is written in code. @throws {TypeError} that lists every mistake, one a line */
export function requireConfig(input: unknown): Config {
  const result = parseConfig(input);
  if (result.ok) return result.config;
  throw new ConfigError('Cannot use the configuration:', result.mistakes.map(describeMistake));
}

function mistakeOf(issue: v.BaseIssue<unknown>, input: unknown): Mistake {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const isUnknown = issue.expected === 'never';
  const value = isUnknown ? undefined : shownValue(path, valueAt(input, path));
  return { path, problem: issue.message, ...value !== undefined && { value } };
}

function valueAt(input: unknown, path: Mistake['path']): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    input,
  );
}

function wholeDraft(options: ParsedOptions): Draft {
  const whole = <T>(value: T): DraftOf<T> => ({ whole: true, value });
  return {
    ...options,
    clients: options.clients.map(whole),
    resources: options.resources.map(whole),
  };
}

/** Each part on its own, so that rules across options are applied to all that is sound. */
function draftOf(input: unknown): Draft {
  const raw = isMap(input) ? input : {};
  return {
    ...soundParts(OPTIONS, raw) as Partial<ParsedOptions>,
    clients: itemsOf(raw['clients'], clientSchema),
    resources: itemsOf(raw['resources'], resourceSchema),
  };
}

type Section<T> = v.GenericSchema<unknown, T> & { readonly entries: v.ObjectEntries };

function itemsOf<T>(raw: unknown, schema: Section<T>): readonly DraftOf<T>[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((item) => {
    const parsed = v.safeParse(schema, item);
    if (parsed.success) return { whole: true, value: parsed.output };
    return {
      whole: false,
      value: soundParts(schema.entries, isMap(item) ? item : {}) as Partial<T>,
    };
  });
}

function soundParts(
  entries: v.ObjectEntries,
  raw: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const sound: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(entries)) {
    const part = v.safeParse(schema as v.GenericSchema, raw[key]);
    if (part.success && part.output !== undefined) sound[key] = part.output;
  }
  return sound;
}

function serverConfigOf(options: ParsedOptions): Omit<Config, 'issuers' | 'input' | 'base'> {
  const { listen, outbound } = options;
  const notifier = options.notifier && notifierOf(options.notifier);
  return {
    listen: {
      host: listen.host,
      port: listen.port,
      ...listen.tls !== undefined && { tls: listen.tls },
    },
    data: options.data,
    trusted_proxies: options.trusted_proxies,
    development: options.development,
    storage: options.storage,
    ...options.users_file !== undefined && { users_file: options.users_file },
    outbound: {
      allow_networks: outbound.allow_networks,
      timeout: outbound.timeout,
      ...outbound.ca_file !== undefined && { ca: outbound.ca_file },
    },
    ...notifier !== undefined && { notifier },
  };
}

function issuerConfigOf(options: ParsedOptions): IssuerConfig {
  const { listen, lifespans: { custom, ...lifespans } } = options;
  const host_token = hostTokenOf(options.forward_auth);
  const issuer = issuerOf({
    listen,
    ...options.issuer !== undefined && { issuer: options.issuer },
  });
  const { mtls_endpoint_aliases: alias } = options;
  return {
    name: options.name,
    branding: brandingOf(options.branding),
    cors: options.cors,
    ...options.bootstrap !== undefined && { bootstrap: bootstrapOf(options.bootstrap) },
    settings: {
      issuer,
      clients: new Map(options.clients.map((client) => [client.client_id, client as Client])),
      resources: new Map(options.resources.map((each) => [each.resource, each as Resource])),
      scopes: new Map([...STANDARD_SCOPES, ...Object.entries(options.scopes) as [string, Scope][]]),
      lifespans,
      custom_lifespans: new Map(Object.entries(custom) as [string, CustomLifespans][]),
      sessions: options.sessions,
      pkce: options.pkce,
      pkce_plain: options.pkce_plain,
      refresh_token_grace: options.refresh_token_grace,
      require_pushed_authorization_requests: options.require_pushed_authorization_requests,
      profile: options.profile,
      minimum_lengths: options.minimum_lengths,
      client_debug_messages: options.client_debug_messages,
      dpop_nonce: options.dpop_nonce,
      authorization_policies: authorizationPolicies(options),
      access_control: accessControlOf(options),
      ...host_token !== undefined && { host_token },
      claims_policies: new Map(
        Object.entries(options.claims_policies).map(([name, policy]) => [name, {
          ...policy,
          custom_claims: new Map(
            Object.entries(policy.custom_claims).map((
              [claim, { attribute = claim }],
            ) => [claim, { attribute }]),
          ),
        }]),
      ),
      token_exchange_policies: tokenExchangePolicies(options.token_exchange_policies),
      trusted_issuers: trustedIssuersOf(options.trusted_issuers),
      user_attributes: new Map(
        Object.entries(options.definitions.user_attributes).map((
          [name, row],
        ) => [name, attributeOf(row)]),
      ),
      authorization_details_types: new Map(
        Object.entries(options.authorization_details_types).map(([type, row]) => [type, {
          fields: row.fields,
          required: row.required,
          ...row.description !== undefined && { description: row.description },
        }]),
      ),
      client_certificate_authorities: options.client_certificate_authorities,
      ...alias !== undefined && { mtls_endpoint_aliases: aliasOf(alias, issuer) },
      userinfo: {
        acr_values: options.userinfo.acr_values,
        ...options.userinfo.max_age !== undefined && { max_age: options.userinfo.max_age },
      },
      ...options.passkey_rp_id !== undefined && { passkey_rp_id: options.passkey_rp_id },
      keys: keySettingsOf(options.keys),
      registration: registrationOf(options.registration),
      sign_up: options.sign_up,
      password_reset: options.password_reset,
    },
  };
}

function brandingOf({ logo, style_sheet, ...rest }: ParsedOptions['branding']): Branding {
  return {
    footer_links: rest.footer_links,
    ...rest.accent_color !== undefined && { accent_color: rest.accent_color },
    ...logo !== undefined && { logo: { file: logo } },
    ...style_sheet !== undefined && { style_sheet: { file: style_sheet } },
  };
}

function attributeOf(
  row: ParsedOptions['definitions']['user_attributes'][string],
): UserAttribute {
  const { expression, value_type = 'string', multi_valued } = row;
  return expression === undefined
    ? { kind: 'declared', value_type, multi_valued }
    : { kind: 'computed', expression };
}
