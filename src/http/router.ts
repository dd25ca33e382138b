import type { CorsPolicy, HeaderList } from './cors.ts';
import { corsHeaders, isPreflight, NONE, preflightHeaders } from './cors.ts';
import {
  createPathPatterns,
  isPattern,
  NO_PARAMS,
  type PathParams,
  type PathPatterns,
} from './path_patterns.ts';
import { addHeaders, methodNotAllowed, noContent, plainText } from './respond.ts';

export interface RequestContext {
  /** Below the base path, e.g. `/token`; the whole path where that is not the request's. */
  readonly path: string;
  /** What stood in the place of each `{name}` of the route. */
  readonly params: PathParams;
  /** Raw, without `?`. */
  readonly query: string;
  /** Of the socket, as the runtime gives it. */
  readonly peerAddress: string | undefined;
  /** Path and query as they were sent, where they are not taken from the request itself. */
  readonly target: string | undefined;
  /** Whether the URL of the request is as it was sent; else it has been tidied up. */
  readonly hasRawUrl: boolean;
  /** What the client showed in TLS, as DER, its own first; where the runtime gives it. */
  readonly certificates: readonly Uint8Array[] | undefined;
  /** Made when first asked for: names this request on an error page and in the log. */
  readonly correlationId: string;
}

export type Handler = (request: Request, context: RequestContext) => Response | Promise<Response>;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  /**
   * Below the base path, compared byte by byte. A segment `{name}` stands for any that is not empty and decodes; where
   * several routes fit, the one that is literal earlier is taken.
   */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
  /** Absent: no CORS headers at all. */
  readonly cors?: CorsPolicy;
  /** By default plain text. */
  readonly methodNotAllowed?: (allow: string) => Response;
}

export interface RouterOptions {
  /** '' or e.g. '/auth'. */
  readonly basePath: string;
  readonly routes: readonly Route[];
  /** With absolute paths, outside the base path. */
  readonly rootRoutes?: readonly Route[];
  readonly notFound: Handler;
  /** Answers when a handler threw. */
  readonly failed: (error: unknown, request: Request, context: RequestContext) => Response;
  /** Of path and query, 414 above it; default 12 KiB. */
  readonly maxUrlBytes?: number;
}

export interface Peer {
  readonly address?: string | undefined;
  /** DER, the client's own first. */
  readonly certificates?: readonly Uint8Array[] | undefined;
  /** Path and query as they were sent; taken for those of `request.url` when it starts with a slash. */
  readonly target?: string | undefined;
  /** Whether `request.url` is as it was sent; by default it may have been tidied up. */
  readonly hasRawUrl?: boolean | undefined;
}

/** @throws {TypeError} when two routes have one path */
export function createRouter(
  options: RouterOptions,
): (request: Request, peer?: Peer) => Promise<Response> {
  const { entries, patterns } = routeTable(options);
  const maxUrlBytes = options.maxUrlBytes ?? 12 * 1024;
  const base = `${options.basePath}/`;

  return async function route(request: Request, peer?: Peer): Promise<Response> {
    const method = request.method;
    const target = peer?.target;
    const url = target?.startsWith('/') === true ? target : request.url;
    // No URL object: it costs more than all the rest here, and would tidy up what must match as it was sent.
    const start = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3);
    const hash = url.indexOf('#');
    const end = hash === -1 ? url.length : hash;
    const mark = url.indexOf('?');
    const pathEnd = mark === -1 || mark > end ? end : mark;
    const path = start === -1 || start > pathEnd ? '' : url.slice(start, pathEnd);
    const query = url.slice(pathEnd + 1, Math.max(end, pathEnd + 1));

    const literal = entries.get(path);
    const match = literal === undefined ? patterns.find(path) : undefined;
    const entry = literal ?? match?.value;
    const shown = literal?.path ?? (path.startsWith(base) ? path.slice(base.length - 1) : path);
    const context = new Context(shown, match?.params ?? NO_PARAMS, query, peer);
    let cors = NONE;
    let response: Response;
    try {
      if (end - start > maxUrlBytes) {
        response = plainText('URI Too Long\n', 414);
      } else if (entry === undefined) {
        response = await options.notFound(request, context);
      } else {
        if (entry.cors !== undefined) {
          const headers = corsHeaders(entry.cors, request);
          cors = headers instanceof Promise ? await headers : headers;
        }
        const handler = entry.handlers.get(method);
        const made = handler === undefined
          ? withoutHandler(request, entry, cors)
          : handler(request, context);
        response = made instanceof Response ? made : await made;
      }
    } catch (error) {
      response = options.failed(error, request, context);
    }
    if (cors !== NONE) addHeaders(response, cors);
    return method === 'HEAD' ? withoutBody(response) : response;
  };
}

interface Entry {
  readonly path: string;
  readonly handlers: ReadonlyMap<string, Handler>;
  readonly allow: string;
  readonly cors: CorsPolicy | undefined;
  readonly methodNotAllowed: (allow: string) => Response;
}

function routeTable(options: RouterOptions): {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly patterns: PathPatterns<Entry>;
} {
  const entries = new Map<string, Entry>();
  const patterns = createPathPatterns<Entry>();
  const add = (prefix: string, routes: readonly Route[]): void => {
    for (const { path, methods, cors, methodNotAllowed: refuse } of routes) {
      const whole = prefix + path;
      if (entries.has(whole)) throw new TypeError(`Cannot route "${whole}" twice`);
      const handlers = new Map<string, Handler>(Object.entries(methods));
      const get = handlers.get('GET');
      const allow = [...handlers.keys(), ...(get === undefined ? [] : ['HEAD']), 'OPTIONS'];
      if (get !== undefined) handlers.set('HEAD', get);
      const entry = {
        path,
        handlers,
        allow: allow.join(', '),
        cors,
        methodNotAllowed: refuse ?? methodNotAllowed,
      };
      if (isPattern(path)) patterns.add(whole, entry);
      else entries.set(whole, entry);
    }
  };
  add(options.basePath, options.routes);
  add('', options.rootRoutes ?? []);
  return { entries, patterns };
}

function withoutHandler(request: Request, entry: Entry, cors: HeaderList): Response {
  if (request.method !== 'OPTIONS') return entry.methodNotAllowed(entry.allow);
  const isAllowed = cors.some(([name]) => name === 'access-control-allow-origin');
  if (!isAllowed || !isPreflight(request)) return noContent({ allow: entry.allow });
  return noContent(Object.fromEntries(preflightHeaders(entry.allow)));
}

/** What GET answers, its length included, without the body (RFC 9110 §9.3.2). */
async function withoutBody(response: Response): Promise<Response> {
  const { status, headers } = response;
  if (response.body === null) return response;
  const length = (await response.arrayBuffer()).byteLength;
  headers.set('content-length', String(length));
  return new Response(null, { status, headers });
}

/** A class only because accessors on a prototype cost nothing per request. */
class Context implements RequestContext {
  readonly path: string;
  readonly params: PathParams;
  readonly query: string;
  readonly #peer: Peer | undefined;
  #correlationId: string | undefined;

  constructor(path: string, params: PathParams, query: string, peer: Peer | undefined) {
    this.path = path;
    this.params = params;
    this.query = query;
    this.#peer = peer;
  }

  get certificates(): readonly Uint8Array[] | undefined {
    return this.#peer?.certificates;
  }

  get target(): string | undefined {
    return this.#peer?.target;
  }

  get hasRawUrl(): boolean {
    return this.#peer?.hasRawUrl === true;
  }

  get peerAddress(): string | undefined {
    return this.#peer?.address;
  }

  get correlationId(): string {
    return this.#correlationId ??= newCorrelationId();
  }
}

/** 50 random bits in letters and digits that survive being read out. */
function newCorrelationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte & 31]).join('');
}
