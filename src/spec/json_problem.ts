const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/gs;

/**
 * What JSON.parse took without a word, and other readers disagree about or die of: a name twice in one object, halves of
 * surrogate pairs, deep nesting. RFC 8259 §4, §8.2, §9. Only for text that JSON.parse has taken.
 */
export function jsonProblem(text: string, maxDepth: number): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (open.length >= maxDepth) return `is nested deeper than ${maxDepth} levels`;
      open.push(new Set());
    } else if (token === '}' || token === ']') {
      open.pop();
    } else {
      const value = decoded(colon === undefined ? token : token.slice(0, -colon.length));
      if (!value.isWellFormed()) return 'holds half a surrogate pair';
      const names = colon === undefined ? undefined : open.at(-1);
      if (names?.has(value)) return 'has a member twice';
      names?.add(value);
    }
  }
  return undefined;
}

function decoded(token: string): string {
  return token.includes('\\') ? JSON.parse(token) as string : token.slice(1, -1);
}
