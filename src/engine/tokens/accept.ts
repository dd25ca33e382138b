import { OAuthError } from '../../spec/oauth_error.ts';
import { type Holder, isHeldBy } from '../binding.ts';
import { checkProofAlg } from '../dpop.ts';
import type { Engine } from '../engine.ts';
import { consume, type OneTimeUse } from '../one_time.ts';
import type { AccessToken } from './access_token.ts';
import { type TokenType, tokenTypeOf } from './issue.ts';
import { findLiveToken, type LiveToken } from './live.ts';

/** An access token as a request shows it. */
export interface ShownToken {
  readonly access_token: string;
  /** The scheme it came under. */
  readonly scheme: TokenType;
  readonly holder: Holder;
  /** What signed the proof beside it, if there is one. */
  readonly proof_alg?: string;
  readonly uses: readonly OneTimeUse[];
}

/** A token that counts now, in the hands it belongs to, meant for us. RFC 6750 §3.1. @throws {OAuthError} `invalid_token`, `invalid_dpop_proof` */
export async function acceptToken(
  shown: ShownToken,
  isForUs: (aud: readonly string[]) => boolean,
  engine: Engine,
): Promise<LiveToken> {
  const live = await findLiveToken(shown.access_token, engine);
  if (live === undefined) {
    throw new OAuthError('invalid_token', 'access token is unknown, expired or revoked');
  }
  checkBinding(live.token, shown);
  if (shown.proof_alg !== undefined) checkProofAlg(shown.proof_alg, live.client);
  if (!isForUs(live.token.aud)) {
    throw new OAuthError('invalid_token', 'access token is meant for another resource');
  }
  // Only now: a proof without a token that it belongs to must not make us write.
  await consume(shown.uses, engine);
  return live;
}

/** T056, T059. @throws {OAuthError} `invalid_token` */
function checkBinding({ cnf }: AccessToken, { scheme, holder }: ShownToken): void {
  const token_type = tokenTypeOf(cnf);
  if (token_type !== scheme) {
    throw new OAuthError('invalid_token', `access token is of type ${token_type}`);
  }
  if (!isHeldBy(cnf, holder)) {
    throw new OAuthError('invalid_token', 'access token is bound to another key');
  }
}
