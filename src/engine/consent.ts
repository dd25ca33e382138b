import { sha256 } from '../keys/digest.ts';
import type { Client } from '../spec/client.ts';
import { parseDuration } from '../spec/duration.ts';
import { parseScope } from '../spec/scopes.ts';
import type {
  AuthorizationDetails,
  ConsentAnswer,
  RequestedClaims,
  SessionRecord,
} from '../store/records.ts';
import type { AuthorizationRequest } from './authorize/request.ts';
import { canonical } from './authorization_details.ts';

/** What a person said on the consent page of this very request. What it names beyond the request counts for nothing (T110). */
export interface Approval {
  readonly scope: readonly string[];
  readonly claims: readonly string[];
  /** Whether the answer is to be saved, where the client's mode allows that. */
  readonly remember: boolean;
}

/** What an issued authorization covers. */
export interface Granted {
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly claims: RequestedClaims;
  readonly claims_locales?: readonly string[];
  readonly authorization_details?: AuthorizationDetails;
}

/** What is known of a person and a client beside the session. */
export interface ConsentMemory {
  /** What they saved for exactly this request, if that still stands. */
  readonly saved?: ConsentAnswer;
  /** When they last took back what they had allowed; Unix seconds, with a fraction. */
  readonly withdrawn_at?: number;
}

/** What consent hangs on. */
export interface ConsentInput {
  readonly request: AuthorizationRequest;
  readonly client: Client;
  readonly session: SessionRecord;
  readonly memory: ConsentMemory;
  readonly approval?: Approval;
}

/** What may be issued now; undefined while the person has to be asked. */
export function grantedWithoutAsking(input: ConsentInput): Granted | undefined {
  const { request, client, approval } = input;
  if (approval !== undefined) return grantedOf(request, allowedBy(approval, request, client));
  if (request.prompt.includes('consent')) return undefined;
  if (!mayAsk(request, client)) {
    // Core §11: offline access only with the person's word.
    const scope = request.scope.filter((name) => name !== 'offline_access');
    return grantedOf(request, { scope, claims: claimNames(request.claims) });
  }
  const answer = answerBefore(input);
  return answer && grantedOf(request, answer);
}

/**
 * Whether the consent page is for this client at all: the administrator's word stands for the person's in mode implicit,
 * save for offline access where that is to force the question.
 */
export function mayAsk({ scope }: Pick<AuthorizationRequest, 'scope'>, client: Client): boolean {
  return client.consent_mode !== 'implicit' ||
    (client.implicit_offline_access === 'force_consent' && scope.includes('offline_access'));
}

/** Seconds for which a person may have an answer saved; undefined where answers last a session at most. */
export function savedForSeconds(
  { consent_mode, pre_configured_consent_duration: duration }: Client,
): number | undefined {
  switch (consent_mode) {
    case 'pre-configured':
      return parseDuration(duration ?? USUAL_DURATION);
    case 'auto':
      return duration === undefined ? undefined : parseDuration(duration);
    default:
      return undefined;
  }
}

const USUAL_DURATION = '7d';

/** What a person can be asked for. */
export type Asked = Pick<AuthorizationRequest, 'scope' | 'claims' | 'essential_claims'>;

/** Names of scopes, and of claims asked for one by one. */
export interface Names {
  readonly scope: readonly string[];
  readonly claims: readonly string[];
}

/** What a person can only allow together with the rest, or not at all. */
export function lockedIn(asked: Asked, client: Client): Names {
  const names = claimNames(asked.claims);
  // Whoever allows offline access must not thereby lose what nobody is asked about.
  if (client.consent_mode === 'implicit') {
    return { scope: asked.scope.filter((name) => name !== 'offline_access'), claims: names };
  }
  const required = ['openid', ...parseScope(client.required_scope) ?? []];
  return {
    scope: asked.scope.filter((name) => required.includes(name)),
    claims: names.filter((name) => asked.essential_claims?.includes(name) === true),
  };
}

/** Of what was asked for, that which was ticked or could not be unticked. */
export function allowedBy(approval: Names, asked: Asked, client: Client): Names {
  const locked = lockedIn(asked, client);
  return {
    scope: asked.scope.filter((name) =>
      locked.scope.includes(name) || approval.scope.includes(name)
    ),
    claims: claimNames(asked.claims).filter((name) =>
      locked.claims.includes(name) || approval.claims.includes(name)
    ),
  };
}

/** An approval, as it is remembered. */
export function answerOf(
  request: AuthorizationRequest,
  granted: Granted,
  nowSeconds: number,
): ConsentAnswer {
  const { scope, resource, authorization_details: details } = granted;
  const claims = claimNames(granted.claims);
  return {
    at: nowSeconds,
    scope,
    claims,
    resource,
    ...(details === undefined ? {} : { details: sha256(canonical(details)) }),
    left_out: {
      scope: request.scope.filter((name) => !scope.includes(name)),
      claims: claimNames(request.claims).filter((name) => !claims.includes(name)),
    },
  };
}

/** How many answers about one client a session remembers: clients that serve several resources ask for each. */
const MAX_ANSWERS = 3;

/** What is remembered after one more answer: of the earlier ones, none that allows what the person now left out. */
export function withAnswer(
  earlier: readonly ConsentAnswer[],
  answer: ConsentAnswer,
): readonly ConsentAnswer[] {
  const { left_out } = answer;
  const standing = earlier.filter((each) =>
    !each.scope.some((name) => left_out.scope.includes(name)) &&
    !each.claims.some((name) => left_out.claims.includes(name)) &&
    !isShownIn({ ...shownIn(each), resource: each.resource, details: each.details }, answer)
  );
  return [answer, ...standing].slice(0, MAX_ANSWERS);
}

/** What tells one question from any other: scopes, resources, claims and details, in whatever order they were asked for. */
export function questionDigest(request: AuthorizationRequest): string {
  const { scope, resource, claims, essential_claims = [], authorization_details } = request;
  const lists = [scope, resource, claims.userinfo, claims.id_token, essential_claims];
  return sha256(canonical([
    ...lists.map((list) => list.toSorted()),
    authorization_details ?? null,
  ]));
}

/** The names asked for, each once: what consent is remembered by. */
export function claimNames(claims: RequestedClaims): readonly string[] {
  return [...new Set([...claims.userinfo, ...claims.id_token])];
}

function grantedOf(request: AuthorizationRequest, allowed: Names): Granted {
  const { resource, claims, claims_locales, authorization_details } = request;
  const isAllowed = (name: string) => allowed.claims.includes(name);
  return {
    scope: request.scope.filter((name) => allowed.scope.includes(name)),
    resource,
    claims: {
      userinfo: claims.userinfo.filter(isAllowed),
      id_token: claims.id_token.filter(isAllowed),
    },
    ...(claims_locales === undefined ? {} : { claims_locales }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
}

/** The newest answer that settles this request, if there is one that still counts. */
function answerBefore(
  { request, client, session, memory }: ConsentInput,
): ConsentAnswer | undefined {
  const inSession = session.clients.find(({ client_id }) => client_id === client.client_id);
  const answers = [
    ...(isImpersonable(client) ? [] : inSession?.answers ?? []),
    ...(memory.saved === undefined ? [] : [memory.saved]),
  ];
  const { client_id_issued_at = 0 } = client;
  const { withdrawn_at = -Infinity } = memory;
  return answers.toSorted((left, right) => right.at - left.at)
    // What was said to another client of this name, or taken back since, is as if it had never been said.
    .filter(({ at }) => at >= client_id_issued_at && at > withdrawn_at)
    .find((answer) => settles(answer, request, client));
}

/** RFC 8252 §8.6: any app on the device can pass for it, so what was allowed before proves nothing. */
function isImpersonable(
  { application_type, token_endpoint_auth_method }: Client,
): boolean {
  return application_type === 'native' && token_endpoint_auth_method === 'none';
}

/** Whether all of it was shown then, and all that cannot be left out was allowed. T109 */
function settles(answer: ConsentAnswer, request: AuthorizationRequest, client: Client): boolean {
  const { scope, resource, claims, authorization_details: details } = request;
  const locked = lockedIn(request, client);
  const asked = {
    scope,
    claims: claimNames(claims),
    resource,
    details: details === undefined ? undefined : sha256(canonical(details)),
  };
  return isShownIn(asked, answer) && contains(answer.scope, locked.scope) &&
    contains(answer.claims, locked.claims);
}

interface Shown extends Names {
  readonly resource: readonly string[];
  /** A digest. */
  readonly details: string | undefined;
}

function isShownIn(asked: Shown, answer: ConsentAnswer): boolean {
  const shown = shownIn(answer);
  return contains(shown.scope, asked.scope) && contains(shown.claims, asked.claims) &&
    contains(answer.resource, asked.resource) &&
    (asked.details === undefined || asked.details === answer.details);
}

function shownIn({ scope, claims, left_out }: ConsentAnswer): Names {
  return { scope: [...scope, ...left_out.scope], claims: [...claims, ...left_out.claims] };
}

function contains(all: readonly string[], some: readonly string[]): boolean {
  return some.every((member) => all.includes(member));
}
