/** One way to understand a request's path and query. */
export interface Reading {
  /** What resources are matched against: the path with its escapes decoded, and the query as it was sent. */
  readonly text: string;
  readonly query: ReadonlyMap<string, string>;
}

/** How often a path may have been encoded, one time upon the other. */
const MAX_ENCODINGS = 4;

/**
 * All the ways in which servers understand a path and its query; one, for all that is plain. A server behind the proxy
 * may decode escapes once or until none is left, keep escaped slashes, merge slashes, resolve dots, leave path parameters
 * out, and take the first or the last of a query's values: where it matters which, nobody can tell what is asked for.
 * Undefined for what no server should be asked. RFC 3986 §6.2.2, §7.3
 */
export function readingsOf(uri: string): readonly Reading[] | undefined {
  const mark = uri.indexOf('?');
  const path = mark === -1 ? uri : uri.slice(0, mark);
  const query = mark === -1 ? undefined : uri.slice(mark + 1);
  const paths = pathsOf(path);
  if (paths === undefined) return undefined;
  const queries = queriesOf(query);
  const rest = query === undefined ? '' : `?${query}`;
  return paths.flatMap((each) => queries.map((query) => ({ text: each + rest, query })));
}

const PLAIN = /^(?!.*(?:\/\/|\/\.{1,2}(?:\/|$)))[^%;\\]*$/;

function pathsOf(path: string): readonly string[] | undefined {
  if (PLAIN.test(path)) return [path];
  const kept = decoded(path, KEPT);
  const once = decoded(path);
  const whole = whollyDecoded(path);
  if (kept === undefined || once === undefined || whole === undefined) return undefined;
  return [...new Set([kept, once, normal(kept), normal(once), normal(whole)])];
}

/** What would be a delimiter, once decoded. */
const KEPT = /[/\\?#;%]/;

/** Undefined when an escape is none, or stands for a control character. */
function decoded(text: string, kept?: RegExp): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const result = text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const plain = textOf(escapes);
    return kept === undefined
      ? plain
      : plain.replace(/[^]/gu, (each) => kept.test(each) ? encodeURIComponent(each) : each);
  });
  // deno-lint-ignore no-control-regex
  return /[\x00-\x1f\x7f]/.test(result) ? undefined : result;
}

/** What is no UTF-8 stays as it is. */
function textOf(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes.toUpperCase();
  }
}

function whollyDecoded(path: string): string | undefined {
  let text = path;
  for (let count = 0; count < MAX_ENCODINGS; count += 1) {
    const next = decoded(text);
    // A percent sign that was itself escaped begins no escape.
    if (next === undefined) return count === 0 ? undefined : text;
    if (next === text) return text;
    text = next;
  }
  return undefined;
}

/** Without path parameters, empty segments, and dots that lead elsewhere. */
function normal(path: string): string {
  const segments = path.replaceAll('\\', '/').split('/').map((each) => each.split(';', 1)[0] ?? '');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1) ?? '';
  const isFolder = kept.length > 0 && ['', '.', '..'].includes(last);
  return `/${kept.join('/')}${isFolder ? '/' : ''}`;
}

const NO_QUERY: ReadonlyMap<string, string> = new Map();

function queriesOf(query: string | undefined): readonly ReadonlyMap<string, string>[] {
  if (query === undefined) return [NO_QUERY];
  const pairs = [...new URLSearchParams(query)];
  const last = new Map(pairs);
  return last.size === pairs.length ? [last] : [last, new Map(pairs.toReversed())];
}
