/** What stood in the place of each `{name}`, percent-decoded. */
export type PathParams = Readonly<Record<string, string>>;

export interface PathMatch<T> {
  readonly value: T;
  readonly params: PathParams;
}

/** Paths with parameters, found segment by segment; a literal segment comes before a parameter. */
export interface PathPatterns<T> {
  /** @throws {TypeError} for a pattern that is malformed, or there already under any names */
  add(pattern: string, value: T): void;
  /** Undefined, too, where a parameter is empty or does not decode. RFC 3986 §2.1 */
  find(path: string): PathMatch<T> | undefined;
}

export const NO_PARAMS: PathParams = Object.freeze({});

/** Whether a path of a route has parameters: whole segments such as `{client_id}`. */
export function isPattern(path: string): boolean {
  return path.includes('{');
}

export function createPathPatterns<T>(): PathPatterns<T> {
  const root: Node<T> = newNode();
  return {
    add(pattern, value) {
      const names: string[] = [];
      let node = root;
      for (const segment of pattern.split('/')) {
        const name = /^\{([a-z_]+)\}$/.exec(segment)?.[1];
        if (name === undefined) {
          if (isPattern(segment)) throw new TypeError(`Cannot route "${pattern}": got ${segment}`);
          node = childOf(node, segment);
        } else {
          if (names.includes(name)) throw new TypeError(`Cannot route "${pattern}": twice ${name}`);
          names.push(name);
          node = node.parameter ??= newNode();
        }
      }
      if (node.end !== undefined) throw new TypeError(`Cannot route "${pattern}" twice`);
      node.end = { value, names };
    },
    find(path) {
      const raw: string[] = [];
      const end = search(root, path.split('/'), 0, raw);
      const values = end && decoded(raw);
      if (end === undefined || values === undefined) return undefined;
      return {
        value: end.value,
        params: Object.fromEntries(end.names.map((name, index) => [name, values[index] ?? ''])),
      };
    },
  };
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  end: { readonly value: T; readonly names: readonly string[] } | undefined;
}

function newNode<T>(): Node<T> {
  return { literals: new Map(), parameter: undefined, end: undefined };
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  const found = node.literals.get(segment);
  if (found !== undefined) return found;
  const made = newNode<T>();
  node.literals.set(segment, made);
  return made;
}

/** `raw` collects what the parameters on the way found, and is as it was where there is no way. */
function search<T>(
  node: Node<T>,
  segments: readonly string[],
  index: number,
  raw: string[],
): Node<T>['end'] {
  const segment = segments[index];
  if (segment === undefined) return node.end;
  const literal = node.literals.get(segment);
  const found = literal && search(literal, segments, index + 1, raw);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  raw.push(segment);
  const below = search(node.parameter, segments, index + 1, raw);
  if (below === undefined) raw.pop();
  return below;
}

function decoded(raw: readonly string[]): readonly string[] | undefined {
  try {
    return raw.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
