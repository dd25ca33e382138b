import type { GrantRecord } from '../../store/records.ts';
import type { Engine } from '../engine.ts';

const PREFIX = 'ost_rt_';
const FORM = /^ost_rt_([A-Za-z0-9_-]{22})\.(\d{1,9})\.([A-Za-z0-9_-]{49})$/;

/** `ost_rt_<grant id>.<n>.<mac>`: stored nowhere, counted by its grant. */
export function issueRefreshToken(grant: GrantRecord, n: number, engine: Engine): string {
  return `${PREFIX}${grant.id}.${n}.${
    engine.keys.mac('refresh token', macText(grant.id, String(n)))
  }`;
}

export interface RefreshToken {
  readonly grant: string;
  readonly n: number;
}

/** Reads a token we made, whether or not it still counts; undefined for anything else. */
export function readRefreshToken(text: string, engine: Engine): RefreshToken | undefined {
  if (text.length > 200) return undefined;
  const [, grant, n, mac] = FORM.exec(text) ?? [];
  if (grant === undefined || n === undefined || mac === undefined) return undefined;
  return engine.keys.isMac('refresh token', macText(grant, n), mac)
    ? { grant, n: Number(n) }
    : undefined;
}

/** What a presented refresh token is to its grant. */
export type RefreshStanding = 'current' | 'previous_in_grace' | 'reused';

/** RFC 9700 §4.14.2: the one before the current still answers for a moment, so that a lost answer costs nothing. */
export function standingOf(
  n: number,
  grant: GrantRecord,
  graceSeconds: number,
  nowSeconds: number,
): RefreshStanding {
  const current = grant.refresh;
  if (current === undefined) return 'reused';
  if (n === current.n) return 'current';
  // Either way: a clock that was set back must not make the moment an hour. T143
  const isPrevious = n === current.n - 1 &&
    Math.abs(nowSeconds - current.moved_at) < graceSeconds;
  return isPrevious ? 'previous_in_grace' : 'reused';
}

function macText(grant: string, n: string): string {
  return `${grant}.${n}`;
}
