import { parseNetworks } from '../spec/networks.ts';
import { type AddressPolicy, checkedAddresses, type Resolve, targetOf } from './address.ts';
import type { SecureContext } from 'node:tls';
import { type ConnectOptions, get, getOwn, post, trustedBeside } from './exchange.ts';
import { resolveName } from './resolve.ts';
import { createSlots, type Slots } from './slots.ts';

export interface OutboundOptions {
  /** Addresses and CIDR blocks of special use (private, loopback, …) that may be asked all the same; default none. */
  readonly allow_networks?: readonly string[];
  /** PEM certificates of authorities that count beside the runtime's own. */
  readonly ca?: string;
  /** From the call to the last byte, waiting included; default 5. */
  readonly timeoutSeconds?: number;
  /** Lets http URLs through to addresses inside `allow_networks`; default false. */
  readonly allowHttp?: boolean;
  /** Of a body, unless the call says less; default 256 KiB. */
  readonly maxBytes?: number;
  /** Requests under way at once; default 20, and 4 to one host. */
  readonly maxConcurrent?: number;
  readonly maxPerHost?: number;
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  /** Issuers of this server: the only ones whose origins `askOwn` asks. */
  readonly ownUrls?: readonly string[];
  /** In place of the system's resolver. */
  readonly resolve?: Resolve;
}

export interface FetchOptions {
  /** Media types that the answer may have, in lower case. */
  readonly accept: readonly string[];
  readonly maxBytes?: number;
  /** It is fetched for something that is posted, and takes its place among that. */
  readonly isForPost?: true;
}

export interface Posted {
  readonly body: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type OutboundResult<T> =
  | { readonly ok: true; readonly body: T; readonly contentType: string }
  | { readonly ok: false; readonly problem: string };

export type PostAnswer =
  | { readonly ok: true; readonly status: number; readonly body: string }
  | { readonly ok: false; readonly problem: string };

export type OwnAnswer =
  | {
    readonly ok: true;
    readonly status: number;
    readonly body: string;
    readonly location: string | undefined;
    readonly date: string | undefined;
    /** As they were sent, `Set-Cookie`. */
    readonly cookies: readonly string[];
  }
  | { readonly ok: false; readonly problem: string };

/**
 * The one client for everything that we fetch, since clients and strangers choose the URLs: https alone, to public
 * addresses alone, no redirects, all of it bounded. It never throws; `problem` is for the log.
 */
export interface Outbound {
  fetchText(url: string, options: FetchOptions): Promise<OutboundResult<string>>;
  fetchJson(url: string, options: FetchOptions): Promise<OutboundResult<unknown>>;
  /**
   * Sends a message, and tells how it was answered, whatever the status; of the body no more than `MAX_ANSWER_BYTES`.
   * Has slots of its own, so that nobody who answers slowly holds up what is fetched, and a URL that failed is asked
   * again the next time.
   */
  post(url: string, posted: Posted): Promise<PostAnswer>;
  /**
   * Asks this server by its public URL, wherever that leads, private addresses and http included: whoever configured the
   * issuer chose it. Any other origin is refused.
   */
  askOwn(url: string): Promise<OwnAnswer>;
}

/** Seconds for which a URL that failed is not asked again. */
const FAILURE_SECONDS = 10;
const MAX_FAILURES = 500;
/** Of the answer to what is posted. */
const MAX_ANSWER_BYTES = 4096;
/** Of what is posted, under way at once and to one host: who posts much sees to it that nobody waits long. */
export const MAX_POSTS = 100;
export const MAX_POSTS_PER_HOST = 8;

/** @throws {TypeError} when `allow_networks` cannot be read */
export function createOutbound(options: OutboundOptions): Outbound {
  const { ca, timeoutSeconds = 5, maxBytes = 256 * 1024, now } = options;
  const policy = {
    allowed: parseNetworks(options.allow_networks ?? []),
    allowHttp: options.allowHttp ?? false,
    resolve: options.resolve ?? resolveName,
  };
  const ownPolicy = { ...policy, allowed: parseNetworks(['0.0.0.0/0', '::/0']), allowHttp: true };
  const ownOrigins = (options.ownUrls ?? []).map((url) => new URL(url).origin);
  const fetchSlots = createSlots(options.maxConcurrent ?? 20, options.maxPerHost ?? 4);
  const postSlots = createSlots(MAX_POSTS, MAX_POSTS_PER_HOST);
  let context: SecureContext | undefined;
  /** With the first request, so that a start does not wait for it. */
  const trusted = (): SecureContext | undefined =>
    ca === undefined ? undefined : context ??= trustedBeside(ca);
  const failures = new Map<string, { readonly problem: string; readonly at: number }>();

  return {
    fetchText: (url, asked) => remembering(url, asked, () => fetchText(url, asked)),
    fetchJson: (url, asked) =>
      remembering(url, asked, async () => asJson(await fetchText(url, asked))),
    async post(url, { body, contentType, headers = {} }) {
      const answer = await connected(
        url,
        (target, options) =>
          post(target, { ...options, body, contentType, headers, maxBytes: MAX_ANSWER_BYTES }),
        { slots: postSlots },
      );
      return answer === 'busy' ? refused('too many requests are under way') : answer;
    },
    async askOwn(url) {
      if (!ownOrigins.includes(URL.parse(url)?.origin ?? '')) {
        return refused('the URL is none of this server');
      }
      const answer = await connected(
        url,
        (target, options) => getOwn(target, { ...options, maxBytes }),
        { by: ownPolicy },
      );
      return answer === 'busy' ? refused('too many requests are under way') : answer;
    },
  };

  async function remembering<T>(
    url: string,
    { accept }: FetchOptions,
    work: () => Promise<OutboundResult<T> | 'busy'>,
  ): Promise<OutboundResult<T>> {
    const name = `${url} ${accept.join()}`;
    const known = failures.get(name);
    // Whichever way the clock went.
    const isRecent = known !== undefined && Math.abs(now() - known.at) < FAILURE_SECONDS;
    if (isRecent) return refused(known.problem);
    failures.delete(name);
    const result = await work();
    if (result === 'busy') return refused('too many requests are under way');
    if (!result.ok) remember(name, result.problem);
    return result;
  }

  function remember(name: string, problem: string): void {
    const [oldest] = failures.keys();
    if (failures.size >= MAX_FAILURES && oldest !== undefined) failures.delete(oldest);
    failures.set(name, { problem, at: now() });
  }

  function fetchText(
    url: string,
    { accept, maxBytes: asked = maxBytes, isForPost }: FetchOptions,
  ): Promise<OutboundResult<string> | 'busy'> {
    return connected(
      url,
      (target, options) => get(target, { ...options, accept, maxBytes: Math.min(asked, maxBytes) }),
      isForPost === true ? { slots: postSlots } : {},
    );
  }

  /** Within the deadline and the limits, and only when the addresses may be asked. */
  async function connected<T>(
    url: string,
    send: (target: URL, options: Omit<ConnectOptions, 'maxBytes'>) => Promise<T | Refused>,
    { by = policy, slots = fetchSlots }: { readonly by?: AddressPolicy; readonly slots?: Slots } =
      {},
  ): Promise<T | Refused | 'busy'> {
    const target = targetOf(url, by);
    if (!target.ok) return target;
    const deadline = new AbortController();
    const { signal } = deadline;
    const timer = setTimeout(() => deadline.abort(), timeoutSeconds * 1000);
    const slot = await slots.take(target.value.host, signal);
    try {
      if (slot === undefined) return 'busy';
      const addresses = await checkedAddresses(target.value, by, signal);
      const result = addresses.ok
        ? await send(target.value, { addresses: addresses.value, secureContext: trusted(), signal })
        : addresses;
      // Whoever had to wait may have had too little time left: that is not the URL's fault.
      return signal.aborted && slot.waited ? 'busy' : result;
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
      slot?.release();
    }
  }
}

function asJson(result: OutboundResult<string> | 'busy'): OutboundResult<unknown> | 'busy' {
  if (result === 'busy' || !result.ok) return result;
  try {
    return { ...result, body: JSON.parse(result.body) as unknown };
  } catch {
    return refused('the answer is not JSON');
  }
}

/** The same for whoever makes what is posted: a slow server that is asked for it holds up nobody else’s fetches. */
export function fetchingForPosts(outbound: Outbound): Outbound {
  return {
    ...outbound,
    fetchText: (url, options) => outbound.fetchText(url, { ...options, isForPost: true }),
    fetchJson: (url, options) => outbound.fetchJson(url, { ...options, isForPost: true }),
  };
}

/** What is wrong with the answer to what was posted, where its status does not say that it was taken. */
export function statusProblem(status: number): string | undefined {
  return status >= 200 && status < 300 ? undefined : `the answer has status ${status}`;
}

interface Refused {
  readonly ok: false;
  readonly problem: string;
}

function refused(problem: string): Refused {
  return { ok: false, problem };
}
