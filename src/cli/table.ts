import { printable } from '../spec/mistake.ts';

/** Rows in columns, as wide as their widest cell. Cells are made printable. */
export function table(
  header: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => printable(String(cell ?? '-'))));
  const widths = header.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0))
  );
  return cells.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`
  ).join('');
}

/** Names as a cell holds them: the first few. */
export function fewOf(names: readonly string[]): string {
  const rest = names.length - FEW;
  const shown = names.slice(0, FEW).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

const FEW = 4;

/** One field a line; what is absent is left out. */
export function fields(value: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(value).filter(([, each]) => each !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, each]) => `${name.padEnd(width)}  ${text(each)}\n`).join('');
}

/** Unix seconds for people; UTC, so that it reads the same everywhere. */
export function time(seconds: number | undefined): string {
  return seconds === undefined
    ? '-'
    : new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

function text(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    return printable(value.join(' '));
  }
  return printable(JSON.stringify(value));
}
