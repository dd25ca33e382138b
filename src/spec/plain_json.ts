import { isMap } from './is_map.ts';

/**
 * A map written in JSON, by `JSON.parse`, which takes a fiftieth of the time that YAML does. Undefined for anything else,
 * and for a map with a key that stands twice, which `JSON.parse` does not tell.
 */
export function readPlainJson(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isMap(value) && membersOf(value) === writtenMembers(text) ? value : undefined;
}

const STRING = /"(?:[^"\\]|\\.)*"/g;

/** Outside of strings, each colon is that of a member. */
function writtenMembers(json: string): number {
  return json.replace(STRING, '').split(':').length - 1;
}

function membersOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + membersOf(item), 0);
  if (!isMap(value)) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + 1 + membersOf(item), 0);
}
