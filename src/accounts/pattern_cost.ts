/** Characters that a pattern may be asked to match; the limits of patterns rest on it. */
export const MAX_MATCHED = 256;

/**
 * In how many ways choices and optional parts may combine, by the number of repetitions, each of which multiplies the
 * work by the length of the text; so does a pattern that may begin anywhere.
 */
const MAX_WAYS: readonly number[] = [1024, 1024, 256, 4];
/** In braces. */
const MAX_COUNT = 256;

interface Group {
  alternatives: number;
  /** Whether it can match texts of several lengths, or one in several ways. */
  isVarying: boolean;
}

/** Why a regular expression could take long on a text of so many characters, if so: the platform's own may take for ever. */
export function patternProblem(pattern: string, length = MAX_MATCHED): string | undefined {
  try {
    new RegExp(pattern);
  } catch {
    return `holds an invalid regular expression: ${pattern}`;
  }
  return mayTakeLong(pattern, length)
    ? `holds a regular expression that may take too long: ${pattern}`
    : undefined;
}

function mayTakeLong(pattern: string, length: number): boolean {
  const whole: Group = { alternatives: 1, isVarying: false };
  const open: Group[] = [];
  let [repetitions, ways] = [0, 1];
  /** The group that has just been closed: what comes next may repeat it. */
  let closed: Group | undefined;
  for (const [part] of pattern.matchAll(PARTS)) {
    const around = open.at(-1) ?? whole;
    if (part.startsWith('(')) {
      open.push({ alternatives: 1, isVarying: false });
      closed = undefined;
    } else if (part === ')') {
      closed = open.pop();
      ways *= closed?.alternatives ?? 1;
      const outer = open.at(-1) ?? whole;
      outer.isVarying ||= closed?.isVarying ?? false;
    } else if (part === '|') {
      around.alternatives += 1;
      around.isVarying = true;
      closed = undefined;
    } else if (/^[*+{?]/.test(part)) {
      around.isVarying = true;
      if (part.startsWith('?')) ways *= 2;
      else if (closed?.isVarying) return true;
      else if (!/^\{\d+\}/.test(part)) repetitions += 1;
      if ((part.match(/\d+/g) ?? []).some((count) => Number(count) > MAX_COUNT)) return true;
      closed = undefined;
    } else if (/^\\[1-9k]/.test(part)) return true;
    else closed = undefined;
  }
  const isAnchored = pattern.startsWith('^') && whole.alternatives === 1;
  const power = repetitions + (isAnchored ? 0 : 1);
  const most = (MAX_WAYS[power] ?? 0) / (length / MAX_MATCHED) ** power;
  return ways * whole.alternatives > most;
}

/** Escapes, classes, beginnings of groups, quantifiers (lazy ones, too), and single characters. */
const PARTS =
  /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|[*+?]\??|\{\d+(?:,\d*)?\}\??|[^]/g;
