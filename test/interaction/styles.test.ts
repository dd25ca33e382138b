import { describe, it } from 'node:test';
import { accountStyles, styles } from '../../src/interaction/styles.ts';
import { assert, assertEquals, assertFalse } from '../support/assert.ts';

/** What stands on what; text needs 4.5:1, the edges of fields and the focus ring need 3:1. */
const PAIRS: readonly (readonly [front: string, back: string, least: number])[] = [
  ['ink', 'sheet', 4.5],
  ['ink', 'tint', 4.5],
  ['soft', 'sheet', 4.5],
  ['soft', 'paper', 4.5],
  ['on-door', 'door', 4.5],
  ['on-door-soft', 'door', 4.5],
  ['act', 'sheet', 4.5],
  ['act', 'tint', 4.5],
  ['on-act', 'act', 4.5],
  ['on-act', 'act-deep', 4.5],
  ['alarm', 'sheet', 4.5],
  ['alarm', 'alarm-tint', 4.5],
  ['good', 'sheet', 4.5],
  ['good', 'good-tint', 4.5],
  ['edge', 'sheet', 3],
  ['act', 'paper', 3],
];

type Tokens = ReadonlyMap<string, string>;

function tokensOf(block: string | undefined): Tokens {
  const pairs = (block ?? '').matchAll(/--([a-z-]+):(#[0-9a-f]{3,6})\b/g);
  return new Map(Array.from(pairs, ([, name = '', colour = '']) => [name, colour]));
}

function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(digits.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe('the style sheet', () => {
  const [, light, dark] = styles.split(/:root\{/).map((part) => part.split('}')[0]);
  const schemes: Readonly<Record<string, Tokens>> = {
    light: tokensOf(light),
    dark: tokensOf(dark),
  };

  for (const [scheme, tokens] of Object.entries(schemes)) {
    for (const [front, back, least] of PAIRS) {
      it(`WCAG 2.2 §1.4.3, §1.4.11: ${scheme}: ${front} on ${back} has at least ${least}:1`, () => {
        const value = contrast(tokens.get(front) ?? '', tokens.get(back) ?? '');
        assert(value >= least, `has ${value.toFixed(2)}`);
      });
    }
  }

  it('has every colour in both schemes', () => {
    assertEquals([...schemes['dark']?.keys() ?? []], [...schemes['light']?.keys() ?? []]);
  });

  const all = styles + accountStyles;

  it('is at most 10 kB, with 4 more for the account, and loads nothing', () => {
    assert(new TextEncoder().encode(styles).length <= 10240);
    assert(new TextEncoder().encode(accountStyles).length <= 4096);
    assertFalse(/@import|url\(|@font-face/.test(all));
  });

  it('cannot end the element it stands in', () => {
    assertFalse(all.includes('<'));
  });

  it('names no side of the page, so that right-to-left needs no other', () => {
    assertFalse(
      /\b(margin|padding|border)-(left|right)|\b(left|right):|text-align:(left|right)/.test(all),
    );
  });
});
