import {
  Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { Mistake } from './mistake.ts';

export type YamlResult =
  | {
    readonly ok: true;
    readonly value: unknown;
    /** The line where a path's last key stands, or that of its nearest ancestor that is written. */
    readonly lineOf: (path: Mistake['path']) => number | undefined;
    /** A plain value as it was written, such as `01234` for a number. */
    readonly sourceOf: (path: Mistake['path']) => string | undefined;
  }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** How often anchors may be followed in all, so that a small file cannot unfold into a large one. */
const MAX_ALIASES = 100;

/** YAML 1.2, of which JSON is a part. Duplicate keys, unknown tags, several documents are mistakes. */
export function readYaml(text: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    // The long form would quote the lines around a mistake, and so perhaps a secret.
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    return { ok: false, mistakes: errors.map((error) => syntaxMistake(error, lines)) };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return {
      ok: true,
      value: value ?? {},
      lineOf(path) {
        const { offset } = find(document, path);
        return offset === undefined ? undefined : lines.linePos(offset).line;
      },
      sourceOf(path) {
        const { node } = find(document, path);
        return isScalar(node) ? node.source : undefined;
      },
    };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { ok: false, mistakes: [{ path: [], problem: 'uses aliases too often' }] };
  }
}

/** A value as YAML that `readYaml` reads as the same; absent members are left out. */
export function writeYaml(value: unknown): string {
  const document = new Document(value, { version: '1.2', aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function syntaxMistake(error: YAMLError, lines: LineCounter): Mistake {
  // What follows a colon quotes the file.
  const [reason = ''] = error.message.split(':');
  return {
    path: [],
    problem: `is not valid YAML: ${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`,
    line: lines.linePos(error.pos[0]).line,
  };
}

/** What stands at a path, and where its last key does; of a path that is not written, its nearest ancestor's. */
function find(
  document: Document.Parsed,
  path: Mistake['path'],
): { readonly node: unknown; readonly offset: number | undefined } {
  let node: unknown = document.contents;
  let offset = (node as Node | null)?.range?.[0];
  for (const part of path) {
    const target = isAlias(node) ? node.resolve(document) : node;
    let next: unknown;
    if (isMap(target)) {
      const pair = target.items.find((item) => keyText(item.key) === String(part));
      if (!isPair(pair)) return { node: undefined, offset };
      offset = (pair.key as Node | null)?.range?.[0] ?? offset;
      next = pair.value;
    } else if (isSeq(target) && typeof part === 'number') {
      next = target.items[part];
      offset = (next as Node | null)?.range?.[0] ?? offset;
    }
    node = next;
  }
  return { node: isAlias(node) ? node.resolve(document) : node, offset };
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
