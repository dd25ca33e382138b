/** A name that needs no quotes in a path. */
const PLAIN = /^[A-Za-z0-9_:@/+=~-]+$/;
const PART = /^(?:"((?:[^"\\]|\\.)*)"|([^".]+))(?:\.|$)/s;

/** `lifespans.access_token`, `resources."https://api.example.com/"`: the way to an option, as people write it. */
export function optionPathText(path: readonly string[]): string {
  return path.map((part) => PLAIN.test(part) ? part : JSON.stringify(part)).join('.');
}

/** Undefined for what is no such path. */
export function parseOptionPath(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, quoted, plain] = PART.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    const part = quoted === undefined ? plain : unquoted(quoted);
    if (part === undefined || part === '') return undefined;
    parts.push(part);
    if (whole.length === rest.length && whole.endsWith('.')) return undefined;
    rest = rest.slice(whole.length);
  }
  return parts.length === 0 ? undefined : parts;
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
