import { type Html, html } from '../../../http/html.ts';
import { printable } from '../../../spec/mistake.ts';
import {
  boxName,
  CLIENT_FIELDS,
  type ClientField,
  LOCALIZED,
  textOf,
} from '../../admin/client_fields.ts';
import { joined, said, textArea } from './parts.ts';

export interface ClientFormModel {
  /** By field, or as they were typed. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly isTyped: boolean;
  /** What stands in the record now, where that is not what the form was made for. */
  readonly theirs?: Readonly<Record<string, unknown>>;
  /** By field. */
  readonly problems: ReadonlyMap<string, string>;
  /** What comes first, unfolded. */
  readonly first: readonly string[];
  /** Before all that, beside the first of it. */
  readonly before?: Html;
  /** At the end of what is about people. */
  readonly ofPeople?: Html;
}

/** What belongs together, in order; what no group names comes last. */
const GROUPS: readonly (readonly [title: string, about: string, fields: readonly string[]])[] = [
  ['Protocol', 'what the client may ask for, and how it proves who it is', [
    'profile',
    'grant_types',
    'response_types',
    'scope',
    'token_endpoint_auth_method',
    'application_type',
    'require_pkce',
    'pkce_challenge_method',
    'audience',
    'requested_audience_mode',
    'token_exchange_policy',
    'may_act',
    'response_modes',
  ]],
  ['People', 'who may use it, what they are asked, what it learns of them', [
    'authorization_policy',
    'consent_mode',
    'pre_configured_consent_duration',
    'required_scope',
    'implicit_offline_access',
    'claims_policy',
    'claims_in_id_token',
    'subject_type',
    'sector_identifier_uri',
    'default_max_age',
    'default_acr_values',
    'require_auth_time',
  ]],
  ['Shown to people', 'on the sign-in and consent pages', [
    'client_uri',
    'logo_uri',
    'policy_uri',
    'tos_uri',
    LOCALIZED,
    'contacts',
  ]],
  ['Tokens', 'their form, their lifetime, what they are bound to', [
    'access_token_format',
    'access_token_signed_response_alg',
    'id_token_signed_response_alg',
    'lifespan',
    'offline_access_ends_with_session',
    'dpop_bound_access_tokens',
    'tls_client_certificate_bound_access_tokens',
  ]],
  ['Signing out', 'where people go then, and how the client is told when a session ends', [
    'post_logout_redirect_uris',
    'frontchannel_logout_uri',
    'frontchannel_logout_session_required',
    'backchannel_logout_uri',
    'backchannel_logout_session_required',
  ]],
  ['Backchannel authentication', 'how the client asks for people, and learns of their answers', [
    'backchannel_token_delivery_mode',
    'backchannel_client_notification_endpoint',
    'backchannel_authentication_request_signing_alg',
    'backchannel_user_code_parameter',
    'backchannel_authentication_endpoint_auth_method',
  ]],
  ['Keys of the client', 'with which it signs, and answers are encrypted', ['jwks', 'jwks_uri']],
];

/** Every field of the metadata table: the first ones open, the rest in groups that fold. */
export function clientFields(model: ClientFormModel): Html {
  const { first } = model;
  const named = new Set([...first, ...GROUPS.flatMap(([, , fields]) => fields)]);
  const rest = [...CLIENT_FIELDS.keys()].filter((name) => !named.has(name));
  const groups = [
    ...GROUPS.map(([title, about, fields]) =>
      [title, about, fields.filter((name) => !first.includes(name))] as const
    ),
    ['All other metadata', 'encryption, other endpoints, certificates, request objects', rest],
  ] as const;
  return html`
    <div class="two">${model.before} ${fieldsOf(first, model)}</div>
    ${groups.map(([title, about, fields]) => group(title, about, fields, model))}
  `;
}

function group(
  title: string,
  about: string,
  fields: readonly string[],
  model: ClientFormModel,
): Html {
  const isOpen = fields.some((name) => model.problems.has(name) || isTheirs(name, model));
  return html`
    <details ${isOpen && html`open`}>
      <summary>${title} <span class="soft">– ${about}</span></summary>
      <div class="inside two">
        ${fieldsOf(fields, model)} ${title === 'People' && model.ofPeople}
      </div>
    </details>
  `;
}

function fieldsOf(names: readonly string[], model: ClientFormModel): readonly Html[] {
  return names.flatMap((name) => CLIENT_FIELDS.get(name) ?? []).map((field) =>
    fieldOf(field, model)
  );
}

function fieldOf(field: ClientField, model: ClientFormModel): Html {
  const { name, form } = field;
  const problem = model.problems.get(name);
  const value = model.values[name];
  const remarks = html`
    <p id="${name}-remark" class="soft">${helpOf(field)}</p>
    ${problem !== undefined && html`
      <p id="${name}-problem" class="wrong">${printable(problem)}</p>
    `}
    ${isTheirs(name, model) && html`
      <p class="theirs" id="${name}-theirs">Now: ${theirsText(field, model)}</p>
    `}
  `;
  const described = problem === undefined ? `${name}-remark` : `${name}-remark ${name}-problem`;
  if (form.kind === 'choices') {
    const ticked = value as readonly string[] | undefined ?? [];
    return html`
      <fieldset class="boxed whole" aria-describedby="${described}">
        <legend><code>${name}</code></legend>
        ${remarks}
        <div class="boxes">
          ${form.options.map((option) =>
            html`
              <label class="tick">
                <input type="checkbox" name="${boxName(
                  name,
                  option,
                )}" value="yes" ${ticked.includes(option) && html`checked`}>
                <code>${option}</code>
              </label>
            `
          )}
        </div>
      </fieldset>
    `;
  }
  const text = model.isTyped ? String(value ?? '') : textOf(field, value);
  const attributes = html`
    id="${name}" name="${name}" aria-describedby="${described}" aria-invalid="${problem !==
        undefined && 'true'}"
  `;
  const isWhole = form.kind === 'lines' || form.kind === 'json';
  return html`
    <div class="field ${isWhole && 'whole'}">
      <label for="${name}"><code>${name}</code></label>
      ${remarks} ${inputOf(field, text, attributes)}
    </div>
  `;
}

function inputOf({ form, initial }: ClientField, text: string, attributes: Html): Html {
  switch (form.kind) {
    case 'lines':
    case 'json':
      return textArea(attributes, text);
    case 'choice':
    case 'choices':
      return select(form.options.map((option) => [option, option]), initial, text, attributes);
    case 'truth':
      return select([['true', 'yes'], ['false', 'no']], initial, text, attributes);
    case 'number':
      return html`<input ${attributes} inputmode="numeric" value="${text}" autocomplete="off">`;
    case 'text':
      return html`<input ${attributes} value="${text}" autocomplete="off" spellcheck="false">`;
  }
}

function select(
  options: readonly (readonly [value: string, words: string])[],
  initial: unknown,
  text: string,
  attributes: Html,
): Html {
  return html`
    <select ${attributes}>
      ${initial === undefined && html`<option value="">not set</option>`}
      ${options.map(([value, words]) =>
        html`
          <option value="${value}" ${value === text &&
            html`selected`}>${words}${value === String(initial) && ' (default)'}</option>
        `
      )}
    </select>
  `;
}

function helpOf({ form, help, defined, initial }: ClientField): Html {
  const byDefault = form.kind === 'choice' || form.kind === 'truth' || initial === undefined ||
      initial === '' || (Array.isArray(initial) && initial.length === 0)
    ? []
    : [`default: ${Array.isArray(initial) ? initial.join(', ') : String(initial)}`];
  const how = form.kind === 'lines' ? ['one a line'] : form.kind === 'json' ? ['JSON'] : [];
  return joined([help, ...how, ...byDefault, defined]);
}

function isTheirs(name: string, { theirs, values }: ClientFormModel): boolean {
  const field = CLIENT_FIELDS.get(name);
  if (theirs === undefined || field === undefined) return false;
  const now = theirs[name] ?? field.initial;
  const typed = values[name];
  return field.form.kind === 'choices'
    ? JSON.stringify([...now as readonly string[] ?? []].sort()) !==
      JSON.stringify([...typed as readonly string[] ?? []].sort())
    : textOf(field, now).trim() !== String(typed ?? '').replaceAll('\r\n', '\n').trim();
}

function theirsText(field: ClientField, { theirs = {} }: ClientFormModel): Html {
  const text = textOf(field, theirs[field.name]);
  return text === '' ? html`not set` : said(text);
}
