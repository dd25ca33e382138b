import { calculateJwkThumbprint, EmbeddedJWK, errors, type JWTPayload, jwtVerify } from 'jose';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { ALGORITHMS, invalidProof } from './refusal.ts';

const MAX_AGE_SECONDS = 60;
const MAX_AHEAD_SECONDS = 10;

export interface ShownProof {
  readonly proof: string;
  readonly method: string;
  /** As clients know it: not what the Host header says. */
  readonly url: string;
  readonly token: string;
}

/** The thumbprint of the key that a proof proves. */
export type CheckProof = (shown: ShownProof) => Promise<string>;

/** RFC 9449 §4.3. Remembers what it has seen, as long as it could be seen again. */
export function createProofChecker(now: () => number): CheckProof {
  const seen = new Map<string, number>();
  return async (shown) => {
    const { payload, jkt } = await verifyProof(shown.proof);
    const nowSeconds = now();
    checkClaims(payload, shown, nowSeconds);
    for (const [id, until] of seen) if (until < nowSeconds) seen.delete(id);
    const id = `${jkt} ${payload.jti}`;
    if (seen.has(id)) throw invalidProof('the proof was used before');
    seen.set(id, nowSeconds + MAX_AGE_SECONDS + MAX_AHEAD_SECONDS);
    return jkt;
  };
}

async function verifyProof(proof: string): Promise<{ payload: JWTPayload; jkt: string }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ALGORITHMS,
      requiredClaims: ['jti', 'htm', 'htu', 'iat', 'ath'],
    });
    const { jwk } = protectedHeader;
    if (jwk === undefined) throw invalidProof('the proof has no jwk');
    return { payload, jkt: await calculateJwkThumbprint(jwk) };
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidProof('the proof is not genuine');
    throw error;
  }
}

function checkClaims(
  { jti, htm, htu, iat = 0, ath }: JWTPayload,
  { method, url, token }: ShownProof,
  nowSeconds: number,
): void {
  if (typeof jti !== 'string' || jti === '') throw invalidProof('jti must be a text');
  if (htm !== method) throw invalidProof('htm must be the method');
  if (typeof htu !== 'string' || bare(htu) !== bare(url)) {
    throw invalidProof('htu must be the address');
  }
  if (iat < nowSeconds - MAX_AGE_SECONDS || iat > nowSeconds + MAX_AHEAD_SECONDS) {
    throw invalidProof('iat must be now');
  }
  const digest = createHash('sha256').update(Buffer.from(token)).digest('base64url');
  if (ath !== digest) throw invalidProof('ath must be the hash of the access token');
}

/** Without query and fragment. */
function bare(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}
