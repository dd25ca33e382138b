import { OAuthError } from '../../spec/oauth_error.ts';
import { checkSingleValued, type Params } from '../../spec/params.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import type { OneTimeUse } from '../one_time.ts';
import { findPushedRequest, isPushedUri, REFERRING } from './pushed.ts';
import { readRequestObject } from './request_object.ts';

/** The parameters that count, and the way they came. */
export interface Incoming {
  readonly params: Params;
  readonly via: {
    /** RFC 9126: the digest of the request_uri, which ends with the answer; at the PAR endpoint itself, true. */
    readonly pushed?: string | true;
    /** RFC 9101 */
    readonly signed?: boolean;
  };
  /** What can be used once, and is used up by the answer: the `jti` of a request object. */
  readonly uses: readonly OneTimeUse[];
  /** The thumbprint of the key that a DPoP proof showed. RFC 9449 §10.1 */
  readonly dpop_jkt?: string;
}

/**
 * From what a browser brought to what it stands for: a pushed request, a request object, or itself. With either of the
 * former nothing beside them counts but `client_id`. RFC 9126 §4; RFC 9101 §5, §6.3.
 * @throws {OAuthError} `invalid_request`, `invalid_client`, `invalid_request_uri`, `invalid_request_object`
 */
export async function resolveIncoming(params: Params, engine: Engine): Promise<Incoming> {
  const request_uri = params.get('request_uri');
  const request = params.get('request');
  checkSingleValued(params, REFERRING);
  if (request_uri === undefined && request === undefined) return { params, via: {}, uses: [] };
  if (request_uri !== undefined && request !== undefined) {
    throw new OAuthError('invalid_request', 'request and request_uri exclude each other');
  }
  const client_id = params.get('client_id');
  if (client_id === undefined) {
    throw new OAuthError('invalid_request', 'parameter client_id is required');
  }
  if (request_uri !== undefined && isPushedUri(request_uri)) {
    return await findPushedRequest(request_uri, client_id, engine);
  }
  const client = await findClient(client_id, engine);
  if (client === undefined) {
    throw new OAuthError('invalid_client', 'no client is registered under this client_id', {
      status: 400,
    });
  }
  return await readRequestObject({ request, request_uri }, client, engine);
}
