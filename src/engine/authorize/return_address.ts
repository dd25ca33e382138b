import type { Client } from '../../spec/client.ts';
import { RESPONSE_MODES, type ResponseMode } from '../../spec/identifiers.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import type { Params } from '../../spec/params.ts';
import { redirectUriProblem } from '../../spec/redirect_uri.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';

declare const checked: unique symbol;

/** Where an answer may go: only this file makes one, and only from a registered redirect URI. */
export interface ReturnAddress {
  readonly [checked]: true;
  readonly client: Client;
  readonly redirect_uri: string;
  /** Whether the request named it, or it is the only one registered. */
  readonly redirect_uri_sent: boolean;
  readonly response_mode: ResponseMode;
  readonly state: string | undefined;
  /** The client opened a popup, and waits to hear from it. Core §3.1.2.1 */
  readonly isPopup: boolean;
}

/**
 * The client and its return address, checked before anything else of a request: what is thrown here becomes a page.
 * RFC 6749 §3.1.2.3, §4.1.2.1; RFC 9700 §4.1.3: registered values are compared character by character.
 * @throws {OAuthError} `invalid_request`, `invalid_client`
 */
export async function findReturnAddress(params: Params, engine: Engine): Promise<ReturnAddress> {
  for (const name of ['client_id', 'redirect_uri']) {
    if (params.repeated.has(name)) {
      throw new OAuthError('invalid_request', `parameter ${name} is repeated`);
    }
  }
  const client_id = params.get('client_id');
  if (client_id === undefined) {
    throw new OAuthError('invalid_request', 'parameter client_id is required');
  }
  const client = await findClient(client_id, engine);
  if (client === undefined) {
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
  if (
    !client.redirect_uris.includes(redirect_uri) || redirectUriProblem(redirect_uri) !== undefined
  ) {
    throw new OAuthError('invalid_request', 'redirect_uri is not registered for this client', {
      debug: `got ${redirect_uri.slice(0, 300)}`,
    });
  }
  return {
    client,
    redirect_uri,
    redirect_uri_sent: sent !== undefined,
    response_mode: responseModeOf(params, client),
    state: params.get('state'),
    isPopup: params.get('display') === 'popup',
  } as ReturnAddress;
}

function onlyRedirectUri(client: Client): string | undefined {
  return client.redirect_uris.length === 1 ? client.redirect_uris[0] : undefined;
}

/** An unusable response_mode is refused later, by way of the default mode. */
function responseModeOf(params: Params, client: Client): ResponseMode {
  const asked = RESPONSE_MODES.find((mode) => mode === params.get('response_mode'));
  return asked !== undefined && client.response_modes.includes(asked) ? asked : 'query';
}
