import type { Remark } from '../engine/administration/import_plan.ts';
import { type Mistake, pathText } from '../spec/mistake.ts';

export type Path = Mistake['path'];

/** Collects what becomes of the keys of a file that is read. */
export interface Report {
  mapped(path: Path, to: string): void;
  changed(path: Path, why: string): void;
  dropped(path: Path, why: string): void;
  /** Whether something was said of just this path. */
  has(path: Path): boolean;
  /** In the order of the file. */
  remarks(): readonly Remark[];
}

export function createReport(lineOf: (path: Path) => number | undefined): Report {
  const remarks: Remark[] = [];
  const paths = new Set<string>();
  const add = (severity: Remark['severity']) => (path: Path, why: string): void => {
    const line = lineOf(path);
    paths.add(pathText(path));
    remarks.push({ path: pathText(path), ...line !== undefined && { line }, severity, why });
  };
  return {
    mapped: add('mapped'),
    changed: add('changed'),
    dropped: add('dropped'),
    has: (path) => paths.has(pathText(path)),
    remarks: () => remarks.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
}
