const MAX_LENGTH = 1000;
const MAX_RANGES = 20;

/**
 * The language ranges of Accept-Language, best first, without those of weight 0 and without `*` (RFC 9110 §12.5.4).
 * Beyond 1000 characters or 20 ranges nothing is read; what is no range with a weight is passed over.
 */
export function acceptedLanguages(header: string | null): readonly string[] {
  if (header === null) return [];
  const items = header.slice(0, MAX_LENGTH).split(',', MAX_RANGES);
  return items
    .flatMap(weightedRange)
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ range }) => range);
}

function weightedRange(item: string): readonly { range: string; weight: number }[] {
  const match = RANGE.exec(item);
  return match?.[1] === undefined ? [] : [{ range: match[1], weight: Number(match[2] ?? 1) }];
}

const RANGE =
  /^[ \t]*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7})(?:[ \t]*;[ \t]*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?[ \t]*$/;
