/** Which states of a resource a request names. RFC 9110 §13.1 */
export type EntityTags = 'any' | readonly string[];

/** RFC 9110 §8.8.3: opaque tags without their quotes; weak ones, of which we make none, keep their `W/`. Undefined: malformed. */
export function parseEntityTags(header: string): EntityTags | undefined {
  if (header.trim() === '*') return 'any';
  const tags = header.split(',').map((each) => each.trim()).filter((each) => each !== '');
  const opaque = tags.flatMap((tag) => /^(W\/)?"([\x21\x23-\x7e]*)"$/.exec(tag)?.slice(1) ?? []);
  if (tags.length === 0 || tags.length > 20 || opaque.length !== 2 * tags.length) return undefined;
  return tags.map((tag) => tag.replaceAll('"', ''));
}

/** RFC 9110 §13.1.1: with the strong comparison. */
export function isMatch(tags: EntityTags, etag: string): boolean {
  return tags === 'any' || tags.includes(etag);
}

/** RFC 9110 §13.1.2: with the weak comparison. */
export function isNoneMatch(tags: EntityTags, etag: string): boolean {
  return tags !== 'any' && !tags.some((tag) => tag.replace(/^W\//, '') === etag);
}
