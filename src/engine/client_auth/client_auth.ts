import type { AuthMethod } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';

/** What a request shows of the client that sends it. */
export interface Presented {
  readonly authorization: string | null;
  readonly params: Params;
  /** What guesses are counted by: the sender's address or network. */
  readonly source: string;
}

/** Credentials as one method reads them. */
export interface Credentials {
  readonly client_id: string;
  /** Absent where the method shows none. */
  readonly client_secret?: string;
}

/** One way for a client to prove who it is. */
export interface ClientAuth {
  readonly token_endpoint_auth_method: AuthMethod;
  /** The credentials, or undefined if the request does not use this method. @throws {OAuthError} `invalid_client` */
  read(presented: Presented): Credentials | undefined;
}

/** The same words for every reason; the reason goes to the log. */
export function invalidClient(debug: string): OAuthError {
  return new OAuthError('invalid_client', 'client authentication failed', { debug });
}
