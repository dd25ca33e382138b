import { type Document, isMap as isYamlMap, parseDocument, type ScalarTag, type Tags } from 'yaml';
import { isMap } from '../../spec/is_map.ts';
import type { JsonValue } from '../../store/store.ts';
import type { UserEntry } from './entry.ts';
import { type FilePeople, parseUsers } from './parse.ts';

export interface UserEdit {
  /** The canonical username. */
  readonly username: string;
  /** What the entry then says; undefined: it goes. */
  readonly entry: UserEntry | undefined;
}

/**
 * The file with one entry changed; comments, order and all that did not change stay. Undefined when the file cannot say
 * so, as when an anchor shares the value with another person.
 */
export function editUsers(
  text: string,
  people: FilePeople,
  edit: UserEdit,
): { readonly text: string; readonly people: FilePeople } | undefined {
  const document = parseDocument(text, {
    version: '1.2',
    stringKeys: true,
    customTags: (tags) => tags.map(withSource),
  });
  const before = people.get(edit.username);
  const path = ['users', before?.key ?? edit.username];
  const users = document.get('users');
  // What is added to an empty {} would have to stand within it.
  if (isYamlMap(users) && users.items.length === 0) users.flow = false;
  try {
    if (edit.entry === undefined) document.deleteIn(path);
    else if (before === undefined) document.setIn(path, document.createNode(edit.entry));
    else change(document, path, before.entry, edit.entry);
  } catch {
    // The library's word for a path that leads through an alias, or through no map.
    return undefined;
  }
  const edited = document.toString({ lineWidth: 0, ...layoutOf(text) });
  // Read again, as the next start will read it.
  const read = parseUsers(edited);
  return read.ok && saysSo(read.people, people, edit)
    ? { text: edited, people: read.people }
    : undefined;
}

/** Numbers stay as they were written: `01234` may be a postal code. */
function withSource(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || !/:(?:int|float)$/.test(tag.tag)) return tag;
  const scalar = tag as ScalarTag;
  return {
    ...scalar,
    stringify: (item, ...rest) =>
      item.source !== undefined && Number(item.source) === item.value
        ? item.source
        : scalar.stringify?.(item, ...rest) ?? String(item.value),
  };
}

type Values = Readonly<Record<string, JsonValue | undefined>>;

function change(
  document: Document,
  path: readonly string[],
  before: Values,
  after: Values,
): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, wanted] = [before[key], after[key]];
    if (isSame(old, wanted)) continue;
    const inner = [...path, key];
    if (wanted === undefined) document.deleteIn(inner);
    else if (isMap(old) && isMap(wanted)) change(document, inner, old as Values, wanted as Values);
    else document.setIn(inner, typeof wanted === 'object' ? document.createNode(wanted) : wanted);
  }
}

/** How far the file indents, and whether lists are further in than their key. */
function layoutOf(text: string): { readonly indent: number; readonly indentSeq: boolean } {
  const indent = /^users:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( +)\S/m.exec(text)?.[1]?.length ?? 2;
  return { indent, indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\n\1- /m.test(text) };
}

/** Whether this person is as wanted, and everybody else as before. */
function saysSo(after: FilePeople, before: FilePeople, { username, entry }: UserEdit): boolean {
  if (!isSame(after.get(username)?.entry, entry)) return false;
  const names = new Set([...before.keys(), ...after.keys()]);
  names.delete(username);
  return [...names].every((name) => isSame(before.get(name)?.entry, after.get(name)?.entry));
}

/** Whether two values are the same JSON, in whatever order their members are. */
function isSame(left: unknown, right: unknown): boolean {
  if (isMap(left) && isMap(right)) {
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => isSame(item, right[at]));
  }
  return left === right;
}
