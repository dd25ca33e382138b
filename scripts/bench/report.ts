import { type Comparison, ratioOf } from './compare.ts';

/** Columns: the first to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) =>
    '  ' + row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }).join('   ').trimEnd()
  ).join('\n');
}

export function comparisonText(comparison: Comparison): string {
  const { row, scores, problems } = comparison;
  const figures = table([
    ['', `${row.unit}/s`, 'p50 ms', 'p99 ms', 'CPU µs each', 'RSS MiB'],
    ...scores.map((score) => [
      score.name,
      count(score.perSecond),
      score.p50.toFixed(2),
      score.p99.toFixed(2),
      count(score.cpu),
      count(score.residentMegabytes),
    ]),
  ]);
  const verdicts = row.budgets.map(({ of, atLeast }) =>
    `  ${of === 'bare' ? 'of bare' : '× peer '}  ${
      problems.length > 0
        ? 'INVALID'
        : budgetText(ratioOf(comparison, of), { atLeast, digits: 2, unit: '' })
    }`
  );
  return [row.name, figures, ...verdicts, ...problems.map((each) => `  INVALID: ${each}`)].join(
    '\n',
  );
}

export interface BudgetForm {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly digits: number;
  readonly unit: string;
}

/** The figure, its budget, and whether it is kept. */
export function budgetText(
  figure: number | undefined,
  { atLeast, atMost, digits, unit }: BudgetForm,
): string {
  const budget = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  if (figure === undefined || Number.isNaN(figure)) return `not measured (budget ${budget}${unit})`;
  const isKept = atLeast === undefined ? figure <= (atMost ?? Infinity) : figure >= atLeast;
  const shown = figure.toFixed(digits) + unit;
  return `${shown.padStart(8)}  (budget ${budget}${unit})  ${isKept ? 'ok' : 'MISSED'}`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
