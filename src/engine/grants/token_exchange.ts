import type { Client } from '../../spec/client.ts';
import { TOKEN_EXCHANGE_GRANT } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import {
  REQUESTED_TOKEN_KINDS,
  type RequestedTokenKind,
  TOKEN_TYPE_PREFIX,
  type TokenExchangePolicy,
} from '../../spec/token_exchange.ts';
import type { Confirmation } from '../../store/records.ts';
import { isStillAuthorized, mayActForItself } from '../authorization_policy.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import type { Engine } from '../engine.ts';
import { boundsOf, narrowed } from '../exchange/bounds.ts';
import { issueExchanged } from '../exchange/issue.ts';
import { actOf, checkSubject, exchangeKindOf, exchangePolicyOf } from '../exchange/policy.ts';
import { type Presented, readActor, readSubject } from '../exchange/presented.ts';
import { mayActOf } from '../tokens/access_token.ts';
import { type Act, type Ancestor, type Descent, grantSeenBy } from '../tokens/descent.ts';
import type { IssuePerson } from '../tokens/issue.ts';
import { isWithdrawn } from '../tokens/live.ts';
import type { Grant, Redemption } from './table.ts';

/** RFC 8693. Nothing is stored: what is made names the grant of its subject, and the tokens it comes from. T074, T075 */
export const tokenExchangeGrant: Grant = { grant_type: TOKEN_EXCHANGE_GRANT, redeem };

/** How many tokens one may go back to: each is looked at whenever it is used. */
const MAX_ANCESTORS = 10;

/** Characters of JSON: a token with all that is said of its descent must still fit into a header, and be read by us. T129 */
const MAX_DESCENT_LENGTH = 4096;

async function redeem(params: Params, caller: Caller, engine: Engine): Promise<Redemption> {
  const { client } = caller;
  const policy = exchangePolicyOf(client, engine);
  const kind = requestedKind(params, policy);
  const subject = await readSubject(params, caller, policy, engine);
  const actor = await readActor(params, caller, engine);
  checkSubject(subject, policy);
  const bounds = boundsOf(subject, client, policy, engine);
  const { scope, resource } = narrowed(params, bounds, engine.settings.issuer);
  const act = await actOf(subject, actor, client, policy, engine);
  const person = await personOf(subject, client, scope, engine);
  if (kind === 'id_token') checkSignedIn(person, scope);
  return {
    issue: {
      client,
      grant_type: 'token_exchange',
      scope,
      resource,
      ...person && { person },
      cnf: cnfOf(subject, actor),
      descent: descentOf({ subject, actor, act, client, kind }),
      latest: Math.min(
        Math.floor(engine.now()) + policy.lifetime,
        subject.exp,
        actor?.exp ?? Infinity,
      ),
    },
    respond: (issue) => issueExchanged(issue, kind, engine),
    noted: {
      event: 'token.exchanged',
      fields: {
        client_id: client.client_id,
        ...(person === undefined ? {} : { grant: person.grant.id, user: person.user.id }),
        subject_client: subject.client.client_id,
        ...actor !== undefined && {
          actor_client: actor.client.client_id,
          ...actor.person !== undefined && { actor: actor.person.user.id },
        },
        kind: exchangeKindOf(actor, policy),
        scope,
        resource,
      },
    },
  };
}

/** @throws {OAuthError} `invalid_request` */
function requestedKind(params: Params, policy: TokenExchangePolicy): RequestedTokenKind {
  const asked = params.get('requested_token_type') ?? `${TOKEN_TYPE_PREFIX}access_token`;
  const kind = REQUESTED_TOKEN_KINDS.find((each) => TOKEN_TYPE_PREFIX + each === asked);
  if (kind !== undefined && policy.requested_token_types.includes(kind)) return kind;
  const allowed = policy.requested_token_types.map((each) => TOKEN_TYPE_PREFIX + each).join(', ');
  throw new OAuthError('invalid_request', `requested_token_type must be one of ${allowed}`);
}

/** Whoever the token speaks of, if this client may have to do with them. @throws {OAuthError} `invalid_request` */
async function personOf(
  { person }: Presented,
  client: Client,
  scope: readonly string[],
  engine: Engine,
): Promise<IssuePerson | undefined> {
  if (person === undefined) {
    if (mayActForItself(client, engine)) return undefined;
    throw new OAuthError('invalid_request', 'the policy denies this client');
  }
  const { grant, user } = person;
  if (!isStillAuthorized({ ...grant, scope }, client, user, engine)) {
    throw new OAuthError('invalid_request', 'the policy of this client does not let the person in');
  }
  const since = { client_id: client.client_id, iat: grant.granted_at };
  if (await isWithdrawn(since, user, engine)) {
    throw new OAuthError('invalid_request', 'the person has taken back what the client may do');
  }
  return { grant: await grantSeenBy(grant, client, scope, engine), user };
}

/** Core §2: an ID token tells of a sign-in. @throws {OAuthError} `invalid_scope`, `invalid_request` */
function checkSignedIn(person: IssuePerson | undefined, scope: readonly string[]): void {
  if (person === undefined || !scope.includes('openid')) {
    throw new OAuthError('invalid_scope', 'an ID token needs a person and scope openid');
  }
  if (person.grant.grant_type === 'jwt_bearer') {
    throw new OAuthError('invalid_request', 'an ID token needs a person who has signed in');
  }
}

/** Nothing is made that is easier to steal than what it is made of. */
function cnfOf(subject: Presented, actor: Presented | undefined): Confirmation | undefined {
  const cnf = { ...subject.cnf, ...actor?.cnf };
  return Object.keys(cnf).length === 0 ? undefined : cnf;
}

interface Parentage {
  readonly subject: Presented;
  readonly actor: Presented | undefined;
  readonly act: Act | undefined;
  readonly client: Client;
  readonly kind: RequestedTokenKind;
}

/** @throws {OAuthError} `invalid_request` */
function descentOf({ subject, actor, act, client, kind }: Parentage): Descent {
  const descent: Descent = {
    ...(subject.sub === undefined ? {} : { sub: subject.sub }),
    ...(act === undefined ? {} : { act }),
    // RFC 8693 §4.4: whom the client names, or whom the subject token did.
    ...(subject.may_act === undefined ? {} : { may_act: subject.may_act }),
    ...mayActOf(client),
    exchanged_from: ancestorsOf(subject, actor),
    ...(kind === 'jwt' ? { format: 'jwt' } : {}),
  };
  if (JSON.stringify(descent).length > MAX_DESCENT_LENGTH) throw exchangedTooOften();
  return descent;
}

/** @throws {OAuthError} `invalid_request` */
function ancestorsOf(subject: Presented, actor: Presented | undefined): readonly Ancestor[] {
  const ancestors = [subject, actor].flatMap((each) =>
    each === undefined ? [] : [each.self, ...each.exchanged_from]
  );
  if (ancestors.length <= MAX_ANCESTORS) return ancestors;
  throw exchangedTooOften();
}

function exchangedTooOften(): OAuthError {
  return new OAuthError('invalid_request', 'subject_token was exchanged too often');
}
