/** The library that reads CEL. It takes twenty milliseconds to load, and most installations compute nothing. */
type Library = typeof import('@marcbachmann/cel-js');

let library: Library | undefined;

/** To be awaited before a configuration that has expressions is parsed; what follows is done on the spot. */
export async function loadCel(): Promise<void> {
  library ??= await import('@marcbachmann/cel-js');
}

/** @throws {TypeError} before `loadCel` */
export function cel(): Library {
  if (library === undefined) {
    throw new TypeError('Cannot read an expression as "loadCel" must come first: got no library');
  }
  return library;
}
