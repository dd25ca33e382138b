/** What a browser calls itself, as people would; undefined for what is not recognized. */
export interface DeviceName {
  readonly browser: string | undefined;
  readonly system: string | undefined;
}

/** In this order: most browsers claim to be others, too. */
const BROWSERS: readonly (readonly [mark: string, name: string])[] = [
  ['Edg/', 'Edge'],
  ['EdgA/', 'Edge'],
  ['EdgiOS/', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Vivaldi/', 'Vivaldi'],
  ['FxiOS/', 'Firefox'],
  ['Firefox/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chromium/', 'Chromium'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
];

const SYSTEMS: readonly (readonly [mark: string, name: string])[] = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['CrOS', 'ChromeOS'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['FreeBSD', 'FreeBSD'],
  ['Linux', 'Linux'],
];

export function deviceNameOf(user_agent: string): DeviceName {
  return { browser: firstOf(BROWSERS, user_agent), system: firstOf(SYSTEMS, user_agent) };
}

function firstOf(marks: typeof BROWSERS, user_agent: string): string | undefined {
  return marks.find(([mark]) => user_agent.includes(mark))?.[1];
}
