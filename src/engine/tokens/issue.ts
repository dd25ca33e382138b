import type { Client } from '../../spec/client.ts';
import type { AuthorizationDetails, GrantRecord, UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { issueAccessToken } from './access_token.ts';
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
  /** Absent when the client acts for itself, RFC 6749 §4.4. */
  readonly person?: IssuePerson;
}

/** The person in whose name tokens are issued, and the grant that they live under. */
export interface IssuePerson {
  readonly grant: GrantRecord;
  readonly user: UserRecord;
  readonly nonce?: string | undefined;
}

/** RFC 6749 §5.1, Core §3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  /** Absent when there is none: RFC 6749 §3.3 knows no empty scope. */
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/** The same for every grant: nothing of it is stored. */
export async function issueTokens(issue: Issue, engine: Engine): Promise<TokenResponse> {
  const { client, scope, resource, person } = issue;
  const input = { client, scope, resource, grant: person?.grant };
  const { access_token, expires_in } = await issueAccessToken(input, engine);
  const id_token = person !== undefined && scope.includes('openid')
    ? await issueIdToken({ ...person, client, access_token }, engine)
    : undefined;
  const refresh = person?.grant.refresh;
  return {
    access_token,
    token_type: 'Bearer',
    expires_in,
    ...(scope.length === 0 ? {} : { scope: scope.join(' ') }),
    ...(person === undefined || refresh === undefined
      ? {}
      : { refresh_token: issueRefreshToken(person.grant, refresh.n, engine) }),
    ...(id_token === undefined ? {} : { id_token }),
  };
}
