/** What runs inside the browser; each function is sent there as text and so stands alone. */

/** Texts below 4.5:1 (3:1 when large), edges of fields below 3:1, as measured on what is really painted. */
export function lowContrasts(): string[] {
  type Colour = readonly [number, number, number, number];
  const parse = (text: string): Colour => {
    const numbers = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0, numbers[3] ?? 1];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (i: 0 | 1 | 2) => top[i] * top[3] + below[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const backgroundOf = (element: Element | null): Colour => {
    if (element === null) return parse(getComputedStyle(document.body).backgroundColor);
    const own = parse(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, backgroundOf(element.parentElement));
  };
  const luminance = (colour: Colour): number => {
    const part = (i: 0 | 1 | 2) => {
      const value = colour[i] / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
  };
  const ratio = (a: Colour, b: Colour): number => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  };
  const found: string[] = [];
  const check = (what: string, a: Colour, b: Colour, least: number) => {
    const value = ratio(a, b);
    if (value < least) found.push(`${what} has contrast ${value.toFixed(2)}, needs ${least}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? '';
    if (element === null || text === '' || /^(SCRIPT|STYLE)$/.test(element.tagName)) continue;
    const style = getComputedStyle(element);
    const pixels = parseFloat(style.fontSize);
    const isLarge = pixels >= 24 || (pixels >= 18.66 && Number(style.fontWeight) >= 650);
    let background = backgroundOf(element);
    // The arch, where it is brightest, may lie under any text of the door.
    if (element.closest('.door') && !element.closest('.face')) {
      for (const alpha of [0.05, 0.04]) background = over([255, 255, 255, alpha], background);
    }
    check(`"${text.slice(0, 30)}"`, parse(style.color), background, isLarge ? 3 : 4.5);
  }
  for (const field of document.querySelectorAll('.field input, button')) {
    const edge = parse(getComputedStyle(field).borderTopColor);
    check(`edge of #${field.id}`, edge, backgroundOf(field.parentElement), 3);
  }
  return found;
}

/** Targets below 44 px; links in running text excepted, which need 24. */
export function smallTargets(): string[] {
  const found: string[] = [];
  for (const target of document.querySelectorAll('a, button, .field input, .tick')) {
    const { width, height } = target.getBoundingClientRect();
    const least = target.tagName === 'A' ? 24 : 44;
    if (width < least || height < least) {
      found.push(
        `${target.tagName} "${target.textContent?.slice(0, 20)}" is ${Math.round(width)}×${
          Math.round(height)
        } px`,
      );
    }
  }
  return found;
}

/** How many elements Tab should reach. */
export function focusStops(): number {
  return document.querySelectorAll('a[href], button, input:not([type=hidden]):not(:disabled)')
    .length;
}
