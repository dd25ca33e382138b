import { randomToken } from '../../keys/digest.ts';
import type { Client } from '../../spec/client.ts';
import { byteLength } from '../../spec/byte_length.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { checkSingleValued, type Params } from '../../spec/params.ts';
import { PENDING_SECONDS } from '../authorize/lifetime.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { observe } from '../observations.ts';
import { type LogoutHint, readLogoutHint } from './hint.ts';
import { checkPostLogoutAddress, type PostLogoutAddress } from './post_logout_address.ts';

/** What a client asks for when it sends somebody to sign out. RP-Initiated Logout §2 */
export interface LogoutRequest {
  /** Tells this passage from any other; the form is bound to it. */
  readonly id: string;
  /** Unix seconds, with a fraction. */
  readonly receivedAtSeconds: number;
  readonly client?: Client;
  /** Of the ID token that came along and was verified. */
  readonly hint?: Pick<LogoutHint, 'sub' | 'sid'>;
  readonly address?: PostLogoutAddress;
  readonly logout_hint?: string;
  readonly ui_locales?: string;
}

/** Of `state` in UTF-8; authorization requests are bounded by the URL alone, this one comes by POST, too. */
const MAX_STATE_BYTES = 2048;
const MAX_HINT_LENGTH = 320;
/** Characters of the sealed form: what a URL carries through every proxy. */
const MAX_SEALED_LENGTH = 7600;

/** @throws {OAuthError} `invalid_request`, which becomes a page */
export async function parseLogoutRequest(params: Params, engine: Engine): Promise<LogoutRequest> {
  checkSingleValued(params);
  const named = await namedClient(params.get('client_id'), engine);
  const sent = params.get('id_token_hint');
  const read = sent === undefined ? undefined : await readLogoutHint(sent, named, engine);
  const hint = read === 'outdated' ? undefined : read;
  const client = hint?.client ?? named;
  const logout_hint = params.get('logout_hint');
  const ui_locales = params.get('ui_locales');
  const uri = params.get('post_logout_redirect_uri');
  // What cannot be checked is not used, and the person signs out all the same: §4.
  const isUncheckable = read === 'outdated' && client === undefined;
  return {
    id: randomToken(16),
    receivedAtSeconds: engine.now(),
    ...client !== undefined && { client },
    ...hint !== undefined && {
      hint: { sub: hint.sub, ...hint.sid !== undefined && { sid: hint.sid } },
    },
    ...uri !== undefined && !isUncheckable &&
      { address: checkAddress(uri, checkedState(params), client, engine) },
    // Longer ones name nobody here.
    ...logout_hint !== undefined && logout_hint.length <= MAX_HINT_LENGTH && { logout_hint },
    ...ui_locales !== undefined && ui_locales.length <= MAX_HINT_LENGTH && { ui_locales },
  };
}

/** @throws {OAuthError} `invalid_request` */
async function namedClient(
  client_id: string | undefined,
  engine: Engine,
): Promise<Client | undefined> {
  if (client_id === undefined) return undefined;
  const client = await findClient(client_id, engine);
  if (client === undefined) {
    observe({ kind: 'unknown_client', value: client_id, endpoint: 'end_session' }, engine);
    throw new OAuthError(
      'invalid_request',
      `no client is registered as ${client_id.slice(0, 100)}`,
    );
  }
  return client;
}

/** @throws {OAuthError} `invalid_request` */
function checkedState(params: Params): string | undefined {
  const state = params.get('state');
  if (state !== undefined && byteLength(state) > MAX_STATE_BYTES) {
    throw new OAuthError('invalid_request', `state has more than ${MAX_STATE_BYTES} bytes`);
  }
  return state;
}

function checkAddress(
  uri: string,
  state: string | undefined,
  client: Client | undefined,
  engine: Engine,
): PostLogoutAddress {
  try {
    return checkPostLogoutAddress(uri, state, client);
  } catch (error) {
    if (client !== undefined) {
      const { client_id } = client;
      observe({ kind: 'post_logout_redirect_uri', client_id, value: uri }, engine);
    }
    throw error;
  }
}

interface Sealed {
  readonly id: string;
  readonly at: number;
  readonly client_id?: string | undefined;
  readonly hint?: LogoutRequest['hint'];
  readonly uri?: string | undefined;
  readonly state?: string | undefined;
  readonly logout_hint?: string | undefined;
  readonly ui_locales?: string | undefined;
}

/**
 * What was checked, on its way through the question: nothing is stored. Not bound to a browser, as a form from another
 * site comes without its cookies; whoever has it could as well send the request itself.
 * @throws {OAuthError} `invalid_request` when too long
 */
export function sealLogoutRequest(request: LogoutRequest, engine: Engine): string {
  const { id, receivedAtSeconds: at, client, hint, address, logout_hint, ui_locales } = request;
  const sealed: Sealed = {
    id,
    at,
    client_id: client?.client_id,
    hint,
    uri: address?.post_logout_redirect_uri,
    state: address?.state,
    logout_hint,
    ui_locales,
  };
  const text = engine.keys.seal('logout request', JSON.stringify(sealed));
  if (text.length > MAX_SEALED_LENGTH) {
    throw new OAuthError('invalid_request', 'logout request is too long');
  }
  return text;
}

/** The request, with its client and address checked again as they are now. @throws {OAuthError} `invalid_request` */
export async function openLogoutRequest(
  text: string | undefined,
  engine: Engine,
): Promise<LogoutRequest> {
  const opened = text === undefined ? undefined : engine.keys.open('logout request', text);
  if (opened === undefined) {
    throw new OAuthError('invalid_request', 'nobody asked here to sign out in this way');
  }
  const { id, at, client_id, hint, uri, state, logout_hint, ui_locales } = JSON.parse(
    opened,
  ) as Sealed;
  if (at + PENDING_SECONDS <= engine.now()) {
    throw new OAuthError('invalid_request', 'the question whether to sign out has expired');
  }
  const client = await namedClient(client_id, engine);
  return {
    id,
    receivedAtSeconds: at,
    ...client !== undefined && { client },
    ...hint !== undefined && { hint },
    ...uri !== undefined && { address: checkAddress(uri, state, client, engine) },
    ...logout_hint !== undefined && { logout_hint },
    ...ui_locales !== undefined && { ui_locales },
  };
}
