import type { Draft } from '../import_draft.ts';
import type { Path } from '../import_report.ts';
import { durationText, readDuration } from './duration.ts';
import type { Section } from './section.ts';

/** A key whose value goes to one option of ours. */
export interface Row {
  /** Newest first. */
  readonly names: readonly string[];
  readonly to: Path;
  /** The value that ours takes; undefined, once it said why, for one without counterpart. */
  readonly read: (section: Section, name: string, draft: Draft) => unknown;
}

/** Reads the rows of a section. */
export function readRows(rows: readonly Row[], section: Section, draft: Draft): void {
  for (const { names, to, read } of rows) {
    const name = section.named(...names);
    if (name === undefined) continue;
    const value = read(section, name, draft);
    if (value !== undefined) draft.set(to, value, section.at(name));
  }
}

export const flag: Row['read'] = (section, name) => section.flag(name);
export const text: Row['read'] = (section, name) => section.text(name);

export const duration: Row['read'] = (section, name, { report }) => {
  const seconds = readDuration(section.take(name));
  if (seconds === undefined) report.dropped(section.at(name), 'is no duration');
  return seconds === undefined ? undefined : durationText(seconds);
};
