import { type Colour, contrast, formatColour, mix, parseColour, towards } from './colours.ts';

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];

/** What the style sheet has in both schemes, and stays as it is. */
const LIGHT = { sheet: WHITE, ink: parseColour('#17211e'), soft: parseColour('#52605b') };
const DARK = {
  sheet: parseColour('#151d1a'),
  ink: parseColour('#e7eeeb'),
  soft: parseColour('#a5b4ae'),
};

/** WCAG 2.2 §1.4.3, with a little to spare for how runtimes and screens round. */
const TEXT = 4.6;

/**
 * The tokens that follow from one colour, in both schemes, to stand after the style sheet. The colour is made darker or
 * lighter until all that is written in it or on it can be read.
 */
export function accentStyles(accent: string): string {
  const colour = parseColour(accent);
  return `:root{${declarations(light(colour))}}` +
    `@media(prefers-color-scheme:dark){:root{${declarations(dark(colour))}}}`;
}

type Tokens = Readonly<Record<string, Colour>>;

function light(colour: Colour): Tokens {
  const tint = mix(WHITE, colour, 0.08);
  const act = towards(colour, BLACK, [tint, LIGHT.sheet], TEXT);
  return {
    ...doorOf(act, WHITE, 7),
    act,
    'act-deep': mix(act, BLACK, 0.3),
    'on-act': WHITE,
    tint: readableUnder([LIGHT.ink, LIGHT.soft, act], tint, WHITE),
  };
}

function dark(colour: Colour): Tokens {
  const tint = readableUnder([DARK.ink, DARK.soft], mix(DARK.sheet, colour, 0.12), DARK.sheet);
  const act = lighter(colour, [tint, DARK.sheet], 7);
  const deep = mix(act, WHITE, 0.3);
  return {
    ...doorOf(mix(colour, BLACK, 0.4), parseColour('#f1f7f4'), 9),
    act,
    'act-deep': deep,
    'on-act': towards(mix(act, BLACK, 0.85), BLACK, [act, deep], TEXT),
    tint,
  };
}

/** As vivid as it can be for as long as that is light enough, then paler. */
function lighter(colour: Colour, backgrounds: readonly Colour[], least: number): Colour {
  const brightest = Math.max(...colour, 1);
  const vivid = mix(BLACK, colour, Math.max(1, 225 / brightest));
  const bright = towards(colour, vivid, backgrounds, least);
  return towards(bright, WHITE, backgrounds, least);
}

/** The door has a lighter arch, under which text may stand: what is read on it is read there, too. */
function doorOf(colour: Colour, text: Colour, least: number): Tokens {
  let door = colour;
  for (let step = 1; contrast(arch(door), text) < least; step++) {
    door = mix(colour, BLACK, step / 50);
  }
  return {
    door,
    'on-door': text,
    'on-door-soft': towards(mix(text, door, 0.25), text, [arch(door), door], TEXT + 0.4),
  };
}

/** Two layers of white, of 5 and 4 per cent. */
function arch(door: Colour): Colour {
  return mix(mix(door, WHITE, 0.05), WHITE, 0.04);
}

/** A background as far from its scheme’s own as the text on it allows. */
function readableUnder(texts: readonly Colour[], background: Colour, own: Colour): Colour {
  return towards(background, own, texts, TEXT);
}

function declarations(tokens: Tokens): string {
  return Object.entries(tokens).map(([name, colour]) => `--${name}:${formatColour(colour)}`)
    .join(';');
}
