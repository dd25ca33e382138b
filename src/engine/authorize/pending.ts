import { randomToken } from '../../keys/digest.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { paramsOf } from '../../spec/params.ts';
import type { Engine } from '../engine.ts';
import { type AuthorizationRequest, parseAuthorizationRequest } from './request.ts';
import type { OneTimeUse } from '../one_time.ts';
import type { Incoming } from './incoming.ts';
import { PENDING_SECONDS } from './lifetime.ts';
import { resumePushedRequest } from './pushed.ts';
import { parseResponseType } from './response_type.ts';
import { findReturnAddress, type ReturnAddress } from './return_address.ts';

/** An authorization request on its way through the pages. */
export interface Pending {
  /** Tells this passage from any other; forms are bound to it. */
  readonly id: string;
  readonly address: ReturnAddress;
  readonly request: AuthorizationRequest;
  readonly via: Incoming['via'];
  /** What the answer uses up. */
  readonly uses: readonly OneTimeUse[];
  /** Unix seconds, with a fraction. */
  readonly receivedAtSeconds: number;
  /** The session that the person chose for it. */
  readonly selected?: string;
}

/** Characters of the sealed form: what a URL carries through every proxy. */
const MAX_SEALED_LENGTH = 7600;

/** A pushed request stays in the store, whatever its length; any other travels along. */
type Sealed =
  & { readonly id: string; readonly at: number; readonly selected?: string }
  & ({ readonly pushed: string } | SealedRequest);

interface SealedRequest {
  readonly client_id: string;
  readonly redirect_uri?: string;
  readonly response_mode?: string;
  readonly state?: string;
  readonly display?: 'popup';
  readonly request: AuthorizationRequest;
  readonly uses?: readonly Omit<OneTimeUse, 'taken'>[];
}

export function newPending(
  address: ReturnAddress,
  request: AuthorizationRequest,
  { via, uses }: Incoming,
  engine: Engine,
): Pending {
  return { id: randomToken(16), address, request, via, uses, receivedAtSeconds: engine.now() };
}

/** Sealed to one browser, so that nothing is stored before sign-in. @throws {OAuthError} `invalid_request` when too long */
export function sealPending(pending: Pending, browser: string, engine: Engine): string {
  const { id, via: { pushed }, receivedAtSeconds: at, selected } = pending;
  const sealed: Sealed = {
    id,
    at,
    ...(selected === undefined ? {} : { selected }),
    ...(typeof pushed === 'string' ? { pushed } : sealedRequest(pending)),
  };
  const text = engine.keys.seal('authorization request', JSON.stringify(sealed), browser);
  if (text.length > MAX_SEALED_LENGTH) {
    throw new OAuthError('invalid_request', 'authorization request is too long');
  }
  return text;
}

function sealedRequest({ address, request, uses }: Pending): SealedRequest {
  const { redirect_uri, redirect_uri_sent, mode, state, isPopup } = address;
  return {
    client_id: address.client.client_id,
    ...(redirect_uri_sent ? { redirect_uri } : {}),
    response_mode: mode,
    ...(state === undefined ? {} : { state }),
    ...(isPopup ? { display: 'popup' } : {}),
    request,
    ...(uses.length === 0 ? {} : { uses: uses.map(({ taken: _, ...use }) => use) }),
  };
}

/**
 * The pending request, with its client and return address checked again as they are now.
 * @throws {OAuthError} `invalid_request` when it is not of this browser, expired or damaged; this becomes a page
 */
export async function openPending(
  sealedText: string | undefined,
  browser: string | undefined,
  engine: Engine,
): Promise<Pending> {
  const text = sealedText === undefined || browser === undefined
    ? undefined
    : engine.keys.open('authorization request', sealedText, browser);
  if (text === undefined) {
    throw new OAuthError('invalid_request', 'this sign-in was not started in this browser');
  }
  const sealed = JSON.parse(text) as Sealed;
  const { id, at: receivedAtSeconds, selected } = sealed;
  if (receivedAtSeconds + PENDING_SECONDS <= engine.now()) {
    throw new OAuthError('invalid_request', 'this sign-in took too long and has expired');
  }
  const reopened = 'pushed' in sealed
    ? await reopenPushed(sealed.pushed, engine)
    : await reopenRequest(sealed, engine);
  return { id, receivedAtSeconds, ...reopened, ...(selected === undefined ? {} : { selected }) };
}

type Reopened = Omit<Pending, 'id' | 'receivedAtSeconds' | 'selected'>;

async function reopenPushed(digest: string, engine: Engine): Promise<Reopened> {
  const incoming = await resumePushedRequest(digest, engine);
  const address = await findReturnAddress(incoming.params, engine);
  const request = await parseAuthorizationRequest(incoming, address, engine);
  return { address, request, via: incoming.via, uses: incoming.uses };
}

async function reopenRequest(
  { request, uses = [], ...sealed }: SealedRequest,
  engine: Engine,
): Promise<Reopened> {
  const { client_id, redirect_uri, response_mode, state, display } = sealed;
  const { response_type } = request;
  const fields = { client_id, redirect_uri, response_type, response_mode, state, display };
  const params = paramsOf(
    Object.entries(fields).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
  );
  const taken = new OAuthError('invalid_request_object', 'the request object was used before');
  const address = await findReturnAddress(params, engine);
  // The client may have lost it meanwhile.
  parseResponseType(params, address.client);
  return {
    address,
    request,
    via: {},
    uses: uses.map((use) => ({ ...use, taken })),
  };
}
