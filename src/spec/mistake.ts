import { nearestName } from './suggest.ts';

/** Something wrong with a file that people write, and where. */
export interface Mistake {
  readonly path: readonly (string | number)[];
  /** The rule that is broken, such as `must be a string`; completes a sentence that the path begins. */
  readonly problem: string;
  /** The value at the path, for people; absent when it is long, structured or secret. */
  readonly value?: string;
  /** The file, variable or flag it stands in. */
  readonly source?: string;
  readonly line?: number;
  /** Whoever has the store knows better: it is a doubt of the file alone. */
  readonly isOfFileAlone?: true;
}

/** `ostiary.yaml:7: lifespans.access_token must be …: got 3600`, on one line. */
export function describeMistake(mistake: Mistake): string {
  const place = [mistake.source, mistake.line].filter((part) => part !== undefined).join(':');
  const subject = pathText(mistake.path);
  const got = mistake.value === undefined ? '' : `: got ${mistake.value}`;
  const sentence = `${subject === '' ? '' : `${subject} `}${mistake.problem}${got}`;
  return printable(place === '' ? sentence : `${place}: ${sentence}`);
}

/** `clients[0].redirect_uris[1]`. */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`,
    '',
  );
}

/** Control and formatting characters as escapes, so that no value can forge a line or turn a terminal. CWE-117. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

const SECRETS: ReadonlySet<unknown> = new Set(['client_secret', 'password', 'secret']);

/** A value as a mistake shows it; undefined when it must not, or need not, be shown. */
export function shownValue(
  path: readonly (string | number)[],
  value: unknown,
): string | undefined {
  if (SECRETS.has(path.at(-1)) || path.join('.') === 'notifier.webhook.url') return undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  // A digest or a marked secret that slipped under another key is still a secret.
  if (value.startsWith('$')) return undefined;
  // So is what a URL has before its host.
  if (/:\/\/[^/]*@/.test(value)) return undefined;
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}

/** `; did you mean scope?`, or nothing: the end of a problem that a name has. */
export function meant(typed: string, known: readonly string[]): string {
  const name = nearestName(typed, known);
  return name === undefined ? '' : `; did you mean ${name}?`;
}

/** With the value, if it may be shown. */
export function mistake(
  path: Mistake['path'],
  problem: string,
  value?: unknown,
): Mistake {
  const shown = shownValue(path, value);
  return shown === undefined ? { path, problem } : { path, problem, value: shown };
}
