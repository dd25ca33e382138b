import { isMap } from '../../spec/is_map.ts';
import type { Path, Report } from '../import_report.ts';

/** The text of a configuration, in which each template expression has given way to a mark that YAML can read. */
export interface Templated {
  readonly text: string;
  /** What stood where the marks are. */
  readonly expressions: readonly string[];
}

const MARK = 'ostiary-import-template-';
/** A marked value is text even where the expression stood without quotes. */
const MARKED = new RegExp(`${MARK}(\\d+)-`);

/** Authelia runs its file through Go templates before it reads it; we do not. */
export function withoutTemplates(text: string): Templated {
  const expressions: string[] = [];
  const marked = text.replaceAll(/\{\{[\s\S]*?\}\}/g, (expression) => {
    expressions.push(expression);
    // Lines stay what they are, so that remarks name the right one.
    const breaks = '\n'.repeat(expression.split('\n').length - 1);
    return `${MARK}${expressions.length - 1}-${breaks}`;
  });
  // A line that is nothing but a control structure is no YAML.
  const lines = marked.split('\n').map((line) =>
    /^\s*\S+$/.test(line) && isControl(line, expressions) ? '' : line
  );
  return { text: lines.join('\n'), expressions };
}

/** Deeper than any configuration goes; what contains itself by an alias has no end. */
const MAX_DEPTH = 32;

/** The value without what came from templates; each place is reported. */
export function pruneTemplates(
  value: unknown,
  expressions: readonly string[],
  report: Report,
  path: Path = [],
): unknown {
  const pruned = (each: unknown, part: string | number): unknown =>
    pruneTemplates(each, expressions, report, [...path, part]);
  if (typeof value === 'string') {
    const [, index] = MARKED.exec(value) ?? [];
    if (index === undefined) return value;
    report.dropped(path, `${UNREAD}: ${shown(expressions[Number(index)] ?? '')}`);
    return undefined;
  }
  if (path.length > MAX_DEPTH) {
    report.dropped(path, 'lies too deep to be read');
    return undefined;
  }
  if (Array.isArray(value)) return value.map(pruned).filter((each) => each !== undefined);
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, pruned(each, name)]))
    : value;
}

const UNREAD =
  'comes from a template, which Ostiary does not run; put the value itself in the place of';

/** What is read from elsewhere by its name; of any other expression nothing, for it may hold a secret itself. */
function shown(expression: string): string {
  const [, name, from] =
    /^\{\{-?\s*(secret|env|mustEnv|expandenv|fileContent)\s+("[^"\n]{1,200}"|'[^'\n]{1,200}')/
      .exec(expression) ?? [];
  return name === undefined ? '{{ … }}' : `{{ ${name} ${from} }}`;
}

function isControl(line: string, expressions: readonly string[]): boolean {
  const [, index] = MARKED.exec(line) ?? [];
  return index !== undefined &&
    /^\{\{-?\s*(?:if|else|end|range|with|define|block|template|\/\*|\$\w+\s*:?=)/.test(
      expressions[Number(index)] ?? '',
    );
}
