/** Seconds; a year has 365 days, a month is its twelfth. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['y', 31_536_000],
  ['M', 2_628_000],
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 0.001],
]);

const WORDS: ReadonlyMap<string, string> = new Map([
  ['year', 'y'],
  ['month', 'M'],
  ['week', 'w'],
  ['day', 'd'],
  ['hour', 'h'],
  ['minute', 'm'],
  ['second', 's'],
  ['millisecond', 'ms'],
]);

/** Seconds of `90m`, `1h30m`, `1 hour and 30 minutes` or 5400, as Authelia reads them; undefined for anything else. */
export function readDuration(raw: unknown): number | undefined {
  if (typeof raw === 'number') return raw >= 0 && Number.isFinite(raw) ? Math.ceil(raw) : undefined;
  if (typeof raw !== 'string') return undefined;
  const text = raw.replaceAll(/\s+|\band\b/g, '');
  if (/^\d{1,12}$/.test(text)) return Number(text);
  if (!/^(?:\d{1,12}[A-Za-z]+)+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+)([A-Za-z]+)/g)) {
    const word = unit.toLowerCase().replace(/s$/, '');
    const length = UNITS.get(unit) ?? UNITS.get(WORDS.get(word) ?? '');
    if (length === undefined) return undefined;
    seconds += Number(amount) * length;
  }
  return Math.ceil(seconds);
}

/** In the largest unit that leaves nothing over: what `parseDuration` reads. */
export function durationText(seconds: number): string {
  for (const [unit, length] of [['d', 86_400], ['h', 3600], ['m', 60]] as const) {
    if (seconds > 0 && seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}
