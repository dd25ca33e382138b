import { createRecent } from '../../keys/recent.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { checkSingleValued, type Params } from '../../spec/params.ts';
import { redirectUriProblem } from '../../spec/redirect_uri.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { observe } from '../observations.ts';
import { type Travel, travelOf } from './response_type.ts';

declare const checked: unique symbol;

/** Where an answer may go: only this file makes one, and only from a registered redirect URI. */
export interface ReturnAddress extends Travel {
  readonly [checked]: true;
  readonly client: Client;
  readonly redirect_uri: string;
  /** Whether the request named it, or it is the only one registered. */
  readonly redirect_uri_sent: boolean;
  readonly state: string | undefined;
  /** The client opened a popup, and waits to hear from it. Core §3.1.2.1 */
  readonly isPopup: boolean;
}

/**
 * The client and its return address, checked before anything else of a request: what is thrown here becomes a page.
 * RFC 6749 §3.1.2.3, §4.1.2.1; RFC 9700 §4.1.3: registered values are compared character by character, save the port of
 * a native client on loopback (RFC 8252 §7.3).
 * @throws {OAuthError} `invalid_request`, `invalid_client`
 */
export async function findReturnAddress(params: Params, engine: Engine): Promise<ReturnAddress> {
  checkSingleValued(params, ['client_id', 'redirect_uri']);
  const client_id = params.get('client_id');
  if (client_id === undefined) {
    throw new OAuthError('invalid_request', 'parameter client_id is required');
  }
  const client = await findClient(client_id, engine);
  if (client === undefined) {
    observe({ kind: 'unknown_client', value: client_id, endpoint: 'authorization' }, engine);
    throw new OAuthError(
      'invalid_client',
      `no client is registered as ${client_id.slice(0, 100)}`,
      { status: 400 },
    );
  }
  const sent = params.get('redirect_uri');
  const redirect_uri = sent ?? onlyRedirectUri(client);
  if (redirect_uri === undefined) {
    throw new OAuthError('invalid_request', 'parameter redirect_uri is required');
  }
  if (!isRegistered(redirect_uri, client) || !isSound(redirect_uri)) {
    observe({ kind: 'redirect_uri', client_id, value: redirect_uri }, engine);
    throw new OAuthError('invalid_request', 'redirect_uri is not registered for this client', {
      debug: `got ${redirect_uri.slice(0, 300)}`,
    });
  }
  return {
    client,
    redirect_uri,
    redirect_uri_sent: sent !== undefined,
    ...travelOf(params, client),
    state: params.get('state'),
    isPopup: params.get('display') === 'popup',
  } as ReturnAddress;
}

function onlyRedirectUri(client: Client): string | undefined {
  return client.redirect_uris.length === 1 ? client.redirect_uris[0] : undefined;
}

function isRegistered(redirect_uri: string, client: Client): boolean {
  if (client.redirect_uris.includes(redirect_uri)) return true;
  if (client.application_type !== 'native') return false;
  const portless = withoutPort(redirect_uri);
  return portless !== undefined &&
    client.redirect_uris.some((registered) => withoutPort(registered) === portless);
}

/** Registered ones that were found good, lately. */
const sound = createRecent<true>(1024);

/** Whatever is registered is judged again, as the rules may have been laxer then. */
function isSound(registered: string): boolean {
  if (sound.get(registered) !== undefined) return true;
  if (redirectUriProblem(registered) !== undefined) return false;
  sound.set(registered, true);
  return true;
}

/** RFC 8252 §7.3: the system gives the port, at the time of the request. Undefined for what is not on loopback. */
function withoutPort(uri: string): string | undefined {
  const [, host, rest] =
    /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::[1-9]\d{0,4})?((?:\/.*)?)$/.exec(uri) ?? [];
  return host === undefined ? undefined : `${host}${rest}`;
}
