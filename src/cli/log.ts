import { createRecent } from '../keys/recent.ts';
import { printable } from '../spec/mistake.ts';
import type { Log, LogLevel } from '../spec/log.ts';

/** What `OSTIARY_LOG` says: a level, a format or both, such as `debug`, `json` or `warn,json`. */
export interface LogSetting {
  readonly level: LogLevel | 'off';
  readonly format: 'text' | 'json';
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'off'] as const;
const FORMATS = ['text', 'json'] as const;

export const LOG_RULE = `must be of ${[...LEVELS, ...FORMATS].join(', ')}, separated by commas`;

/** Default `info,text`; undefined for words it does not know. */
export function parseLogSetting(text = ''): LogSetting | undefined {
  let setting: LogSetting = { level: 'info', format: 'text' };
  for (const word of text.split(',').map((each) => each.trim()).filter((each) => each !== '')) {
    const level = LEVELS.find((each) => each === word);
    const format = FORMATS.find((each) => each === word);
    if (level !== undefined) setting = { ...setting, level };
    else if (format !== undefined) setting = { ...setting, format };
    else return undefined;
  }
  return setting;
}

/** One event a line. Callers keep credentials out of it; what slips through by name or by form is struck out here. */
export function createLog(
  setting: LogSetting,
  write: (line: string) => void,
  now: () => number = () => Date.now(),
): Log {
  const least = LEVELS.indexOf(setting.level);
  return (level, event, fields = {}) => {
    if (LEVELS.indexOf(level) < least) return;
    const time = new Date(now()).toISOString();
    const safe = safeFields(fields, setting.level === 'debug');
    write(
      setting.format === 'json'
        ? jsonLine(time, level, event, safe)
        : textLine(time, level, event, safe),
    );
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Names of fields, alone or as the last word, whose values are never written. T144 */
const SECRET_NAME =
  /(^|_)(secrets?|tokens?|codes?|passwords?|cookies?|authorization|assertions?|verifier|credentials?|otp|jwt|seed|private_key|storage_key|set_cookie)$/i;

/** What our tokens, JWTs, sealed values and marked secrets look like wherever they stand. */
const SECRET_FORM =
  /ost_[a-z]{2}_[\w.-]+|eyJ[\w-]{8,}\.[\w-]*\.?[\w.-]*|\$(?:plaintext|ostiary|sealed|argon2\w*|pbkdf2\S*?|scrypt|2[aby]|5|6)\$\S+/g;

const STRUCK = '[redacted]';
const MAX_TEXT = 2000;
const MAX_DEPTH = 4;

function safeFields(fields: Fields, withStacks: boolean): Fields {
  return safeValue(fields, withStacks, 0) as Fields;
}

function safeValue(value: unknown, withStacks: boolean, depth: number): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  }
  if (depth === MAX_DEPTH) return '…';
  if (value instanceof Error) return safeError(value, withStacks, depth);
  if (Array.isArray(value)) {
    return value.slice(0, 50).map((item) => safeValue(item, withStacks, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const { shown, isSecret } = judge(name);
      const isStruck = isSecret && inner !== undefined;
      return [shown, isStruck ? STRUCK : safeValue(inner, withStacks, depth + 1)];
    }),
  );
}

/** The name of a field, as a line shows it. */
interface FieldName {
  readonly shown: string;
  readonly isSecret: boolean;
}

/** There are few names, and they come again and again; what is longer is no name of ours. */
const judged = createRecent<FieldName>(256, 64);

function judge(name: string): FieldName {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const verdict = { shown: printable(name), isSecret: isSecretName(name) };
  judged.set(name, verdict);
  return verdict;
}

/** `error_code` and `status_code` are for the operator; `code` alone may be an authorization code. */
function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replaceAll('-', '_')) && !/^(error|status|exit)_code$/.test(name);
}

function safeError(error: Error, withStacks: boolean, depth: number): unknown {
  const text = withStacks ? error.stack ?? String(error) : `${error.name}: ${error.message}`;
  return error.cause === undefined
    ? safeText(text)
    : { error: safeText(text), cause: safeValue(error.cause, withStacks, depth + 1) };
}

/** Identifiers, addresses, names: no text like these has anything to be struck out or escaped, save for the two beginnings. */
const HARMLESS = /^[\w.:/@+ -]{0,200}$/;

function safeText(text: string): string {
  if (HARMLESS.test(text) && !text.includes('ost_') && !text.includes('eyJ')) return text;
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return printable(short.replace(SECRET_FORM, STRUCK));
}

function jsonLine(time: string, level: string, event: string, fields: Fields): string {
  return JSON.stringify({ time, level, event: safeText(event), ...fields });
}

function textLine(time: string, level: string, event: string, fields: Fields): string {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${fieldText(value)}`);
  return [time, level.padEnd(5), safeText(event), ...rest].join(' ');
}

function fieldText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? '';
  return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
}
