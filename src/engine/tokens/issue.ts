import type { Client } from '../../spec/client.ts';
import type { GrantRecord, UserRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';
import { issueAccessToken } from './access_token.ts';
import { issueIdToken } from './id_token.ts';
import { issueRefreshToken } from './refresh_token.ts';

/** What a grant yields now. */
export interface Issue {
  readonly grant: GrantRecord;
  readonly client: Client;
  readonly user: UserRecord;
  /** What the access token covers: the grant's scope and resources, or less. */
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly nonce?: string | undefined;
}

/** RFC 6749 §5.1, Core §3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

/** The same for every grant: nothing of it is stored. */
export async function issueTokens(issue: Issue, engine: Engine): Promise<TokenResponse> {
  const { grant, client, user, scope, nonce } = issue;
  const { access_token, expires_in } = await issueAccessToken(issue, engine);
  const id_token = scope.includes('openid')
    ? await issueIdToken({ grant, client, user, access_token, nonce }, engine)
    : undefined;
  return {
    access_token,
    token_type: 'Bearer',
    expires_in,
    scope: scope.join(' '),
    ...(grant.refresh === undefined
      ? {}
      : { refresh_token: issueRefreshToken(grant, grant.refresh.n, engine) }),
    ...(id_token === undefined ? {} : { id_token }),
  };
}
