import { describe, it } from 'node:test';
import { readYaml, writeYaml } from '../../src/spec/yaml.ts';
import { assert, assertEquals } from '../support/assert.ts';
import { createRandom } from '../support/random.ts';

function reread(value: unknown): unknown {
  const text = writeYaml(value);
  const read = readYaml(text);
  assert(read.ok, `${JSON.stringify(value)} was written as ${JSON.stringify(text)}`);
  return read.value;
}

/** Texts that YAML takes for something else when they have no quotes. */
const TRAPS = [
  '',
  ' ',
  'yes',
  'no',
  'on',
  'null',
  '~',
  'true',
  '1',
  '0o17',
  '0x1f',
  '1e3',
  '.inf',
  '.nan',
  '-',
  '- a',
  '?',
  '? a',
  'a: b',
  'a #b',
  '#',
  '&a',
  '*a',
  '!a',
  '!!str a',
  '|',
  '>',
  '%YAML 1.1',
  '@a',
  '`a`',
  '"',
  "'",
  '{a}',
  '[a]',
  'a,b',
  '---',
  '...',
  '--- a',
  '<<',
  '=',
  '2001-01-01',
  '12:30:45',
  ' leading',
  'trailing ',
  'two\nlines',
  'ends\n',
  '\n\n',
  '\ttab',
  'a\r\nb',
  'null\u0000byte',
  '\u0007\u001b[31m',
  '\u0085\u2028\u2029',
  '\ufeffmark',
  'emoji 🔑 and ümlaut',
  '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$dGFn',
  '-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n',
  'a'.repeat(300) + ' ' + 'b'.repeat(300),
  'word '.repeat(60),
];

describe('YAML that is written', () => {
  it('is read as the same, whatever the texts are', () => {
    for (const text of TRAPS) {
      assertEquals(reread({ key: text }), { key: text });
      assertEquals(reread({ list: [text, { [text]: 1 }] }), { list: [text, { [text]: 1 }] });
    }
  });

  it('is read as the same, whatever the structure is', () => {
    const random = createRandom('yaml');
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const someText = (): string =>
      random() < 0.5
        ? pick(TRAPS)
        : Array.from({ length: Math.floor(random() * 12) }, () =>
          String.fromCodePoint(Math.floor(random() * 0xd7ff))).join('');
    const someValue = (depth: number): unknown => {
      const kind = Math.floor(random() * (depth > 4 ? 4 : 6));
      switch (kind) {
        case 0:
          return pick([true, false, null]);
        case 1:
          return pick([0, -1, 1.5, 2 ** 40, -1e21, 1e-7]);
        case 2:
        case 3:
          return someText();
        case 4:
          return Array.from({ length: Math.floor(random() * 4) }, () => someValue(depth + 1));
        default:
          return Object.fromEntries(
            Array.from({ length: Math.floor(random() * 4) }, () => [
              someText(),
              someValue(depth + 1),
            ]),
          );
      }
    };
    for (let round = 0; round < 400; round += 1) {
      const value = { top: someValue(0) };
      assertEquals(reread(value), value);
    }
  });

  it('leaves out what is undefined, and shares nothing by aliases', () => {
    const shared = ['a'];
    const text = writeYaml({ one: shared, two: shared, three: undefined });
    assertEquals(text, 'one:\n  - a\ntwo:\n  - a\n');
  });
});
