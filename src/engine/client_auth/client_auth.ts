import type { Client } from '../../spec/client.ts';
import type { AuthMethod } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import type { Engine } from '../engine.ts';
import type { OneTimeUse } from '../one_time.ts';

/** Where a client may have to prove who it is. */
export type AuthEndpoint =
  | 'token'
  | 'revocation'
  | 'introspection'
  | 'pushed_authorization_request'
  | 'device_authorization'
  | 'backchannel_authentication';

/** What a request shows of the client that sends it. */
export interface Presented {
  readonly authorization: string | null;
  readonly params: Params;
  /** What guesses are counted by: the sender's address or network. */
  readonly source: string;
  readonly endpoint: AuthEndpoint;
  /** Of the endpoint that was called. */
  readonly urls: readonly string[];
  /** DER: the certificate whose key the client has proven to hold in TLS, and what it sent to lead to an authority. */
  readonly certificates?: readonly Uint8Array[] | undefined;
}

/** A client that has proven who it is. */
export interface Caller {
  readonly client: Client;
  /** What the request used up; it counts once this is written. */
  readonly uses: readonly OneTimeUse[];
  /** `x5t#S256` of the certificate that came with the request, whatever the method. RFC 8705 §3.1 */
  readonly certificate_thumbprint?: string;
  /** The thumbprint of the key whose DPoP proof came with the request. RFC 9449 §6.1 */
  readonly dpop_jkt?: string;
}

/** Credentials as one method reads them. */
export interface Credentials {
  readonly client_id: string;
  /** The secret or the assertion; absent where the method shows none. */
  readonly shown?: string;
}

/** What came of holding credentials against what is registered; `reason` is for the log. */
export type Proof =
  | { readonly ok: true; readonly uses?: readonly OneTimeUse[] }
  | { readonly ok: false; readonly reason: string };

/** One way for a client to prove who it is. */
export interface ClientAuth {
  readonly token_endpoint_auth_method: AuthMethod;
  /** Whether failures are guesses at a secret, and so are counted. */
  readonly isGuessable: boolean;
  /** Whether what it reads may be there for other reasons, and so is no second method beside another. */
  readonly isIncidental: boolean;
  /** The credentials, or undefined if the request does not use this method. @throws {OAuthError} `invalid_client` */
  read(presented: Presented): Credentials | undefined;
  prove(
    client: Client,
    credentials: Credentials,
    presented: Presented,
    engine: Engine,
  ): Proof | Promise<Proof>;
}

export function unproven(reason: string): Proof {
  return { ok: false, reason };
}

/** The same words for every reason; the reason goes to the log. */
export function invalidClient(debug: string): OAuthError {
  return new OAuthError('invalid_client', 'client authentication failed', { debug });
}
