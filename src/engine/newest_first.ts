import { randomToken } from '../keys/digest.ts';

/** A new name for a record, whose order is that of time, the newest first. */
export function newestFirstId(atSeconds: number): string {
  // Milliseconds until a day that nobody here will see, so that later moments come first.
  const left = String(1e14 - Math.floor(atSeconds * 1000)).padStart(15, '0');
  return `${left}${randomToken(16).slice(0, 8)}`;
}
