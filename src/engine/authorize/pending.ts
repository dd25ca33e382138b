import { randomToken } from '../../keys/digest.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { paramsOf } from '../../spec/params.ts';
import type { Engine } from '../engine.ts';
import type { AuthorizationRequest } from './request.ts';
import { findReturnAddress, type ReturnAddress } from './return_address.ts';

/** An authorization request on its way through the pages. */
export interface Pending {
  /** Tells this passage from any other; forms are bound to it. */
  readonly id: string;
  readonly address: ReturnAddress;
  readonly request: AuthorizationRequest;
  /** Unix seconds, with a fraction. */
  readonly receivedAtSeconds: number;
}

/** Seconds a person may take from the request to its end. */
const LIFETIME_SECONDS = 3600;

/** Characters of the sealed form: what a URL carries through every proxy. */
const MAX_SEALED_LENGTH = 7600;

interface Sealed {
  readonly id: string;
  readonly at: number;
  readonly client_id: string;
  readonly redirect_uri?: string;
  readonly response_mode: string;
  readonly state?: string;
  readonly display?: 'popup';
  readonly request: AuthorizationRequest;
}

export function newPending(
  address: ReturnAddress,
  request: AuthorizationRequest,
  engine: Engine,
): Pending {
  return { id: randomToken(16), address, request, receivedAtSeconds: engine.now() };
}

/** Sealed to one browser, so that nothing is stored before sign-in. @throws {OAuthError} `invalid_request` when too long */
export function sealPending(pending: Pending, browser: string, engine: Engine): string {
  const { address, request, receivedAtSeconds } = pending;
  const sealed: Sealed = {
    id: pending.id,
    at: receivedAtSeconds,
    client_id: address.client.client_id,
    ...(address.redirect_uri_sent ? { redirect_uri: address.redirect_uri } : {}),
    response_mode: address.response_mode,
    ...(address.state === undefined ? {} : { state: address.state }),
    ...(address.isPopup ? { display: 'popup' } : {}),
    request,
  };
  const text = engine.keys.seal('authorization request', JSON.stringify(sealed), browser);
  if (text.length > MAX_SEALED_LENGTH) {
    throw new OAuthError('invalid_request', 'authorization request is too long');
  }
  return text;
}

/**
 * The pending request, with its client and return address checked again as they are now.
 * @throws {OAuthError} `invalid_request` when it is not of this browser, expired or damaged; this becomes a page
 */
export async function openPending(
  sealed: string | undefined,
  browser: string | undefined,
  engine: Engine,
): Promise<Pending> {
  const text = sealed === undefined || browser === undefined
    ? undefined
    : engine.keys.open('authorization request', sealed, browser);
  if (text === undefined) {
    throw new OAuthError('invalid_request', 'this sign-in was not started in this browser');
  }
  const { id, at, client_id, redirect_uri, response_mode, state, display, request } = JSON.parse(
    text,
  ) as Sealed;
  if (at + LIFETIME_SECONDS <= engine.now()) {
    throw new OAuthError('invalid_request', 'this sign-in took too long and has expired');
  }
  const fields = { client_id, redirect_uri, response_mode, state, display };
  const params = paramsOf(
    Object.entries(fields).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
  );
  return { id, address: await findReturnAddress(params, engine), request, receivedAtSeconds: at };
}
