/** A place in a list as callers hand it back; whatever they make of it, a list shows nothing that it would not show. */
export function cursorOf(place: readonly string[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(place));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Undefined for what is no place. */
export function placeOf(cursor: string): readonly string[] | undefined {
  if (cursor.length > MAX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(cursor)) return undefined;
  try {
    const text = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const place: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isPlace(place) ? place : undefined;
  } catch {
    return undefined;
  }
}

/** Characters; a key of the store is shorter. */
const MAX_LENGTH = 1200;

function isPlace(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.length < 8 &&
    value.every((part) => typeof part === 'string' && part.isWellFormed() && part.length <= 512);
}
