import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { FastResponse, serve, type Server, type ServerRequest } from 'srvx';

export interface ServePeer {
  readonly address?: string | undefined;
  /** What the client showed in TLS, as DER, its own first; on Node. */
  readonly certificates?: readonly Uint8Array[] | undefined;
  /** The request target as it was sent, where the runtime has it at less cost than `request.url`. */
  readonly target?: string | undefined;
  /** Whether `request.url` is as it was sent; else the runtime has tidied it up. */
  readonly hasRawUrl?: boolean | undefined;
}

export interface ServeOptions {
  readonly fetch: (
    request: Request,
    peer: ServePeer,
  ) => Response | Promise<Response>;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM texts. */
  readonly tls?: {
    readonly cert: string;
    readonly key: string;
    /** Whether clients are asked for a certificate, whoever vouches for it; nobody has to have one. On Node only. */
    readonly requestsCertificates?: boolean;
  };
  /** Requests at work at once; what comes above is answered 503 with Retry-After. Default 1000. */
  readonly maxConcurrent?: number;
  /** Hears of what `fetch` threw and of errors of the listening socket; default: nobody does. */
  readonly onError?: (error: unknown) => void;
  readonly limits?: ServeLimits;
}

export interface ServeLimits {
  /** Name and value bytes of all header fields together, 431 above it; default 16 KiB, which Bun has built in. */
  readonly maxHeaderBytes?: number;
  /** From a request's first byte to its blank line, on Node; default 15. */
  readonly headersSeconds?: number;
  /** From a request's first byte to its last, on Node; default 60. */
  readonly requestSeconds?: number;
  /** How long a silent connection is kept, on Node and Bun; default 75, above the 60 of usual proxies. */
  readonly idleSeconds?: number;
}

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Stops accepting, lets running requests finish within the grace, then cuts their connections. */
  close(graceSeconds: number): Promise<void>;
}

/**
 * RFC 9325 §3.1.1, §4.2; FAPI 2.0 SP §5.2.1, §5.2.2: of TLS 1.2 only the suites that BCP 195 recommends. Deno takes no
 * list: it has these, and those with ChaCha20.
 */
const TLS_TERMS = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
  ].join(':'),
} as const;

/** Listens. @throws {Error} with one line that says why not */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { host, port, tls, onError = () => {}, limits = {} } = options;
  const { maxHeaderBytes = 16 * 1024, idleSeconds = 75 } = limits;
  const unanswered = new Set<Settle>();
  const server = serve({
    fetch: limited(options, onError, unanswered),
    hostname: host,
    port,
    // Bun, when not in development, would share a port that is in use.
    reusePort: false,
    ...(tls === undefined ? {} : { tls: { cert: tls.cert, key: tls.key } }),
    manual: true,
    silent: true,
    gracefulShutdown: false,
    node: {
      http2: false,
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: (limits.headersSeconds ?? 15) * 1000,
      requestTimeout: (limits.requestSeconds ?? 60) * 1000,
      keepAliveTimeout: idleSeconds * 1000,
      connectionsCheckingInterval: 1000,
      ...(tls === undefined ? {} : TLS_TERMS),
      // Who a certificate is of is for the handler to find out.
      ...(tls?.requestsCertificates === true
        ? { requestCert: true, rejectUnauthorized: false }
        : {}),
    },
    bun: {
      idleTimeout: idleSeconds,
      development: false,
      ...(tls === undefined ? {} : { tls: { ciphers: TLS_TERMS.ciphers } }),
    },
  });
  if (tls?.requestsCertificates === true && server.runtime !== 'node') {
    // Asked for and never seen, a certificate would be advertised and refused.
    throw new Error(
      `Cannot ask clients for certificates as only Node tells us of them: got ${server.runtime}`,
    );
  }
  try {
    await server.serve();
  } catch (error) {
    throw new Error(`Cannot listen on ${host}:${port}: ${reason(error)}`, { cause: error });
  }
  // Without a listener, an accept that fails (no file descriptor left) would end Node.
  server.node?.server?.on('error', onError);
  const closeIdle = trackConnections(server, tls === undefined ? 'connection' : 'secureConnection');
  const url = (server.url ?? '').replace(/\/$/, '');
  let closing: Promise<void> | undefined;
  return {
    url,
    port: Number(new URL(url).port) || (tls === undefined ? 80 : 443),
    close: (graceSeconds) => closing ??= drain(server, closeIdle, unanswered, graceSeconds),
  };
}

type Settle = (response: Response) => void;

/** The fetch function with what every runtime must do alike around it. */
function limited(
  options: ServeOptions,
  onError: (error: unknown) => void,
  unanswered: Set<Settle>,
): (request: ServerRequest) => Promise<Response> {
  const { fetch, maxConcurrent = 1000 } = options;
  const isDeno = 'Deno' in globalThis;
  const isNode = !isDeno && !('Bun' in globalThis);
  const turns = createTurns();
  let running = 0;
  return async function answer(request: ServerRequest): Promise<Response> {
    if (running >= maxConcurrent) {
      return refuse(503, 'Service Unavailable', { 'retry-after': '1' });
    }
    running++;
    let settle: Settle | undefined;
    try {
      const isGet = request.method === 'GET';
      // Headers that nobody else reads cost a tenth of a small GET, save on Node.
      if ((isNode || !isGet) && !isPlainHost(request.headers.get('host'))) {
        return refuse(400, 'Bad Request');
      }
      const target = isNode ? request.runtime?.node?.req.url : undefined;
      const work = fetch(request, new Peer(request, target));
      if (!isDeno || !(work instanceof Promise)) {
        const response = await work;
        if (isNode) await turns.end();
        return response;
      }
      // Deno cannot cut connections once it drains, so the drain answers in the handler's place.
      return await new Promise<Response>((resolve, reject) => {
        unanswered.add(settle = resolve);
        work.then(resolve, reject);
      });
    } catch (error) {
      onError(error);
      return refuse(500, 'Internal Server Error');
    } finally {
      running--;
      if (settle !== undefined) unanswered.delete(settle);
    }
  };
}

/**
 * The end of the event loop's turn. Answers that wait for it leave one right after the other, so that whoever reads them
 * is woken once: on Node, at 16 at once, this halves the time that a small answer takes.
 */
function createTurns(): { end(): Promise<void> } {
  let current: Promise<void> | undefined;
  return {
    end: () =>
      current ??= new Promise((resolve) => {
        setImmediate(() => {
          current = undefined;
          resolve();
        });
      }),
  };
}

/** Asks the runtime when it is asked, since not every request needs it; unknown once the client has hung up. */
class Peer implements ServePeer {
  readonly #request: ServerRequest;
  readonly target: string | undefined;

  constructor(request: ServerRequest, target: string | undefined) {
    this.#request = request;
    this.target = target;
  }

  get hasRawUrl(): boolean {
    return 'Deno' in globalThis;
  }

  get address(): string | undefined {
    return this.#request.ip;
  }

  get certificates(): readonly Uint8Array[] | undefined {
    const socket = this.#request.runtime?.node?.req.socket;
    return socket !== undefined && 'getPeerCertificate' in socket
      ? chainOf((socket as TLSSocket).getPeerCertificate(true))
      : undefined;
  }
}

/** From the client's own certificate to the last that it sent; a self-signed one is its own issuer. */
function chainOf(leaf: DetailedPeerCertificate): readonly Uint8Array[] | undefined {
  const chain: Uint8Array[] = [];
  let certificate: DetailedPeerCertificate | undefined = leaf;
  while (certificate?.raw !== undefined && chain.length < 8) {
    if (chain.some((known) => certificate?.raw.equals(known))) break;
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain.length === 0 ? undefined : chain;
}

/**
 * Is this one host with or without port (RFC 9112 §3.2)? Two Host headers, or on Deno one with a path in it, make
 * `request.url` another than the one that a proxy in front has judged.
 */
function isPlainHost(host: string | null): boolean {
  return host === null || (host.length < 300 && /^[\w.:[\]-]*$/.test(host));
}

function refuse(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new FastResponse(`${text}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the address is in use'],
  ['AddrInUse', 'the address is in use'],
  ['EACCES', 'permission denied'],
  ['PermissionDenied', 'permission denied'],
  ['EADDRNOTAVAIL', 'this machine does not have that address'],
  ['AddrNotAvailable', 'this machine does not have that address'],
  ['ENOTFOUND', 'the host name is not known'],
  ['EINVAL', 'the host name is not known'],
]);

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return REASONS.get(code) ?? REASONS.get(error.name) ?? error.message.split('\n')[0] ?? code;
}

/**
 * On Node, a function that closes the connections on which no request is being answered; `closeIdleConnections` spares
 * those that a browser has opened ahead and not used yet, and they would hold up the drain until its end.
 */
function trackConnections(
  server: Server,
  event: 'connection' | 'secureConnection',
): () => void {
  const latest = new Map<Socket, ServerResponse | undefined>();
  server.node?.server?.on(event, (socket: Socket) => {
    latest.set(socket, undefined);
    socket.once('close', () => latest.delete(socket));
  });
  server.node?.server?.on('request', (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
  });
  return () => {
    for (const [socket, response] of latest) {
      if (response === undefined || response.writableFinished) socket.destroySoon();
    }
  };
}

async function drain(
  server: Server,
  closeIdle: () => void,
  unanswered: Set<Settle>,
  graceSeconds: number,
): Promise<void> {
  const closed = server.close().then(() => true, () => true);
  const sweep = setInterval(closeIdle, 20);
  const isDrained = await within(closed, graceSeconds);
  clearInterval(sweep);
  if (isDrained) return;
  for (const settle of unanswered) settle(refuse(503, 'Service Unavailable'));
  if (server.runtime !== 'deno') await server.close(true).catch(() => {});
  // Of a connection on which nothing more arrives, Deno waits for ever.
  await within(closed, 1);
}

function within(work: Promise<boolean>, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), seconds * 1000);
    work.then(resolve).finally(() => clearTimeout(timer));
  });
}
