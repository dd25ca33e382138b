import type { Client } from '../spec/client.ts';
import { byteLength } from '../spec/byte_length.ts';
import { isMap } from '../spec/is_map.ts';
import { jsonProblem } from '../spec/json_problem.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { AuthorizationDetailsType } from '../spec/settings.ts';
import type { AuthorizationDetails } from '../store/records.ts';
import type { Engine } from './engine.ts';

/** Characters as they are sent, and bytes as they are kept: a token with them must fit into a header. T129 */
const MAX_LENGTH = 8192;
const MAX_DEPTH = 32;
const MAX_DETAILS = 10;

/** RFC 9396 §2.2: what every type may hold. */
const COMMON_FIELDS = ['type', 'locations', 'actions', 'datatypes', 'identifier', 'privileges'];
const COMMON_LISTS = ['locations', 'actions', 'datatypes', 'privileges'];

/** The details a client asks for, each of a registered type it may use. RFC 9396 §2, §5. @throws {OAuthError} `invalid_authorization_details` */
export function parseAuthorizationDetails(
  text: string | undefined,
  client: Client,
  engine: Engine,
): AuthorizationDetails | undefined {
  if (text === undefined) return undefined;
  const details = listOf(text);
  for (const [index, detail] of details.entries()) {
    const type = engine.settings.authorization_details_types.get(detail.type);
    if (type === undefined || !isTypeOf(client, detail.type, engine)) {
      throw refusal(index, 'is of a type that is not registered, or not for this client');
    }
    checkFields(detail, type, index);
  }
  return details.length === 0 ? undefined : details;
}

/** Whether a client may have details of a type. RFC 9396 §10 */
export function isTypeOf(
  { authorization_details_types }: Pick<Client, 'authorization_details_types'>,
  type: string,
  { settings }: Pick<Engine, 'settings'>,
): boolean {
  return settings.authorization_details_types.has(type) &&
    authorization_details_types?.includes(type) === true;
}

/** Of what was granted, the details asked for now, or all of them. RFC 9396 §6. @throws {OAuthError} `invalid_authorization_details` */
export function narrowAuthorizationDetails(
  text: string | undefined,
  granted: AuthorizationDetails | undefined,
): AuthorizationDetails | undefined {
  if (text === undefined) return granted;
  const all = new Set(granted?.map(canonical));
  const details = listOf(text);
  for (const [index, detail] of details.entries()) {
    if (!all.has(canonical(detail))) throw refusal(index, 'was not granted');
  }
  return details.length === 0 ? undefined : details;
}

/** The same text for the same details, however their members were ordered. */
export function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, member: unknown) =>
      isMap(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => a < b ? -1 : 1))
        : member,
  );
}

function listOf(text: string): AuthorizationDetails {
  if (text.length > MAX_LENGTH) throw invalid(`is over ${MAX_LENGTH} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('is not JSON');
  }
  const problem = jsonProblem(text, MAX_DEPTH);
  if (problem !== undefined) throw invalid(problem);
  // Other characters than those of ASCII have more bytes, and 1e20 has 21.
  if (byteLength(JSON.stringify(value)) > MAX_LENGTH) throw invalid(`is over ${MAX_LENGTH} bytes`);
  if (!Array.isArray(value) || value.length > MAX_DETAILS) {
    throw invalid(`must be a list of at most ${MAX_DETAILS}`);
  }
  for (const [index, detail] of value.entries()) {
    const isTyped = isMap(detail) && Object.hasOwn(detail, 'type') &&
      typeof detail['type'] === 'string';
    if (!isTyped) throw refusal(index, 'must be an object with a type');
  }
  return value as AuthorizationDetails;
}

function checkFields(
  detail: AuthorizationDetails[number],
  type: AuthorizationDetailsType,
  index: number,
): void {
  for (const [name, value] of Object.entries(detail)) {
    if (!COMMON_FIELDS.includes(name) && !type.fields.includes(name)) {
      throw refusal(index, `holds a member that its type does not know: ${name.slice(0, 64)}`);
    }
    if (COMMON_LISTS.includes(name) && !isListOfStrings(value)) {
      throw refusal(index, `has a member ${name} that is no list of strings`);
    }
    if (name === 'identifier' && typeof value !== 'string') {
      throw refusal(index, 'has an identifier that is no string');
    }
  }
  const missing = type.required.find((name) => !Object.hasOwn(detail, name));
  if (missing !== undefined) throw refusal(index, `lacks ${missing}`);
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function refusal(index: number, problem: string): OAuthError {
  return invalid(problem, `[${index}]`);
}

function invalid(problem: string, place = ''): OAuthError {
  return new OAuthError(
    'invalid_authorization_details',
    `authorization_details${place} ${problem}`,
  );
}
