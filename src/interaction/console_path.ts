/** Below the issuer. */
export const CONSOLE_PATH = '/admin';

/** Characters. */
const MAX_LENGTH = 2000;

const SEGMENT = String.raw`[\w.~:@+=%-]+`;
const ADDRESS = new RegExp(String.raw`^${CONSOLE_PATH}(?:/${SEGMENT})*(?:\?[\w.~:@+=%&*-]*)?$`);
/** What browsers make another path of. */
const DOTS = /\/(?:\.|%2e){1,2}(?:[/?]|$)/i;

/** Path and query of a page of the console to come back to; undefined for anything else. T001 */
export function consoleAddressOf(text: string): string | undefined {
  return text.length <= MAX_LENGTH && ADDRESS.test(text) && !DOTS.test(text) ? text : undefined;
}

export function clientPath(client_id: string): string {
  // Which is a page already.
  const name = client_id === 'new' ? '%6Eew' : encodeURIComponent(client_id);
  return `${CONSOLE_PATH}/clients/${name}`;
}

/** What was changed of this client, person or key. */
export function changesPath(target: string): string {
  return `${CONSOLE_PATH}/audit?${new URLSearchParams({ target })}`;
}

export function personPath(id: string): string {
  return `${CONSOLE_PATH}/people/${encodeURIComponent(id)}`;
}
