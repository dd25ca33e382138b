import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoreUnavailable } from '../../src/store/errors.ts';
import type { Entry, JsonValue, Key, Store } from '../../src/store/store.ts';
import { LIMITS } from '../../src/store/store.ts';
import { assert, assertEquals, assertExists, assertRejects } from '../support/assert.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and removes what it left. */
  readonly cleanup: () => Promise<void>;
}

/** The contract of `src/store/store.ts`, for every engine. `open` makes an empty store that tells time by `now`. */
export function storeConformance(
  name: string,
  open: (options: { readonly now: () => number }) => Promise<OpenedStore>,
): void {
  let store: Store;
  let cleanup: () => Promise<void>;
  let nowSeconds: number;

  async function start(): Promise<void> {
    nowSeconds = 1_800_000_000;
    ({ store, cleanup } = await open({ now: () => nowSeconds }));
  }

  describe(`${name}: get and commit`, () => {
    beforeEach(() => start());
    afterEach(() => cleanup());

    it('a record that was never written is undefined', async () => {
      assertEquals(await store.get(['code', 'none']), undefined);
    });

    it('a written record is read back under its key', async () => {
      const key = ['client', 'https://op.example', 'app'] as const;
      assertEquals(await store.commit({ put: [{ key, value: { a: 1 } }] }), 'committed');
      const entry = await store.get(key);
      assertExists(entry);
      assertEquals(entry, { key: [...key], value: { a: 1 }, version: entry.version });
    });

    it('a removed record is gone, and removing what is not there is no conflict', async () => {
      await store.commit({ put: [{ key: ['c', 'a'], value: 1 }] });
      assertEquals(await store.commit({ remove: [['c', 'a'], ['c', 'b']] }), 'committed');
      assertEquals(await store.get(['c', 'a']), undefined);
    });

    it('a record written later replaces the whole record', async () => {
      await store.commit({ put: [{ key: ['c', 'a'], value: { a: 1, b: 2 } }] });
      await store.commit({ put: [{ key: ['c', 'a'], value: { c: 3 } }] });
      assertEquals((await store.get(['c', 'a']))?.value, { c: 3 });
    });

    for (const [label, value] of oddValues) {
      it(`a value survives unchanged: ${label}`, async () => {
        await store.commit({ put: [{ key: ['odd'], value }] });
        assertEquals((await store.get(['odd']))?.value, value);
      });
    }

    it('properties that are undefined are left out, as JSON does', async () => {
      await store.commit({ put: [{ key: ['odd'], value: { a: undefined, b: 1 } }] });
      assertEquals((await store.get(['odd']))?.value, { b: 1 });
    });

    it('values are frozen all the way down', async () => {
      await store.commit({ put: [{ key: ['c'], value: { list: [{ deep: true }] } }] });
      const entry = await store.get<{ list: [{ deep: boolean }] }>(['c']);
      assertExists(entry);
      for (const part of [entry, entry.key, entry.value, entry.value.list, entry.value.list[0]]) {
        assert(Object.isFrozen(part));
      }
    });

    it('a value that its writer changes afterwards stays as it was written', async () => {
      const value = { list: [1] };
      const written = store.commit({ put: [{ key: ['c'], value }] });
      value.list.push(2);
      await written;
      assertEquals((await store.get(['c']))?.value, { list: [1] });
    });

    it('__proto__ in a value is a property like any other', async () => {
      const value = JSON.parse('{"__proto__":{"admin":true},"a":1}');
      await store.commit({ put: [{ key: ['c'], value }] });
      const read = (await store.get<Record<string, unknown>>(['c']))?.value;
      assertExists(read);
      assertEquals(JSON.stringify(read), '{"__proto__":{"admin":true},"a":1}');
      assertEquals(read['admin'], undefined);
    });

    it('a store that was closed refuses', async () => {
      await store.close();
      const error = await assertRejects(() => store.get(['c']));
      assert(isStoreUnavailable(error));
      assert(isStoreUnavailable(await assertRejects(() => store.commit({}))));
      const list = () => Promise.resolve().then(() => keysOf(store.list([])));
      assert(isStoreUnavailable(await assertRejects(list)));
    });
  });

  describe(`${name}: keys`, () => {
    beforeEach(() => start());
    afterEach(() => cleanup());

    it('odd parts are keys of their own', async () => {
      const put = oddKeys.map((key, value) => ({ key, value }));
      assertEquals(await store.commit({ put }), 'committed');
      for (const [value, key] of oddKeys.entries()) {
        assertEquals((await store.get(key))?.value, value, JSON.stringify(key));
        assertEquals((await store.get(key))?.key, key);
      }
    });

    it('keys list in the order of their parts as UTF-8 bytes', async () => {
      await store.commit({ put: oddKeys.map((key, value) => ({ key, value })) });
      const listed = await keysOf(store.list([]));
      assertEquals(listed, [...oddKeys].sort(compareAsBytes));
    });

    it('a key is read whatever it holds', async () => {
      for (const key of [['__proto__'], ['constructor'], ['\ud800'], ['c', 'x'.repeat(5000)]]) {
        assertEquals(await store.get(key as unknown as Key), undefined);
      }
    });
  });

  describe(`${name}: versions and checks`, () => {
    beforeEach(() => start());
    afterEach(() => cleanup());

    it('a check holds for the version read and for no other', async () => {
      await store.commit({ put: [{ key: ['c'], value: 1 }] });
      const first = await store.get(['c']);
      assertExists(first);
      assertEquals(await store.commit(putChecked(['c'], 2, first.version)), 'committed');
      assertEquals(await store.commit(putChecked(['c'], 3, first.version)), 'conflict');
      assertEquals(await store.commit(putChecked(['c'], 3, 'nonsense')), 'conflict');
      assertEquals((await store.get(['c']))?.value, 2);
    });

    it('a check for null holds while the key does not exist', async () => {
      assertEquals(await store.commit(putChecked(['c'], 1, null)), 'committed');
      assertEquals(await store.commit(putChecked(['c'], 2, null)), 'conflict');
      await store.commit({ remove: [['c']] });
      assertEquals(await store.commit(putChecked(['c'], 3, null)), 'committed');
    });

    it('a change of checks alone tells whether they hold', async () => {
      const check = [{ key: ['c'] as const, version: null }];
      assertEquals(await store.commit({ check }), 'committed');
      await store.commit({ put: [{ key: ['c'], value: 1 }] });
      assertEquals(await store.commit({ check }), 'conflict');
      assertEquals(await store.commit({}), 'committed');
    });

    it('no version comes twice: same value, removed and made again', async () => {
      const seen = new Set<string>();
      for (let round = 0; round < 5; round++) {
        await store.commit({ put: [{ key: ['c'], value: 1 }] });
        await store.commit({ put: [{ key: ['c'], value: 1 }] });
        seen.add((await store.get(['c']))?.version ?? '');
        await store.commit({ remove: [['c']] });
      }
      assertEquals(seen.size, 5);
    });

    it('of 50 changes that check one version exactly one wins', async () => {
      await store.commit({ put: [{ key: ['code'], value: 'fresh' }] });
      const code = await store.get(['code']);
      assertExists(code);
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          store.commit({
            check: [{ key: ['code'], version: code.version }],
            put: [{ key: ['code'], value: `used by ${i}` }, { key: ['grant', `${i}`], value: i }],
          })),
      );
      assertEquals(results.filter((result) => result === 'committed').length, 1);
      const winner = results.indexOf('committed');
      assertEquals((await store.get(['code']))?.value, `used by ${winner}`);
      assertEquals(await keysOf(store.list(['grant'])), [['grant', `${winner}`]]);
    });

    it('of 50 changes that make one key exactly one wins', async () => {
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => store.commit(putChecked(['jti', 'x'], i, null))),
      );
      assertEquals(results.filter((result) => result === 'committed').length, 1);
      assertEquals((await store.get(['jti', 'x']))?.value, results.indexOf('committed'));
    });

    it('counters that many raise at once, each trying again, lose nothing', async () => {
      await store.commit({ put: [{ key: ['n'], value: 0 }] });
      await Promise.all(Array.from({ length: 20 }, async () => {
        for (let result = 'conflict'; result === 'conflict';) {
          const entry = await store.get<number>(['n']);
          assertExists(entry);
          result = await store.commit(putChecked(['n'], entry.value + 1, entry.version));
        }
      }));
      assertEquals((await store.get(['n']))?.value, 20);
    });
  });

  describe(`${name}: all or nothing`, () => {
    beforeEach(() => start());
    afterEach(() => cleanup());

    it('a change whose last check fails writes nothing', async () => {
      await store.commit({ put: [{ key: ['a'], value: 1 }, { key: ['b'], value: 1 }] });
      const result = await store.commit({
        check: [{ key: ['z'], version: null }, { key: ['b'], version: null }],
        put: [{ key: ['a'], value: 2 }, { key: ['c'], value: 2 }],
        remove: [['b']],
      });
      assertEquals(result, 'conflict');
      assertEquals((await store.get(['a']))?.value, 1);
      assertEquals((await store.get(['b']))?.value, 1);
      assertEquals(await store.get(['c']), undefined);
    });

    it('pairs written together while others read are never seen apart', async () => {
      const writing = Promise.all(
        Array.from(
          { length: 200 },
          (_, i) => store.commit({ put: [{ key: ['x'], value: i }, { key: ['y'], value: i }] }),
        ),
      );
      for (let round = 0; round < 50; round++) {
        const [x, y] = await Promise.all([store.get(['x']), store.get(['y'])]);
        assertEquals(x?.version, y?.version);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      await writing;
      assertEquals((await store.get(['x']))?.value, 199);
    });
  });

  describe(`${name}: limits`, () => {
    beforeEach(() => start());
    afterEach(() => cleanup());

    it('a value of exactly the limit is kept, one byte more is refused', async () => {
      const largest = 'é'.repeat(LIMITS.valueBytes / 2 - 1);
      assertEquals(await store.commit({ put: [{ key: ['v'], value: largest }] }), 'committed');
      assertEquals((await store.get(['v']))?.value, largest);
      await assertRejects(
        () => store.commit({ put: [{ key: ['v'], value: `${largest}x` }] }),
        RangeError,
        'Cannot commit as "value" must be at most 61440 bytes: got 61441',
      );
      assertEquals((await store.get(['v']))?.value, largest);
    });

    it('a key of exactly the limit is kept, one byte more is refused', async () => {
      const longest = ['k', '€'.repeat(341)] as const;
      assertEquals(await store.commit({ put: [{ key: longest, value: 1 }] }), 'committed');
      assertEquals((await store.get(longest))?.value, 1);
      await assertRejects(
        () => store.commit({ put: [{ key: ['kk', longest[1]], value: 1 }] }),
        RangeError,
        'Cannot commit as "key" must be at most 1024 bytes: got 1025',
      );
    });

    it('a change of 100 writes is kept, one of 101 refused', async () => {
      const put = Array.from(
        { length: 100 },
        (_, i) => ({ key: ['w', `${i}`] as const, value: i }),
      );
      assertEquals(await store.commit({ put }), 'committed');
      await assertRejects(
        () => store.commit({ put, remove: [['other']] }),
        RangeError,
        'at most 100 writes: got 101',
      );
      const check = Array.from({ length: 101 }, () => ({ key: ['w'] as const, version: null }));
      await assertRejects(() => store.commit({ check }), RangeError, 'at most 100 checks: got 101');
    });

    it('a key written twice in one change is refused', async () => {
      const put = [{ key: ['a'] as const, value: 1 }];
      for (const change of [{ put: [...put, ...put] }, { put, remove: [['a'] as const] }]) {
        await assertRejects(() => store.commit(change), RangeError, 'must write each key once');
      }
      assertEquals(await store.get(['a']), undefined);
    });

    it('keys that are not well-formed, of no part or of more than 32 are refused', async () => {
      assertEquals(await store.commit({ put: [{ key: partsOf(32), value: 1 }] }), 'committed');
      for (const key of [['c', '\ud800'], [], partsOf(33)] as unknown as Key[]) {
        await assertRejects(() => store.commit({ put: [{ key, value: 1 }] }), RangeError, '"key"');
      }
    });

    for (const [label, value] of notJson) {
      it(`what is not JSON is refused: ${label}`, async () => {
        const put = [{ key: ['a'] as const, value: 1 }, { key: ['b'] as const, value: value() }];
        await assertRejects(() => store.commit({ put }), Error, 'Cannot commit as "value"');
        assertEquals(await store.get(['a']), undefined);
      });
    }

    for (const expiresAtSeconds of [NaN, Infinity, -Infinity]) {
      it(`an expiry that is no moment is refused: ${expiresAtSeconds}`, async () => {
        const put = [{ key: ['a'] as const, value: 1, expiresAtSeconds }];
        await assertRejects(() => store.commit({ put }), RangeError, '"expiresAtSeconds"');
      });
    }
  });

  describe(`${name}: list`, () => {
    beforeEach(() => start());
    afterEach(() => cleanup());

    it('lists what is below a prefix, without the prefix and its neighbours', async () => {
      const keys: Key[] = [['c'], ['c', 'a'], ['c', 'a', 'x'], ['c', 'ab'], ['c', 'b'], [
        'ca',
        'a',
      ]];
      await store.commit({ put: keys.map((key) => ({ key, value: null })) });
      assertEquals(await keysOf(store.list(['c'])), keys.slice(1, 5));
      assertEquals(await keysOf(store.list(['c', 'a'])), [['c', 'a', 'x']]);
      assertEquals(await keysOf(store.list(['none'])), []);
      assertEquals(await keysOf(store.list([])), keys);
    });

    it('pages of any size add up to the whole list', async () => {
      const keys = Array.from({ length: 300 }, (_, i) => ['p', String(i * 7919 % 300)] as const);
      for (let i = 0; i < keys.length; i += 100) {
        const put = keys.slice(i, i + 100).map((key) => ({ key, value: key[1] }));
        await store.commit({ put });
      }
      const expected = [...keys].sort(compareAsBytes);
      for (const limit of [1, 7, 128, 299, 300, 1000]) {
        const listed: Key[] = [];
        for (;;) {
          const after = listed.at(-1);
          const page = await keysOf(store.list(['p'], after ? { limit, after } : { limit }));
          listed.push(...page);
          if (page.length < limit) break;
        }
        assertEquals(listed, expected.map((key) => [...key]));
      }
    });

    it('after may be a key that is not there, or one outside the prefix', async () => {
      const put = ['a', 'c', 'e'].map((part) => ({ key: ['m', part] as const, value: part }));
      await store.commit({ put });
      assertEquals(await keysOf(store.list(['m'], { after: ['m', 'b'] })), [['m', 'c'], [
        'm',
        'e',
      ]]);
      assertEquals((await keysOf(store.list(['m'], { after: ['a'] }))).length, 3);
      assertEquals(await keysOf(store.list(['m'], { after: ['z'] })), []);
      assertEquals(await keysOf(store.list(['m'], { limit: 0 })), []);
    });

    it('entries come with value, version and expiry', async () => {
      await store.commit({
        put: [{ key: ['m', 'a'], value: { n: 1 }, expiresAtSeconds: nowSeconds + 10 }],
      });
      for await (const entry of store.list<{ n: number }>(['m'])) {
        assertEquals<unknown>(entry, await store.get(['m', 'a']));
        assertEquals(entry.expiresAtSeconds, nowSeconds + 10);
      }
    });

    it('while others write, what stays is listed once and in order', async () => {
      for (let first = 0; first < 800; first += 100) {
        const put = Array.from(
          { length: 100 },
          (_, i) => ({ key: keyOf((first + i) * 4), value: i }),
        );
        await store.commit({ put });
      }
      const listed: string[] = [];
      const removed: string[] = [];
      for await (const { key } of store.list(['w'])) {
        const part = key[1]!;
        assert(!removed.includes(part), `${part} was removed before its turn`);
        listed.push(part);
        const at = Number(part.slice(1));
        if (at % 40 !== 0) continue;
        // one right behind, one right ahead, the same again, and one far ahead that goes
        const put = [at - 1, at + 1, at].map((n) => ({ key: keyOf(n), value: 'again' }));
        const gone = at % 80 === 0 && at < 1600 ? [keyOf(3196 - at)] : [];
        await store.commit({ put, remove: gone });
        removed.push(...gone.map((away) => away[1]!));
      }
      assertEquals(listed, [...new Set(listed)].sort());
      assertEquals(removed.length, 20);
      assertEquals(listed.filter((part) => Number(part.slice(1)) % 4 === 0).length, 780);
    });
  });

  describe(`${name}: expiry`, () => {
    beforeEach(() => start());
    afterEach(() => cleanup());

    it('a record exists until its second and not from it on', async () => {
      const expiresAtSeconds = nowSeconds + 60;
      await store.commit({ put: [{ key: ['e', 'a'], value: 1, expiresAtSeconds }] });
      nowSeconds += 59.999;
      assertEquals((await store.get(['e', 'a']))?.value, 1);
      nowSeconds = expiresAtSeconds;
      assertEquals(await store.get(['e', 'a']), undefined);
      assertEquals(await keysOf(store.list(['e'])), []);
    });

    it('an expired record counts as absent in checks', async () => {
      await store.commit({ put: [{ key: ['e'], value: 1, expiresAtSeconds: nowSeconds + 60 }] });
      const entry = await store.get(['e']);
      assertExists(entry);
      nowSeconds += 60;
      assertEquals(await store.commit(putChecked(['e'], 2, entry.version)), 'conflict');
      assertEquals(await store.commit(putChecked(['e'], 3, null)), 'committed');
      assertEquals((await store.get(['e']))?.value, 3);
    });

    it('a record put again takes its new expiry, or none', async () => {
      await store.commit({ put: [{ key: ['e'], value: 1, expiresAtSeconds: nowSeconds + 60 }] });
      await store.commit({ put: [{ key: ['e'], value: 2 }] });
      nowSeconds += 1e9;
      assertEquals((await store.get(['e']))?.value, 2);
      assertEquals((await store.get(['e']))?.expiresAtSeconds, undefined);
    });

    it('a record that is put with a moment in the past does not exist', async () => {
      await store.commit({ put: [{ key: ['e'], value: 1 }] });
      for (const expiresAtSeconds of [nowSeconds, 0, -1]) {
        await store.commit({ put: [{ key: ['e'], value: 2, expiresAtSeconds }] });
        assertEquals(await store.get(['e']), undefined);
      }
    });

    it('a page is filled with live records, however many expired ones lie between', async () => {
      const put = Array.from({ length: 100 }, (_, i) => ({
        key: ['e', String(i).padStart(3, '0')] as const,
        value: i,
        ...(i % 10 === 9 ? {} : { expiresAtSeconds: nowSeconds + 1 }),
      }));
      await store.commit({ put });
      nowSeconds += 1;
      const page = await keysOf(store.list(['e'], { limit: 3 }));
      assertEquals(page, [['e', '009'], ['e', '019'], ['e', '029']]);
    });
  });
}

const oddValues: readonly (readonly [string, JsonValue])[] = [
  ['null', null],
  ['false', false],
  ['zero', 0],
  ['a fraction', 0.1],
  ['the largest number', Number.MAX_VALUE],
  ['an empty string', ''],
  ['an empty array', []],
  ['an empty object', {}],
  ['line breaks and control characters', '\n\r\u2028\u2029\0\x01\x7f'],
  ['emoji', '👩‍👩‍👧‍👦'],
  ['a lone surrogate', '\ud83d'],
  ['quotes and backslashes', '"\\"\\\\"'],
  ['what looks like a record', { crc: '00000000', seq: 1, key: ['a'], value: { crc: '' } }],
  ['names of Object.prototype', { constructor: 1, toString: 2, hasOwnProperty: 3, toJSON: 4 }],
  ['numbers as names', { 2: 'b', 1: 'a', '': 'c' }],
  ['nested arrays', [[[[]]], [null, [1, 'x', { a: [] }]]]],
];

const notJson: readonly (readonly [string, () => JsonValue])[] = [
  ['NaN', () => NaN],
  ['Infinity', () => ({ a: [Infinity] })],
  ['undefined', () => undefined as never],
  ['undefined in an array', () => [undefined] as never],
  ['a hole', () => [, 1] as never],
  ['a bigint', () => 1n as never],
  ['a function', () => ({ f: () => 1 }) as never],
  ['a symbol', () => Symbol('s') as never],
  ['a Date', () => ({ at: new Date(0) }) as never],
  ['a Map', () => new Map() as never],
  ['a cycle', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    return cycle as never;
  }],
];

const oddKeys: readonly Key[] = [
  ['__proto__'],
  ['__proto__', '__proto__'],
  ['constructor', 'prototype'],
  ['c'],
  ['c', ''],
  ['c', '', ''],
  ['c', '', 'a'],
  ['c', '\0'],
  ['c', '\0', 'a'],
  ['c', '\0a'],
  ['c', '\0\x01'],
  ['c', '\x01'],
  ['c', '\x01\0'],
  ['c', '\x01\x01'],
  ['c', '\x01\x02'],
  ['c', '\x02'],
  ['c', 'a'],
  ['c', 'a', 'b'],
  ['c', 'a\0b'],
  ['c', 'a b'],
  ['c', 'ab'],
  ['c', '"], "value": 1'],
  ['c', 'é'],
  ['c', 'e\u0301'],
  ['c', '\ud7ff'],
  ['c', '\ue000'],
  ['c', '\uf8ff\ue123'],
  ['c', '\uffff'],
  ['c', '😀'],
  ['c', '😀', 'x'],
  ['c', '\u{10ffff}'],
  ['c', '\n'],
  [''],
  ['', ''],
  ['C'],
];

function compareAsBytes(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareBytes(utf8(a[i]!), utf8(b[i]!));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function keyOf(n: number): Key {
  return ['w', `n${String(n).padStart(6, '0')}`];
}

function partsOf(count: number): Key {
  return Array.from({ length: count }, () => '') as unknown as Key;
}

function putChecked(key: Key, value: JsonValue, version: string | null) {
  return { check: [{ key, version }], put: [{ key, value }] };
}

async function keysOf(entries: AsyncIterable<Entry<unknown>>): Promise<Key[]> {
  const keys: Key[] = [];
  for await (const { key } of entries) keys.push(key);
  return keys;
}
