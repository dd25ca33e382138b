import { Buffer } from 'node:buffer';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { OutboundResult, OwnAnswer, PostAnswer } from './outbound.ts';

export interface ConnectOptions {
  /** Where to connect, whatever the host name means by then. */
  readonly addresses: readonly string[];
  readonly maxBytes: number;
  /** Whom to trust; absent: as the runtime does. */
  readonly secureContext: SecureContext | undefined;
  readonly signal: AbortSignal;
}

export interface GetOptions extends ConnectOptions {
  readonly accept: readonly string[];
}

export interface PostOptions extends ConnectOptions {
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The runtime's authorities and these. Made once: it takes longer than all else of a connection. */
export function trustedBeside(ca: string): SecureContext {
  return createSecureContext({ ca: [...rootCertificates, ca] });
}

/** One GET to one of the addresses; the certificate is checked against the URL's host name. */
export async function get(url: URL, options: GetOptions): Promise<OutboundResult<string>> {
  const { accept, maxBytes } = options;
  return plain(
    await exchange(url, options, {
      method: 'GET',
      headers: { accept: accept.join(', ') },
      problemOf: (response) => problemOf(response, accept, maxBytes),
    }),
  );
}

/** The same, whatever the answer is: what matters is how it looks from outside. */
export async function getOwn(url: URL, options: ConnectOptions): Promise<OwnAnswer> {
  const received = await exchange(url, options, {
    method: 'GET',
    headers: { accept: '*/*' },
    problemOf: () => undefined,
  });
  if (!received.ok) return received;
  const { body, response: { statusCode = 0, headers } } = received;
  return {
    ok: true,
    status: statusCode,
    body,
    location: headers.location,
    date: headers.date,
    cookies: headers['set-cookie'] ?? [],
  };
}

/**
 * One POST to one of the addresses. The status is the answer: what follows it is read as far as it comes in time and
 * within bounds.
 */
export async function post(url: URL, options: PostOptions): Promise<PostAnswer> {
  const { body, contentType, headers } = options;
  const received = await exchange(url, options, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': contentType,
      'content-length': String(Buffer.byteLength(body)),
    },
    body,
    problemOf: () => undefined,
    isStatusEnough: true,
  });
  if (!received.ok) return received;
  return { ok: true, status: received.response.statusCode ?? 0, body: received.body };
}

type Received =
  | { readonly ok: true; readonly body: string; readonly response: IncomingMessage }
  | { readonly ok: false; readonly problem: string };

function plain(received: Received): OutboundResult<string> {
  if (!received.ok) return received;
  const { body, response } = received;
  return { ok: true, body, contentType: mediaTypeOf(response) };
}

interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly problemOf: (response: IncomingMessage) => string | undefined;
  /** Whether an answer counts whose body did not come whole. */
  readonly isStatusEnough?: true;
}

function exchange(
  url: URL,
  { addresses, maxBytes, secureContext, signal }: ConnectOptions,
  { method, headers, body: sent, problemOf, isStatusEnough }: Exchange,
): Promise<Received> {
  return new Promise((resolve) => {
    const send = url.protocol === 'http:' ? requestHttp : requestHttps;
    const request = send(url, {
      method,
      // A connection of its own: one kept from another request was made to another request's address.
      agent: false,
      lookup: pinnedTo(addresses),
      rejectUnauthorized: true,
      ...secureContext !== undefined && { secureContext },
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        'user-agent': 'ostiary',
        connection: 'close',
      },
    });
    const end = (result: Received): void => {
      signal.removeEventListener('abort', late);
      request.destroy();
      resolve(result);
    };
    let answered: IncomingMessage | undefined;
    const chunks: Uint8Array[] = [];
    const fail = (problem: string): void =>
      end(
        answered !== undefined && isStatusEnough === true
          ? { ok: true, body: decode(chunks) ?? '', response: answered }
          : { ok: false, problem },
      );
    const late = (): void => fail('the answer did not come in time');
    if (signal.aborted) return late();
    signal.addEventListener('abort', late, { once: true });
    request.on('error', (error) => fail(`the request failed: ${reasonOf(error)}`));
    request.on('response', (response) => {
      const problem = problemOf(response);
      if (problem !== undefined) return fail(problem);
      answered = response;
      let bytes = 0;
      response.on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
        if (bytes > maxBytes) return fail('the answer is too large');
        chunks.push(chunk);
      });
      response.on('error', (error) => fail(`the answer broke off: ${reasonOf(error)}`));
      response.on('aborted', () => fail('the answer broke off'));
      response.on('end', () => {
        if (!response.complete) return fail('the answer broke off');
        const body = decode(chunks);
        if (body === undefined) return fail('the answer is not UTF-8');
        end({ ok: true, body, response });
      });
    });
    request.end(sent);
  });
}

/** The name was resolved before: whoever asks again gets the addresses that were checked. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
    // For runtimes that try one address alone, the family that every host has.
    .toSorted((a, b) => a.family - b.family);
  const [first] = all;
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, all);
    else if (first === undefined) callback(new Error('no address'), '');
    else callback(null, first.address, first.family);
  };
}

function problemOf(
  response: IncomingMessage,
  accept: readonly string[],
  maxBytes: number,
): string | undefined {
  // Redirects are not followed: they would lead to where nobody registered anything.
  if (response.statusCode !== 200) return `the answer has status ${response.statusCode}`;
  if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return 'the answer is compressed though nobody asked for it';
  }
  if (!accept.includes(mediaTypeOf(response))) return 'the answer has another media type';
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) return 'the answer is too large';
  return undefined;
}

function mediaTypeOf(response: IncomingMessage): string {
  return (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function decode(chunks: readonly Uint8Array[]): string | undefined {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') +
      decoder.decode();
  } catch {
    return undefined;
  }
}

function reasonOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message.split('\n')[0] ?? error.name;
}
