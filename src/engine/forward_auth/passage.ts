import { randomToken, sha256 } from '../../keys/digest.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { PENDING_SECONDS } from '../authorize/lifetime.ts';
import type { Engine } from '../engine.ts';
import { parseTarget, type Target } from './target.ts';

/** Somebody on the way from a protected host to the sign-in, and back. */
export interface HostPassage {
  /** Tells this passage from any other; forms are bound to it. */
  readonly id: string;
  readonly origin: string;
  /** Path and query that were asked for. */
  readonly uri: string;
  /** What they were asked for with; whoever signs in comes back by GET. */
  readonly method: string;
  /** Of what the browser keeps for the host: the ticket counts in that browser alone. */
  readonly state_digest: string;
  /** Where the person is, as the host sees it: the issuer may see it otherwise. */
  readonly address?: string;
  /** Unix seconds, with a fraction. */
  readonly at: number;
}

/** Characters of path and query that go along, as they are and as a parameter, in headers of which proxies take 4 KiB. */
const MAX_CARRIED = 1536;
const MAX_ENCODED = 3072;

/** Where somebody comes back to: the root for whoever asked for more than can be carried. */
export function carriedUri(uri: string): string {
  const fits = uri.length <= MAX_CARRIED && encodeURIComponent(uri).length <= MAX_ENCODED;
  return fits ? uri : '/';
}

type NewPassage = Pick<HostPassage, 'origin' | 'uri' | 'method'> & {
  readonly address: string | undefined;
};

/** Sealed, so that nobody but us says where a sign-in leads. `state` is what the browser keeps for the host. */
export function sealPassage(
  { origin, uri, method, address }: NewPassage,
  state: string,
  engine: Engine,
): string {
  const passage: HostPassage = {
    id: randomToken(16),
    origin,
    uri: carriedUri(uri),
    method,
    state_digest: sha256(state),
    ...address !== undefined && { address },
    at: engine.now(),
  };
  return engine.keys.seal('forward auth request', JSON.stringify(passage));
}

/** @throws {OAuthError} `invalid_request` for what we did not seal, or too long ago; this becomes a page */
export function openPassage(sealed: string, engine: Engine): HostPassage {
  const text = engine.keys.open('forward auth request', sealed);
  if (text === undefined) {
    throw new OAuthError('invalid_request', 'this sign-in was not started by a protected host');
  }
  // Those that began before the method went along asked by GET.
  const passage: HostPassage = { method: 'GET', ...JSON.parse(text) };
  if (passage.at + PENDING_SECONDS <= engine.now()) {
    throw new OAuthError('invalid_request', 'this sign-in took too long and has expired');
  }
  return passage;
}

/** What was asked for. */
export function targetOf(
  { origin, uri, method }: Pick<HostPassage, 'origin' | 'uri' | 'method'>,
): Target {
  const { protocol, host } = new URL(origin);
  const part = (name: string, value: string) => ({ name, value });
  return parseTarget({
    scheme: part('scheme', protocol.slice(0, -1)),
    host: part('host', host),
    uri: part('rd', uri),
    method: part('rm', method),
  }, true);
}
