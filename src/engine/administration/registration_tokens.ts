import { randomToken } from '../../keys/digest.ts';
import { GRANT_TYPES, type GrantType } from '../../spec/identifiers.ts';
import { meant } from '../../spec/mistake.ts';
import { parseScope } from '../../spec/scopes.ts';
import { initialTokens } from '../../store/collections.ts';
import type { Actor, InitialTokenRecord } from '../../store/records.ts';
import { audit } from '../audit.ts';
import type { Engine } from '../engine.ts';
import { digestOfInitial, INITIAL_TOKEN_PREFIX } from '../registration/initial_token.ts';
import { type Page, pageOf, type PageRequest } from './listing.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** An initial access token as it is shown: never the token itself. */
export type RegistrationTokenView = Omit<InitialTokenRecord, 'digest'>;

/** What a new token allows; what is absent has no bound but that of its policy and of the configuration. */
export interface RegistrationTokenOptions {
  /** Scopes separated by spaces. */
  readonly scope?: string | undefined;
  readonly grant_types?: readonly string[] | undefined;
  /** Registered resources. */
  readonly audience?: readonly string[] | undefined;
  /** A name of registration.policies. */
  readonly policy?: string | undefined;
  readonly note?: string | undefined;
  /** Absent: any number. */
  readonly uses?: number | undefined;
  /** Seconds; absent: for ever. */
  readonly lifetime?: number | undefined;
}

export interface MadeRegistrationToken {
  readonly registration_token: RegistrationTokenView;
  /** Shown this once. */
  readonly token: string;
}

const MAX_USES = 1_000_000;
/** Seconds. */
const MAX_LIFETIME = 3650 * 86_400;
const MAX_NOTE_LENGTH = 200;
/** Clients keep what their token allowed. */
const MAX_AUDIENCE = 10;

/** Makes leave to register clients. RFC 7591 §3 */
export async function addRegistrationToken(
  options: RegistrationTokenOptions,
  by: Actor,
  engine: Engine,
): Promise<Outcome<MadeRegistrationToken>> {
  const problem = problemOf(options, engine);
  if (problem !== undefined) return refused(problem);
  const token = INITIAL_TOKEN_PREFIX + randomToken(32);
  const { grant_types, audience, policy, note, uses, lifetime } = options;
  const scope = options.scope === undefined ? undefined : parseScope(options.scope);
  const created_at = Math.floor(engine.now());
  const record: InitialTokenRecord = {
    ...digestOfInitial(token, engine),
    ...scope !== undefined && { scope },
    ...grant_types !== undefined && { grant_types: grant_types as readonly GrantType[] },
    ...audience !== undefined && { audience },
    ...policy !== undefined && { policy },
    ...note !== undefined && { note },
    ...uses !== undefined && { uses_left: uses },
    ...lifetime !== undefined && { expires_at: created_at + lifetime },
    created_at,
  };
  const change = { action: 'registration_token.created', target: record.id, after: record };
  await engine.store.commit({
    put: [
      initialTokens.put([engine.settings.issuer, record.id], record, record.expires_at),
      audit(change, by, engine),
    ],
  });
  return done({ registration_token: viewOf(record), token });
}

/** Those that have not expired, the used up ones included; oldest first. */
export async function listRegistrationTokens(
  engine: Engine,
): Promise<readonly RegistrationTokenView[]> {
  const views: RegistrationTokenView[] = [];
  for await (const { value } of initialTokens.list(engine.store, [engine.settings.issuer])) {
    views.push(viewOf(value));
  }
  return views.sort((one, other) => one.created_at - other.created_at);
}

/** The same page by page, in no order that means anything; places are IDs. */
export async function pageRegistrationTokens(
  request: PageRequest,
  { store, settings: { issuer } }: Engine,
): Promise<Page<RegistrationTokenView>> {
  const { items, next } = await pageOf(initialTokens, [issuer], request, store);
  return { items: items.map(viewOf), ...next !== undefined && { next } };
}

/** From now on nobody registers with it; the clients that were registered stay. */
export async function removeRegistrationToken(
  id: string,
  by: Actor,
  engine: Engine,
): Promise<Outcome<{ readonly id: string }>> {
  const { issuer } = engine.settings;
  const entry = await initialTokens.get(engine.store, issuer, id);
  if (entry === undefined) {
    return refused(`there is no registration token ${JSON.stringify(id)}`, 'missing');
  }
  const change = { action: 'registration_token.removed', target: id, before: entry.value };
  await engine.store.commit({
    put: [audit(change, by, engine)],
    remove: [initialTokens.key(issuer, id)],
  });
  return done({ id });
}

function viewOf({ digest: _, ...rest }: InitialTokenRecord): RegistrationTokenView {
  return rest;
}

function problemOf(options: RegistrationTokenOptions, { settings }: Engine): string | undefined {
  const { grant_types = [], audience = [], policy, note, uses, lifetime } = options;
  const { resources, registration: { mode, policies } } = settings;
  const scopes = new Set([
    ...settings.scopes.keys(),
    ...[...resources.values()].flatMap(({ scope }) => scope),
  ]);
  if (mode === 'off') return 'registration.mode is off: nobody could use the token';
  if (audience.length > MAX_AUDIENCE) return `audience must be at most ${MAX_AUDIENCE} resources`;
  const asked = options.scope === undefined ? [] : parseScope(options.scope);
  if (asked === undefined) return 'scope must be scopes separated by spaces';
  const rows = [
    ...asked.map((value) => ({ field: 'scope', value, known: [...scopes] })),
    ...grant_types.map((value) => ({ field: 'grant_types', value, known: GRANT_TYPES })),
    ...audience.map((value) => ({ field: 'audience', value, known: [...resources.keys()] })),
    ...policy === undefined
      ? []
      : [{ field: 'policy', value: policy, known: [...policies.keys()] }],
  ];
  const unknown = rows.find(({ value, known }) => !known.some((each) => each === value));
  if (unknown !== undefined) {
    const { field, value, known } = unknown;
    return `${field} names what there is not: ${value}${meant(value, known)}`;
  }
  if (uses !== undefined && !isWithin(uses, MAX_USES)) {
    return `uses must be a whole number from 1 to ${MAX_USES}`;
  }
  if (lifetime !== undefined && !isWithin(lifetime, MAX_LIFETIME)) {
    return 'lifetime must be from 1s to 3650d';
  }
  return note !== undefined && note.length > MAX_NOTE_LENGTH
    ? `note must be at most ${MAX_NOTE_LENGTH} characters`
    : undefined;
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
