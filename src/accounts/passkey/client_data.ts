import { isMap } from '../../spec/is_map.ts';

/**
 * WebAuthn §5.8.1, as far as its library does not look: that it is JSON, and that no other site's page had us in a frame.
 * Type, challenge and origin are the library's. @throws {RangeError}
 */
export function checkClientData(bytes: Uint8Array<ArrayBuffer>): { readonly challenge: string } {
  const data: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (!isMap(data)) throw new RangeError('client data is no object');
  const { challenge, crossOrigin, topOrigin } = data;
  if (typeof challenge !== 'string') throw new RangeError('client data has no challenge');
  if (crossOrigin !== undefined && crossOrigin !== false) {
    throw new RangeError('the page was in a frame of another site');
  }
  if (topOrigin !== undefined) throw new RangeError('the page was in a frame');
  return { challenge };
}
