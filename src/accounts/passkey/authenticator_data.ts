import { type Cbor, readCbor } from './cbor.ts';

/** WebAuthn §6.1. */
export interface AuthenticatorData {
  readonly isUserPresent: boolean;
  readonly isUserVerified: boolean;
  readonly isBackupEligible: boolean;
  readonly isBackedUp: boolean;
  readonly signCount: number;
  readonly credential?: AttestedCredential;
}

/** WebAuthn §6.5.1. */
export interface AttestedCredential {
  readonly aaguid: string;
  readonly id: Uint8Array<ArrayBuffer>;
  /** A COSE key, RFC 9052 §7. */
  readonly publicKey: Cbor;
}

const FIXED_BYTES = 37;

/** WebAuthn §4, "credential ID". */
const MAX_CREDENTIAL_ID_BYTES = 1023;

/** @throws {RangeError} for what is cut off, or goes on after its end */
export function parseAuthenticatorData(bytes: Uint8Array<ArrayBuffer>): AuthenticatorData {
  if (bytes.length < FIXED_BYTES) throw new RangeError('authenticator data is cut off');
  const flags = bytes[32] ?? 0;
  let rest = bytes.slice(FIXED_BYTES);
  const attested = (flags & 0x40) === 0 ? undefined : parseCredential(rest);
  if (attested !== undefined) rest = rest.slice(attested.length);
  if ((flags & 0x80) !== 0) {
    const { value, length } = readCbor(rest);
    if (!(value instanceof Map)) throw new RangeError('extensions are no map');
    rest = rest.slice(length);
  }
  if (rest.length > 0) throw new RangeError('authenticator data goes on after its end');
  return {
    isUserPresent: (flags & 0x01) !== 0,
    isUserVerified: (flags & 0x04) !== 0,
    isBackupEligible: (flags & 0x08) !== 0,
    isBackedUp: (flags & 0x10) !== 0,
    signCount: new DataView(bytes.buffer, bytes.byteOffset).getUint32(33),
    ...(attested === undefined ? {} : { credential: attested.credential }),
  };
}

function parseCredential(
  bytes: Uint8Array<ArrayBuffer>,
): { readonly credential: AttestedCredential; readonly length: number } {
  if (bytes.length < 18) throw new RangeError('the credential is cut off');
  const idLength = (bytes[16] ?? 0) * 256 + (bytes[17] ?? 0);
  if (idLength === 0 || idLength > MAX_CREDENTIAL_ID_BYTES || bytes.length < 18 + idLength) {
    throw new RangeError('the credential id has a length it cannot have');
  }
  const key = readCbor(bytes.slice(18 + idLength));
  const credential = {
    aaguid: uuidOf(bytes.slice(0, 16)),
    id: bytes.slice(18, 18 + idLength),
    publicKey: key.value,
  };
  return { credential, length: 18 + idLength + key.length };
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]]
    .map(([from, to]) => hex.slice(from, to)).join('-');
}
