/** Red, green and blue, from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** @throws {RangeError} when the text is not `#rrggbb` */
export function parseColour(text: string): Colour {
  if (!/^#[0-9a-f]{6}$/i.test(text)) {
    throw new RangeError(`Cannot read a colour that is not #rrggbb: got ${JSON.stringify(text)}`);
  }
  const part = (at: number): number => parseInt(text.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

export function formatColour(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** With this share of the other colour, in whole steps as they are painted; a share above 1 goes beyond it. */
export function mix(colour: Colour, other: Colour, share: number): Colour {
  const part = (at: 0 | 1 | 2): number => Math.round(colour[at] + (other[at] - colour[at]) * share);
  return [part(0), part(1), part(2)];
}

/** WCAG 2.2, definition of contrast ratio: from 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The first colour on the way to `target` that is told from each of these by so much; `target` itself when none is. */
export function towards(
  colour: Colour,
  target: Colour,
  backgrounds: readonly Colour[],
  least: number,
): Colour {
  for (let step = 0; step < 50; step++) {
    const mixed = mix(colour, target, step / 50);
    if (backgrounds.every((background) => contrast(mixed, background) >= least)) return mixed;
  }
  return target;
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(part: number): number {
  const value = part / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
