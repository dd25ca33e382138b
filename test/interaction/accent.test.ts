import { describe, it } from 'node:test';
import { accentStyles } from '../../src/interaction/accent.ts';
import { contrast, formatColour, mix, parseColour } from '../../src/interaction/colours.ts';
import { styles } from '../../src/interaction/styles.ts';
import { assert, assertEquals, assertThrows } from '../support/assert.ts';

const AWKWARD = [
  '#000000',
  '#ffffff',
  '#808080',
  '#777777',
  '#ffff00',
  '#00ff00',
  '#0000ff',
  '#ff0000',
  '#00ffff',
  '#ff00ff',
  '#ff7f00',
  '#fffff0',
  '#000001',
  '#4b0082',
  '#f5f5dc',
  '#0d5c4a',
  '#ffd6e8',
  '#123456',
  '#7fffd4',
  '#800000',
];

/** What stands on what: 4.5:1 for text (§1.4.3), 3:1 for what marks focus and fields (§1.4.11). */
const PAIRS: readonly (readonly [front: string, back: string, least: number])[] = [
  ['act', 'sheet', 4.5],
  ['act', 'tint', 4.5],
  ['act', 'paper', 3],
  ['ink', 'tint', 4.5],
  ['soft', 'tint', 4.5],
  ['on-act', 'act', 4.5],
  ['on-act', 'act-deep', 4.5],
  ['on-door', 'door', 4.5],
  ['door', 'on-door', 4.5],
  ['on-door-soft', 'door', 4.5],
  ['on-door-soft', 'arch', 4.5],
  ['on-door', 'arch', 4.5],
];

function tokensOf(sheet: string): readonly ReadonlyMap<string, string>[] {
  const blocks = sheet.split(':root{').slice(1).map((part) => part.split('}')[0] ?? '');
  return blocks.map((block) =>
    new Map(
      Array.from(block.matchAll(/--([a-z-]+):(#[0-9a-f]{3,6})/g), ([, name = '', value = '']) => [
        name,
        value.length === 4 ? value.replace(/[0-9a-f]/g, '$&$&') : value,
      ]),
    )
  );
}

describe('an accent colour', () => {
  const own = tokensOf(styles);
  for (const accent of AWKWARD) {
    for (const [at, scheme] of (['light', 'dark'] as const).entries()) {
      it(`WCAG 2.2 §1.4.3: ${accent} is made readable, ${scheme}`, () => {
        const tokens = new Map([...own[at] ?? [], ...tokensOf(accentStyles(accent))[at] ?? []]);
        const colour = (name: string) => parseColour(tokens.get(name) ?? '');
        const white = parseColour('#ffffff');
        const arch = mix(mix(colour('door'), white, 0.05), white, 0.04);
        for (const [front, back, least] of PAIRS) {
          const value = contrast(colour(front), back === 'arch' ? arch : colour(back));
          assert(value >= least, `${front} on ${back} has ${value.toFixed(2)}`);
        }
      });
    }
  }

  it('is kept where it can be read as it is', () => {
    assertEquals(tokensOf(accentStyles('#0d5c4a'))[0]?.get('act'), '#0d5c4a');
    assertEquals(tokensOf(accentStyles('#7fffd4'))[1]?.get('act'), '#7fffd4');
  });

  it('keeps its hue: red stays red', () => {
    for (const tokens of tokensOf(accentStyles('#ff0000'))) {
      const [red, green, blue] = parseColour(tokens.get('act') ?? '');
      assert(red > green && green === blue);
    }
  });

  it('sets no token that the style sheet does not have', () => {
    for (const tokens of tokensOf(accentStyles('#4b0082'))) {
      for (const name of tokens.keys()) assert(own[0]?.has(name), name);
    }
  });

  it('is read as #rrggbb alone', () => {
    for (const text of ['red', '#fff', '#gggggg', '#0d5c4a;}', 'rgb(0,0,0)', '']) {
      assertThrows(() => accentStyles(text), RangeError);
    }
  });
});

describe('colours', () => {
  it('WCAG 2.2: contrast is 21 of black and white, 1 of equals, and as published of greys', () => {
    const [black, white] = [parseColour('#000000'), parseColour('#ffffff')];
    assertEquals(contrast(black, white), 21);
    assertEquals(contrast(white, white), 1);
    assertEquals(contrast(parseColour('#767676'), white).toFixed(2), '4.54');
    assertEquals(contrast(white, parseColour('#777777')).toFixed(2), '4.48');
  });

  it('are written as they are read, and mixed in whole steps', () => {
    assertEquals(formatColour(parseColour('#0A0b0C')), '#0a0b0c');
    assertEquals(formatColour(mix(parseColour('#000000'), parseColour('#ffffff'), 0.5)), '#808080');
  });
});
