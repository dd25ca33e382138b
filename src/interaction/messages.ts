import { type Html, html } from '../http/html.ts';
import { en } from './messages/en.ts';

/** English has every message; other languages say the same, with the same placeholders in any order. */
export type MessageId = keyof typeof en;

/** A language as a table, the form in which translators work. */
export interface Language {
  /** BCP 47, as in the `lang` attribute. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly texts: Readonly<Record<MessageId, string>>;
}

/** What pages say, in one language. Values are isolated: a name does not turn the sentence around it (UAX #9). */
export interface Messages {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** For titles and attributes. */
  text<Id extends MessageId>(id: Id, ...values: ValuesOf<Id, string>): string;
  /** For the page itself, where a value may be markup. */
  html<Id extends MessageId>(id: Id, ...values: ValuesOf<Id, string | Html>): Html;
  /** A message whose id is made from a name of the protocol, if there are words for that name. */
  find(id: string): string | undefined;
  /** A time to wait, rounded up: `40 seconds`, `3 minutes`. */
  duration(seconds: number): string;
  /** A day, by Unix seconds, in a time zone of the IANA database; UTC where there is none or nobody knows it. */
  date(seconds: number, zoneinfo?: string): string;
  /** A day with the time of day and the zone that it is told in. */
  time(seconds: number, zoneinfo?: string): string;
}

export const english: Language = { lang: 'en', dir: 'ltr', texts: en };

export function messagesOf({ lang, dir, texts }: Language): Messages {
  return {
    lang,
    dir,
    text: (id: MessageId, ...[values]: readonly Readonly<Record<string, string>>[]) =>
      partsOf(texts[id], values ?? {}, isolated).join(''),
    html: (id: MessageId, ...[values]: readonly Readonly<Record<string, string | Html>>[]) =>
      html`${partsOf(texts[id], values ?? {}, (value) => html`<bdi>${value}</bdi>`).map(asHtml)}`,
    find: (id) => isMessageId(id) ? texts[id] : undefined,
    duration: (seconds) => durationOf(seconds, lang),
    date: (seconds, zoneinfo) => clockOf(lang, DAY, zoneinfo).format(seconds * 1000),
    time: (seconds, zoneinfo) => clockOf(lang, MINUTE, zoneinfo).format(seconds * 1000),
  };
}

/** The names between braces in a message. */
type PlaceholderOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never;

/** The arguments that a message takes after its id: none, or a value for each placeholder. */
type ValuesOf<Id extends MessageId, Value> = [PlaceholderOf<(typeof en)[Id]>] extends [never] ? []
  : [values: Readonly<Record<PlaceholderOf<(typeof en)[Id]>, Value>>];

/** Words as they are, and in place of each placeholder what `wrap` makes of its value. */
function partsOf<Value, Wrapped>(
  text: string,
  values: Readonly<Record<string, Value>>,
  wrap: (value: Value) => Wrapped,
): readonly (string | Wrapped)[] {
  return text.split(/\{(\w+)\}/).map((part, i) => {
    if (i % 2 === 0) return part;
    const value = values[part];
    if (value === undefined) throw new TypeError(`Cannot fill a message without a value: ${part}`);
    return wrap(value);
  });
}

function asHtml(part: string | Html): Html {
  return html`${part}`;
}

/** With FIRST STRONG ISOLATE around what is not plain ASCII, which cannot turn anything around. */
function isolated(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : `\u2068${value}\u2069`;
}

function isMessageId(id: string): id is MessageId {
  return Object.hasOwn(en, id);
}

/** Units with their seconds, and above how many seconds they are the one to count in. */
const UNITS = [['day', 86_400, 172_800], ['hour', 3600, 7200], ['minute', 60, 90]] as const;
const SECOND = ['second', 1] as const;

function durationOf(seconds: number, lang: string): string {
  const [unit, each] = UNITS.find(([, , above]) => seconds > above) ?? SECOND;
  const count = Math.max(1, Math.ceil(seconds / each));
  return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };

const MINUTE: Intl.DateTimeFormatOptions = {
  ...DAY,
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
};

function clockOf(
  lang: string,
  options: Intl.DateTimeFormatOptions,
  timeZone = 'UTC',
): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(lang, { ...options, timeZone });
  } catch {
    // Whatever stands in somebody's profile as a time zone, a page is shown.
    return new Intl.DateTimeFormat(lang, { ...options, timeZone: 'UTC' });
  }
}
