import type { Client } from '../../spec/client.ts';
import type { GrantType } from '../../spec/identifiers.ts';
import { endOfTurn } from '../../spec/end_of_turn.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { type Params, required } from '../../spec/params.ts';
import type { Change } from '../../store/store.ts';
import { bindingOf } from '../binding.ts';
import type { Caller } from '../client_auth/client_auth.ts';
import { checkGrantType } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { checkUnused, usingUp, withUses } from '../one_time.ts';
import { type Issue, issueTokens, type TokenResponse } from '../tokens/issue.ts';
import { keepUsed } from '../registration/first_use.ts';
import { authorizationCodeGrant } from './authorization_code.ts';
import { cibaGrant } from './ciba.ts';
import { clientCredentialsGrant } from './client_credentials.ts';
import { deviceCodeGrant } from './device_code.ts';
import { logNewGrant } from './new_grant.ts';
import { jwtBearerGrant } from './jwt_bearer.ts';
import { refreshTokenGrant } from './refresh_token.ts';
import { tokenExchangeGrant } from './token_exchange.ts';

/** What redeeming decided: the tokens to make, and the one write that makes them count. */
export interface Redemption {
  readonly issue: Issue;
  /** Absent when nothing moves: a grant that stays as it is, or none at all. */
  readonly change?: Change;
  /** The person's grant begins with it. */
  readonly isNewGrant?: true;
  /** In place of `issueTokens`. */
  readonly respond?: (issue: Issue) => Promise<TokenResponse>;
  /** For the log, beside or in place of a new grant. */
  readonly noted?: {
    readonly event: string;
    readonly fields: Readonly<Record<string, unknown>>;
  };
}

/** One grant of RFC 6749 §4: reads and decides, and writes nothing itself except what a refusal must revoke. */
export interface Grant {
  readonly grant_type: GrantType;
  /** @throws {OAuthError} `invalid_grant`, `invalid_scope`, `invalid_target`, `invalid_request` */
  redeem(params: Params, caller: Caller, engine: Engine): Promise<Redemption>;
}

export const GRANTS: ReadonlyMap<string, Grant> = new Map(
  [
    authorizationCodeGrant,
    refreshTokenGrant,
    clientCredentialsGrant,
    tokenExchangeGrant,
    jwtBearerGrant,
    deviceCodeGrant,
    cibaGrant,
  ].map((grant) => [grant.grant_type, grant]),
);

/** How often a lost race is decided anew; each loss means that somebody else's write went through. */
const MAX_ATTEMPTS = 8;

/** The phases every grant shares: may this client use it, decide, write, answer. RFC 6749 §4, §5.2. */
export async function redeemGrant(
  params: Params,
  caller: Caller,
  engine: Engine,
): Promise<TokenResponse> {
  const { uses } = caller;
  // Before the grant is looked at: a whole request that comes again must not be taken for a code used twice.
  await checkUnused(uses, engine);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const redemption = await usingUp(
      caller,
      engine,
      () => redemptionOf(params, caller, engine),
    );
    const change = withUses(redemption.change, uses, engine);
    if (caller.client.unused_until !== undefined) await keepUsed(caller.client, engine);
    const response = change === undefined
      ? await answer(redemption, engine)
      : await answerOnceWritten(change, redemption, engine);
    if (response !== undefined) {
      noteGrant(redemption, engine);
      return response;
    }
    await checkUnused(uses, engine);
  }
  throw new OAuthError('temporarily_unavailable', 'too many requests for one grant', {
    retryAfterSeconds: 1,
  });
}

/** Signing overlaps with the disk; the tokens leave only when the write has held. Undefined when somebody else's came first. */
async function answerOnceWritten(
  change: Change,
  redemption: Redemption,
  engine: Engine,
): Promise<TokenResponse | undefined> {
  const [outcome, response] = await Promise.all([
    engine.store.commit(change),
    // The store begins to write at the end of the turn.
    endOfTurn().then(() => answer(redemption, engine)),
  ]);
  return outcome === 'committed' ? response : undefined;
}

function answer({ issue, respond }: Redemption, engine: Engine): Promise<TokenResponse> {
  return respond === undefined ? issueTokens(issue, engine) : respond(issue);
}

/** T150 */
function noteGrant({ issue, isNewGrant, noted }: Redemption, { log }: Engine): void {
  if (noted !== undefined) log('info', noted.event, noted.fields);
  const grant = issue.person?.grant;
  if (grant !== undefined && isNewGrant === true) logNewGrant(grant, log);
}

/** Every grant's tokens are bound to the keys that the caller has shown, and that what they are made of is bound to. RFC 9449 §5, RFC 8705 §3 */
async function redemptionOf(
  params: Params,
  caller: Caller,
  engine: Engine,
): Promise<Redemption> {
  const grant = grantFor(params, caller.client);
  const cnf = bindingOf(caller);
  const { issue, ...redemption } = await grant.redeem(params, caller, engine);
  return {
    ...redemption,
    issue: { ...issue, cnf: issue.cnf === undefined ? cnf : { ...issue.cnf, ...cnf } },
  };
}

function grantFor(params: Params, client: Client): Grant {
  const grant = GRANTS.get(required(params, 'grant_type'));
  if (grant === undefined) {
    throw new OAuthError(
      'unsupported_grant_type',
      `grant_type must be one of ${[...GRANTS.keys()].join(', ')}`,
    );
  }
  checkGrantType(client, grant.grant_type);
  return grant;
}
