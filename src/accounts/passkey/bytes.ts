/** Undefined for what is not base64url without padding, or is longer than a credential has reason to be. */
export function bytesOf(text: unknown, maxBytes: number): Uint8Array<ArrayBuffer> | undefined {
  if (typeof text !== 'string' || text.length > Math.ceil(maxBytes / 3) * 4) return undefined;
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** A text in ASCII as the base64url that WebAuthn takes for bytes. */
export function bytesText(text: string): string {
  return base64url(new TextEncoder().encode(text));
}

/** The text again; undefined for what is none. */
export function textBytes(text: string): string | undefined {
  const bytes = bytesOf(text, 1024);
  return bytes && new TextDecoder().decode(bytes);
}
