/** How durations are written. */
export const DURATION = /^(\d{1,9})(s|m|h|d)$/;

const SECONDS_PER = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `90s`, `10m`, `1h` or `7d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Number(amount) * SECONDS_PER[unit as keyof typeof SECONDS_PER];
}
