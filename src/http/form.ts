export type FormPairs = readonly (readonly [name: string, value: string])[];

export type FormResult =
  | { readonly ok: true; readonly pairs: FormPairs }
  | { readonly ok: false; readonly status: 400; readonly problem: string };

/**
 * Strict `application/x-www-form-urlencoded`, for bodies and query strings alike: what URLSearchParams would repair
 * (broken percent-encoding, invalid UTF-8) is a problem here, so all runtimes give one verdict; at most
 * `maxParameters` pairs (default 100), order and repeats kept.
 */
export function parseForm(text: string, maxParameters = 100): FormResult {
  // U+FFFD is what a decoder leaves of invalid UTF-8, U+FEFF at the start what some decoders hide.
  if (text.includes('\uFFFD') || text.startsWith('\uFEFF')) return problem('text is not UTF-8');
  const pairs: (readonly [string, string])[] = [];
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      if (pairs.length === maxParameters) return problem(`more than ${maxParameters} parameters`);
      const equals = text.indexOf('=', start);
      const split = equals === -1 || equals > end ? end : equals;
      const name = decode(text.slice(start, split));
      const value = decode(text.slice(split + 1, Math.max(end, split + 1)));
      if (name === undefined || value === undefined) return problem('broken percent-encoding');
      pairs.push([name, value]);
    }
    start = end + 1;
  }
  return { ok: true, pairs };
}

function problem(text: string): FormResult {
  return { ok: false, status: 400, problem: text };
}

function decode(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}
