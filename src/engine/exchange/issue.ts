import { type RequestedTokenKind, TOKEN_TYPE_PREFIX } from '../../spec/token_exchange.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { issueAccessToken } from '../tokens/access_token.ts';
import { issueIdToken } from '../tokens/id_token.ts';
import { type Issue, type TokenResponse, tokenTypeOf } from '../tokens/issue.ts';

/** RFC 8693 §2.2.1: one token, whatever its kind, and never one that makes others. */
export async function issueExchanged(
  issue: Issue,
  kind: RequestedTokenKind,
  engine: Engine,
): Promise<TokenResponse> {
  const { client, scope, person, descent, grant_type, latest = Infinity } = issue;
  const issued_token_type = TOKEN_TYPE_PREFIX + kind;
  if (kind === 'id_token' && person !== undefined) {
    const iat = Math.floor(engine.now());
    const { id_token: lifetime } = lifespansOf(client, engine, grant_type);
    const exchanged = { exp: Math.min(iat + lifetime, latest), act: descent?.act };
    const { grant, user } = person;
    const access_token = await issueIdToken(
      { grant, user, client, hasUserinfo: true, grant_type, exchanged },
      engine,
    );
    const expires_in = exchanged.exp - iat;
    const told = { scope: scope.join(' ') };
    return { access_token, issued_token_type, token_type: 'N_A', expires_in, ...told };
  }
  return { ...await issueAccessTokenOnly(issue, engine), issued_token_type };
}

/** No ID token and no refresh token beside it, whatever the scope is. */
export async function issueAccessTokenOnly(issue: Issue, engine: Engine): Promise<TokenResponse> {
  const { scope, person, cnf } = issue;
  const input = { ...issue, grant: person?.grant, user: person?.user };
  const { access_token, expires_in } = await issueAccessToken(input, engine);
  const told = scope.length === 0 ? {} : { scope: scope.join(' ') };
  return { access_token, token_type: tokenTypeOf(cnf), expires_in, ...told };
}
