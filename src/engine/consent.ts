import { sha256 } from '../keys/digest.ts';
import type { Client } from '../spec/client.ts';
import type {
  AuthorizationDetails,
  RequestedClaims,
  SessionClient,
  SessionRecord,
} from '../store/records.ts';
import type { AuthorizationRequest } from './authorize/request.ts';
import { canonical } from './authorization_details.ts';

/** What a person said on the consent page of this very request. */
export interface Approval {
  readonly scope: readonly string[];
}

/** What an issued authorization covers. */
export interface Granted {
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly claims: RequestedClaims;
  readonly claims_locales?: readonly string[];
  readonly authorization_details?: AuthorizationDetails;
}

/** What consent hangs on. */
export interface ConsentInput {
  readonly request: AuthorizationRequest;
  readonly client: Client;
  readonly session: SessionRecord;
  readonly approval?: Approval;
}

/** What may be issued now; undefined while the person has to be asked. */
export function grantedWithoutAsking(
  { request, client, session, approval }: ConsentInput,
): Granted | undefined {
  const { resource, claims, claims_locales, authorization_details } = request;
  const rest = {
    resource,
    claims,
    ...(claims_locales === undefined ? {} : { claims_locales }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
  if (approval !== undefined) {
    const approved = new Set(approval.scope);
    return {
      scope: request.scope.filter((scope) => scope === 'openid' || approved.has(scope)),
      ...rest,
    };
  }
  if (request.prompt.includes('consent')) return undefined;
  const earlier = session.clients.find(({ client_id }) => client_id === client.client_id);
  if (client.consent_mode === 'implicit') {
    // Core §11: offline access only with the person's word.
    const scope = request.scope.filter((name) =>
      name !== 'offline_access' || earlier?.scope.includes(name)
    );
    return { scope, ...rest };
  }
  return earlier !== undefined && isCovered(request, earlier)
    ? { scope: request.scope, ...rest }
    : undefined;
}

/** Whether the person has said yes to all of this before, in this session. */
function isCovered(request: AuthorizationRequest, earlier: SessionClient): boolean {
  return contains(earlier.scope, request.scope) &&
    contains(earlier.resource, request.resource) &&
    contains(earlier.claims, claimNames(request.claims)) &&
    (request.authorization_details === undefined ||
      detailsDigest(request.authorization_details) === earlier.details);
}

/** What consent to authorization_details is remembered by: these very ones. */
export function detailsDigest(details: AuthorizationDetails): string {
  return sha256(canonical(details));
}

/** The names asked for, each once: what consent is remembered by. */
export function claimNames(claims: RequestedClaims): readonly string[] {
  return [...new Set([...claims.userinfo, ...claims.id_token])];
}

function contains(all: readonly string[], some: readonly string[]): boolean {
  return some.every((member) => all.includes(member));
}
