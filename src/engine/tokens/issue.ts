import type { Client } from '../../spec/client.ts';
import type { LifespanGrant } from '../../spec/settings.ts';
import type {
  AuthorizationDetails,
  Confirmation,
  GrantRecord,
  UserRecord,
} from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { issueAccessToken } from './access_token.ts';
import type { Descent } from './descent.ts';
import { issueIdToken } from './id_token.ts';
import { issueRefreshToken } from './refresh_token.ts';

/** What a grant yields now. */
export interface Issue {
  readonly client: Client;
  /** What the access token covers: the grant's scope and resources, or less. */
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  /** RFC 9396 §7. */
  readonly authorization_details?: AuthorizationDetails;
  /** The keys that the access token is bound to: a grant names those of what it is made of. */
  readonly cnf?: Confirmation | undefined;
  readonly grant_type: LifespanGrant;
  /** Absent when the client acts for itself, RFC 6749 §4.4. */
  readonly person?: IssuePerson;
  /** RFC 8693 */
  readonly descent?: Descent;
  /** Unix seconds, at most. */
  readonly latest?: number;
}

/** The person in whose name tokens are issued, and the grant that they live under. */
export interface IssuePerson {
  readonly grant: GrantRecord;
  readonly user: UserRecord;
  readonly nonce?: string | undefined;
  /** Of a backchannel authentication request whose tokens are pushed. CIBA §10.3.1 */
  readonly auth_req_id?: string;
}

/** RFC 6749 §7.1, RFC 9449 §5; a token bound to a certificate is a bearer's to the header (RFC 8705 §3). */
export type TokenType = 'Bearer' | 'DPoP';

export function tokenTypeOf(cnf: Confirmation | undefined): TokenType {
  return cnf !== undefined && 'jkt' in cnf ? 'DPoP' : 'Bearer';
}

/** RFC 6749 §5.1, Core §3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  /** N_A: of what is no access token. RFC 8693 §2.2.1 */
  readonly token_type: TokenType | 'N_A';
  /** RFC 8693 §2.2.1 */
  readonly issued_token_type?: string;
  readonly expires_in: number;
  /** Absent when there is none: RFC 6749 §3.3 knows no empty scope. */
  readonly scope?: string;
  /** RFC 9396 §7 */
  readonly authorization_details?: AuthorizationDetails;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/** The same for every grant: nothing of it is stored. */
export async function issueTokens(issue: Issue, engine: Engine): Promise<TokenResponse> {
  const { client, scope, resource, authorization_details, cnf, person, grant_type } = issue;
  const { access_token, expires_in, audience } = await issueAccessToken({
    client,
    scope,
    resource,
    authorization_details,
    cnf,
    grant: person?.grant,
    user: person?.user,
    grant_type,
  }, engine);
  const refresh = person?.grant.refresh;
  const refresh_token = person === undefined || refresh === undefined
    ? undefined
    : issueRefreshToken(person.grant, refresh.n, engine);
  const id_token = person !== undefined && scope.includes('openid')
    ? await issueIdToken({
      ...person,
      grant: { ...person.grant, scope },
      client,
      access_token,
      refresh_token,
      audience,
      hasUserinfo: true,
      grant_type,
    }, engine)
    : undefined;
  if (id_token !== undefined) {
    engine.observations.issued(engine.settings.issuer, client.client_id, scope);
  }
  return {
    access_token,
    token_type: tokenTypeOf(cnf),
    expires_in,
    ...(scope.length === 0 ? {} : { scope: scope.join(' ') }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
    ...(refresh_token === undefined ? {} : { refresh_token }),
    ...(id_token === undefined ? {} : { id_token }),
  };
}
