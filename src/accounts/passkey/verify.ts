import { server } from '@passwordless-id/webauthn';
import { parseAuthenticatorData } from './authenticator_data.ts';
import { base64url } from './bytes.ts';
import { readCbor } from './cbor.ts';
import { checkClientData } from './client_data.ts';
import { PASSKEY_ALGORITHMS, type PasskeyAlgorithm, readPublicKey } from './public_key.ts';
import type { AssertionResponse, RegistrationResponse } from './response.ts';
import { evenSignature } from './signature.ts';

/** What a ceremony must have been for. */
export interface Expected {
  readonly origin: string;
  readonly rpId: string;
  /** Whether the challenge is one of ours, for this very purpose and browser, and not too old. */
  readonly isChallenge: (challenge: string) => boolean;
  readonly requireUserVerification: boolean;
}

/** WebAuthn §4, "credential record". */
export interface NewPasskey {
  readonly credential_id: string;
  readonly public_key: string;
  readonly algorithm: PasskeyAlgorithm;
  readonly sign_count: number;
  readonly transports: readonly string[];
  readonly backup_eligible: boolean;
  readonly backed_up: boolean;
  readonly aaguid: string;
  readonly challenge: string;
}

export type KnownPasskey = Pick<
  NewPasskey,
  'credential_id' | 'public_key' | 'algorithm' | 'sign_count' | 'backup_eligible' | 'transports'
>;

export interface Assertion {
  readonly challenge: string;
  readonly sign_count: number;
  readonly backed_up: boolean;
  readonly isUserPresent: boolean;
  readonly isUserVerified: boolean;
  /** Then there may be a copy of the authenticator. Authenticators that do not count always say 0. WebAuthn §6.1.1 */
  readonly hasCounterGoneBack: boolean;
}

/**
 * WebAuthn §7.1. No attestation is asked for, so none is judged: who registers a key vouches for it by the session they
 * are in. The library reads what the browser says beside the attestation object; here it is given what is within it.
 * @throws {Error} whose message says which check failed
 */
export async function verifyRegistration(
  { id, clientDataJSON, attestationObject, transports }: RegistrationResponse,
  expected: Expected,
): Promise<NewPasskey> {
  const { challenge } = checkClientData(clientDataJSON);
  const authData = authDataOf(attestationObject);
  const data = parseAuthenticatorData(authData);
  const { credential } = data;
  if (credential === undefined) throw new RangeError('there is no credential in the answer');
  if (base64url(credential.id) !== id) throw new RangeError('the credential has two ids');
  if (!data.isUserPresent) throw new RangeError('nobody was present');
  checkBackup(data);
  const { algorithm, spki } = await readPublicKey(credential.publicKey);
  await server.verifyRegistration({
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    user: { name: '' },
    response: {
      attestationObject: base64url(attestationObject),
      authenticatorData: base64url(authData),
      clientDataJSON: base64url(clientDataJSON),
      publicKey: spki,
      publicKeyAlgorithm: PASSKEY_ALGORITHMS.find(({ name }) => name === algorithm)?.alg ?? 0,
      transports: [],
    },
  }, checksOf(expected));
  return {
    credential_id: id,
    public_key: spki,
    algorithm,
    sign_count: data.signCount,
    transports,
    backup_eligible: data.isBackupEligible,
    backed_up: data.isBackedUp,
    aaguid: credential.aaguid,
    challenge,
  };
}

/** WebAuthn §7.2; whose credential it is, the caller has found out. @throws {Error} whose message says which check failed */
export async function verifyAssertion(
  { id, clientDataJSON, authenticatorData, signature }: AssertionResponse,
  known: KnownPasskey,
  expected: Expected,
): Promise<Assertion> {
  const { challenge } = checkClientData(clientDataJSON);
  const data = parseAuthenticatorData(authenticatorData);
  checkBackup(data);
  if (data.isBackupEligible !== known.backup_eligible) {
    throw new RangeError('what can be backed up cannot change');
  }
  await server.verifyAuthentication(
    {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        authenticatorData: base64url(authenticatorData),
        clientDataJSON: base64url(clientDataJSON),
        signature: base64url(known.algorithm === 'ES256' ? evenSignature(signature) : signature),
      },
    },
    {
      id: known.credential_id,
      publicKey: known.public_key,
      algorithm: known.algorithm,
      transports: [],
    },
    checksOf(expected),
  );
  return {
    challenge,
    sign_count: data.signCount,
    backed_up: data.isBackedUp,
    isUserPresent: data.isUserPresent,
    isUserVerified: data.isUserVerified,
    hasCounterGoneBack: known.sign_count > 0 && data.signCount <= known.sign_count,
  };
}

function checksOf({ origin, rpId, isChallenge, requireUserVerification }: Expected) {
  return {
    origin,
    domain: rpId,
    challenge: isChallenge,
    userVerified: requireUserVerification,
  };
}

/** WebAuthn §7.1 step 16, §7.2 step 18: nothing is backed up that cannot be. */
function checkBackup(
  { isBackedUp, isBackupEligible }: {
    readonly isBackedUp: boolean;
    readonly isBackupEligible: boolean;
  },
): void {
  if (isBackedUp && !isBackupEligible) throw new RangeError('backed up, yet it cannot be');
}

function authDataOf(attestationObject: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { value, length } = readCbor(attestationObject);
  if (length !== attestationObject.length || !(value instanceof Map)) {
    throw new RangeError('the attestation is no map');
  }
  const authData = value.get('authData');
  const isWhole = authData instanceof Uint8Array && typeof value.get('fmt') === 'string' &&
    value.get('attStmt') instanceof Map;
  if (!isWhole) throw new RangeError('the attestation lacks a part');
  return authData;
}
