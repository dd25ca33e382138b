/** One way to understand a request's path and query. */
export interface Reading {
  /** What resources are matched against: the path with its escapes decoded, and the query as it was sent. */
  readonly text: string;
  readonly query: ReadonlyMap<string, string>;
}

/** How often a path may have been encoded, one time upon the other. */
const MAX_ENCODINGS = 4;

/** Characters of path and query that patterns are asked to match; what they may be rests on it. */
export const MAX_URI_LENGTH = 2048;

/**
 * All the ways in which servers understand a path and its query; one, for all that is plain. A server behind the proxy
 * may decode escapes once or until none is left, keep escaped delimiters, take backslashes for slashes, leave path
 * parameters out, merge slashes, resolve dots: each or none of it. It may part a query at semicolons, and of values that
 * come twice take the first or the last. Where it matters which, nobody can tell what is asked for. Undefined for what no
 * server should be asked. RFC 3986 §6.2.2, §7.3
 */
export function readingsOf(uri: string): readonly Reading[] | undefined {
  const mark = uri.indexOf('?');
  const path = mark === -1 ? uri : uri.slice(0, mark);
  const query = mark === -1 ? undefined : uri.slice(mark + 1);
  const paths = pathsOf(path);
  if (paths === undefined) return undefined;
  const queries = queriesOf(query);
  const rest = query === undefined ? '' : `?${query}`;
  const readings = paths.flatMap((each) => queries.map((query) => ({ text: each + rest, query })));
  return readings.length > 1 && workOf(readings) > MAX_WORK ? undefined : readings;
}

/** Characters of all readings together: patterns may take as long as the square of a text. */
const MAX_WORK = 4 * MAX_URI_LENGTH;

/** What is longer than patterns may match is no work for any. */
function workOf(readings: readonly Reading[]): number {
  return readings.reduce(
    (sum, { text }) => text.length > MAX_URI_LENGTH ? sum : sum + text.length,
    0,
  );
}

const PLAIN = /^(?!.*(?:\/\/|\/\.{1,2}(?:\/|$)))[^%;\\]*$/;

/** No pattern is asked about what is longer, so that one reading will do. */
function pathsOf(path: string): readonly string[] | undefined {
  if (PLAIN.test(path)) return [path];
  if (!isDecodable(path)) return undefined;
  if (path.length > MAX_URI_LENGTH) return [path];
  const once = decoded(path);
  if (PLAIN.test(once) && decoded(path, KEPT) === once) return [once];
  const found = branch([path], withoutParameters)?.map(decodings) ?? [];
  if (found.includes(undefined)) return undefined;
  let texts: readonly string[] | undefined = found.flatMap((each) => each ?? []);
  for (const step of STEPS) texts = texts && branch(texts, step);
  return texts;
}

/** Whoever asks for what can be read in more ways than this is up to something. */
const MAX_READINGS = 32;

/** The texts, and what a server may make of each; undefined when they are too many. */
function branch(
  texts: readonly string[],
  step: (text: string) => string | readonly string[],
): readonly string[] | undefined {
  const all = new Set([...texts, ...texts.flatMap(step)]);
  return all.size > MAX_READINGS ? undefined : [...all];
}

/** Every escape is one, and none stands for a control character, nor for ASCII in more bytes than one (RFC 3629 §10). */
function isDecodable(path: string): boolean {
  return !/%(?![0-9A-F]{2})|%(?:[01][0-9A-F]|7F)|%C[01]%[89AB]|%E0%[89]|%F0%8/i.test(path);
}

/** With escaped delimiters kept, and decoded once, twice and so on until nothing changes; undefined when that takes too long. */
function decodings(path: string): readonly string[] | undefined {
  const found = [decoded(path, KEPT)];
  let text = path;
  for (let count = 0; count < MAX_ENCODINGS; count += 1) {
    const next = decoded(text);
    if (count > 0 && next === text) return found;
    found.push(next);
    text = next;
  }
  return decoded(text) === text ? found : undefined;
}

/** What would be a delimiter, once decoded. */
const KEPT = /[/\\?#;%]/;

function decoded(text: string, kept?: RegExp): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const plain = textOf(escapes);
    return kept === undefined
      ? plain
      : plain.replace(/[^]/gu, (each) => kept.test(each) ? encodeURIComponent(each) : each);
  });
}

/** What is no UTF-8 stays as it is, save the ASCII in it. */
function textOf(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes.toUpperCase().replace(/%[0-7][0-9A-F]/g, decodeURIComponent);
  }
}

function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, '');
}

function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

function withMergedSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

/** RFC 3986 §5.2.4; servers differ in whether dots at the end leave a slash. */
function resolved(path: string): readonly string[] {
  const segments = path.slice(1).split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  const text = `/${kept.join('/')}`;
  const endsInDots = ['.', '..'].includes(segments.at(-1) ?? '');
  return endsInDots && kept.length > 0 ? [text, `${text}/`] : [text];
}

/** What servers do to a path that is decoded, in turn. */
const STEPS = [withSlashes, withoutParameters, withMergedSlashes, resolved, withMergedSlashes];

const NO_QUERY: ReadonlyMap<string, string> = new Map();

function queriesOf(query: string | undefined): readonly ReadonlyMap<string, string>[] {
  if (query === undefined) return [NO_QUERY];
  const queries = query.includes(';') ? [query, query.replaceAll(';', '&')] : [query];
  return queries.flatMap((each) => {
    const pairs = [...new URLSearchParams(each)];
    const last = new Map(pairs);
    return last.size === pairs.length ? [last] : [last, new Map(pairs.toReversed())];
  });
}
