import { type ClientAuth, type Credentials, invalidClient, type Presented } from './client_auth.ts';
import { proveSecret } from './secret.ts';

/** RFC 6749 §2.3.1. */
export const clientSecretBasic: ClientAuth = {
  token_endpoint_auth_method: 'client_secret_basic',
  isGuessable: true,
  isIncidental: false,
  read,
  prove: proveSecret,
};

function read({ authorization }: Presented): Credentials | undefined {
  if (authorization === null) return undefined;
  const [, scheme, encoded] = /^([A-Za-z]+) +([^ ]+) *$/.exec(authorization.slice(0, 4096)) ?? [];
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) {
    throw invalidClient('Authorization is not Basic');
  }
  const decoded = decodeBase64(encoded);
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === undefined || colon < 0) throw invalidClient('Basic credentials are malformed');
  const client_id = decodeForm(decoded.slice(0, colon));
  const client_secret = decodeForm(decoded.slice(colon + 1));
  if (
    client_id === undefined || client_secret === undefined || client_id === '' ||
    client_secret === ''
  ) {
    throw invalidClient('Basic credentials are malformed');
  }
  return { client_id, shown: client_secret };
}

/** RFC 7617 §2 with RFC 4648 §4 to the letter: what one runtime tolerates and another does not is refused by all. */
function decodeBase64(text: string): string | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  try {
    const binary = atob(text);
    if (btoa(binary) !== text) return undefined;
    return /^[\x20-\x7e]*$/.test(binary) ? binary : decodeUtf8(binary);
  } catch {
    return undefined;
  }
}

/** @throws {TypeError} when the bytes are not UTF-8 */
function decodeUtf8(binary: string): string {
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** RFC 6749 Appendix B. */
function decodeForm(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}
