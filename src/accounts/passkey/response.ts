import { isMap } from '../../spec/is_map.ts';
import { base64url, bytesOf } from './bytes.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** WebAuthn §5.1.10, RegistrationResponseJSON: what is read of it. */
export interface RegistrationResponse {
  readonly id: string;
  readonly clientDataJSON: Bytes;
  readonly attestationObject: Bytes;
  readonly transports: readonly string[];
}

/** … and AuthenticationResponseJSON. */
export interface AssertionResponse {
  readonly id: string;
  readonly clientDataJSON: Bytes;
  readonly authenticatorData: Bytes;
  readonly signature: Bytes;
  /** Base64url. */
  readonly userHandle?: string;
}

const MAX_ID_BYTES = 1023;
const MAX_CLIENT_DATA_BYTES = 4096;
const MAX_ATTESTATION_BYTES = 16 * 1024;
const MAX_DATA_BYTES = 4096;
const MAX_SIGNATURE_BYTES = 1024;
const MAX_HANDLE_BYTES = 64;

/** WebAuthn §5.8.4, and those of its successors. */
const TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal'];

/** Undefined for anything of another shape. */
export function parseRegistration(input: unknown): RegistrationResponse | undefined {
  const parts = partsOf(input);
  if (parts === undefined) return undefined;
  const { id, clientDataJSON, response } = parts;
  const attestationObject = bytesOf(response['attestationObject'], MAX_ATTESTATION_BYTES);
  if (attestationObject === undefined) return undefined;
  const named: readonly unknown[] = Array.isArray(response['transports'])
    ? response['transports']
    : [];
  const transports = TRANSPORTS.filter((transport) => named.includes(transport));
  return { id, clientDataJSON, attestationObject, transports };
}

/** Undefined for anything of another shape. */
export function parseAssertion(input: unknown): AssertionResponse | undefined {
  const parts = partsOf(input);
  if (parts === undefined) return undefined;
  const { id, clientDataJSON, response } = parts;
  const authenticatorData = bytesOf(response['authenticatorData'], MAX_DATA_BYTES);
  const signature = bytesOf(response['signature'], MAX_SIGNATURE_BYTES);
  const given = response['userHandle'];
  const hasHandle = given !== undefined && given !== null && given !== '';
  const handle = hasHandle ? bytesOf(given, MAX_HANDLE_BYTES) : undefined;
  if (authenticatorData === undefined || signature === undefined) return undefined;
  if (hasHandle && handle === undefined) return undefined;
  return {
    id,
    clientDataJSON,
    authenticatorData,
    signature,
    ...(handle === undefined ? {} : { userHandle: base64url(handle) }),
  };
}

function partsOf(input: unknown):
  | {
    readonly id: string;
    readonly clientDataJSON: Bytes;
    readonly response: Readonly<Record<string, unknown>>;
  }
  | undefined {
  if (!isMap(input) || input['type'] !== 'public-key') return undefined;
  const { id, rawId, response } = input;
  const idBytes = bytesOf(id, MAX_ID_BYTES);
  if (idBytes === undefined || (rawId !== undefined && rawId !== id) || !isMap(response)) {
    return undefined;
  }
  const clientDataJSON = bytesOf(response['clientDataJSON'], MAX_CLIENT_DATA_BYTES);
  return clientDataJSON && { id: base64url(idBytes), clientDataJSON, response };
}
