/** What was worked out lately, by the text it was worked out from. */
export interface Recent<V> {
  get(text: string): V | undefined;
  set(text: string, value: V): void;
  clear(): void;
}

/**
 * Keeps at least the last `count` texts and at most twice as many, in two generations: when the young one is full it
 * becomes the old one, and what was in the old one and not asked for since is forgotten. Texts of more than `maxLength`
 * characters are worked out each time: what strangers send fills no memory. T127
 */
export function createRecent<V>(count: number, maxLength = Infinity): Recent<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  const recent: Recent<V> = {
    get(text) {
      const value = young.get(text);
      if (value !== undefined) return value;
      const aged = old.get(text);
      if (aged !== undefined) recent.set(text, aged);
      return aged;
    },
    set(text, value) {
      if (text.length > maxLength) return;
      if (young.size >= count) [old, young] = [young, new Map()];
      young.set(text, value);
    },
    clear() {
      young = new Map();
      old = new Map();
    },
  };
  return recent;
}
