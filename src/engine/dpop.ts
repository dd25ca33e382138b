import type { JWK, JWTPayload } from 'jose';
import { sha256 } from '../keys/digest.ts';
import { bareJwk, thumbprintOf } from '../keys/public_jwk.ts';
import { createRecent } from '../keys/recent.ts';
import { jsonObject, type ReadJwt, verifyJwt } from '../keys/verify.ts';
import { SIGNING_ALGS } from '../spec/identifiers.ts';
import { jwkProblem } from '../spec/jwks.ts';
import { OAuthError } from '../spec/oauth_error.ts';
import type { Client } from '../spec/client.ts';
import { isProfileAlg, profileOf } from '../spec/profile_client.ts';
import type { Engine } from './engine.ts';
import type { OneTimeUse } from './one_time.ts';

/** What came in the `DPoP` header, and the request it came with. */
export interface ShownProof {
  readonly proof: string;
  readonly method: string;
  /** What the address may be called; made from the configuration, never from what the request says of its host. T118 */
  readonly urls: readonly string[];
  /** At resources: what the proof must name. */
  readonly accessToken?: string;
}

/** A proof that holds; it counts once its use is written. */
export interface Proof {
  /** The thumbprint of the key. RFC 9449 §6.1 */
  readonly jkt: string;
  readonly alg: string;
  readonly use: OneTimeUse;
}

/** Seconds between making a proof and seeing it. RFC 9449 §11.1 */
const MAX_AGE = 60;
/** Seconds by which a client's clock may run ahead. FAPI 2.0 SP §5.3.2.1 */
const MAX_AHEAD = 10;
const MAX_JTI_LENGTH = 255;

/** RFC 9449 §4.3. @throws {OAuthError} `invalid_dpop_proof`, `use_dpop_nonce` */
export async function checkProof(shown: ShownProof, engine: Engine): Promise<Proof> {
  const { read, jkt } = await readProof(shown.proof);
  const { header, payload } = read;
  if (header.typ !== 'dpop+jwt') throw invalidProof('must have the typ dpop+jwt');
  checkTarget(payload, shown);
  if (engine.settings.dpop_nonce === 'required') checkNonce(payload['nonce'], engine);
  const iat = checkAge(payload.iat, engine.now());
  checkValidity(payload, engine.now());
  return {
    jkt,
    alg: header.alg,
    use: {
      kind: 'dpop',
      id: sha256(JSON.stringify([jkt, checkJti(payload.jti)])),
      expiresAtSeconds: Math.floor(iat) + MAX_AGE + 1,
      taken: invalidProof('was used before'),
    },
  };
}

/** Whose proof it is tells only who sent it. FAPI 2.0 SP §5.4.1-1. @throws {OAuthError} `invalid_dpop_proof` */
export function checkProofAlg(alg: string, client: Client): void {
  const profile = profileOf(client);
  if (isProfileAlg(alg, profile)) return;
  throw invalidProof(`must be signed with one of ${profile.signing_algs?.value.join(', ')}`);
}

/** For the `DPoP-Nonce` header of the next answer; undefined where proofs need none. RFC 9449 §8.2 */
export function nextNonce(engine: Engine): string | undefined {
  return engine.settings.dpop_nonce === 'required'
    ? engine.keys.mac('dpop nonce', windowOf(engine.now()))
    : undefined;
}

async function readProof(
  proof: string,
): Promise<{ readonly read: ReadJwt; readonly jkt: string }> {
  // RFC 9110 §5.3: what joins repeated headers.
  if (proof.includes(',')) throw invalidProof('must come once');
  const jwk = jsonObject(proof.slice(0, Math.max(0, proof.indexOf('.'))))?.['jwk'];
  const problem = jwkProblem(jwk);
  if (problem !== undefined) throw invalidProof(`has a jwk that ${problem}`);
  const key = bareJwk(jwk as JWK);
  const jkt = thumbprintOf(key);
  const known = recentKeys.get(jkt) ?? key;
  const read = await verifyJwt(proof, { keys: [known] }, SIGNING_ALGS);
  if (read === undefined) {
    throw invalidProof(`must be signed by its jwk with one of ${SIGNING_ALGS.join(', ')}`);
  }
  if (known === key) recentKeys.set(jkt, key);
  return { read, jkt };
}

/** By thumbprint: reading a key takes Node twice as long as verifying with it, and clients use theirs for long. */
const recentKeys = createRecent<JWK>(512);

function checkTarget({ htm, htu, ath }: JWTPayload, shown: ShownProof): void {
  if (htm !== shown.method) throw invalidProof('must name the method in htm');
  const named = typeof htu === 'string' ? normalUrl(htu) : undefined;
  if (named === undefined || !shown.urls.some((url) => normalUrl(url) === named)) {
    throw invalidProof('must name this address in htu');
  }
  if (shown.accessToken !== undefined && ath !== sha256(shown.accessToken)) {
    throw invalidProof('must name the access token in ath');
  }
}

/** RFC 3986 §6.2.2, §6.2.3, without query and fragment; undefined for what is no web address. */
function normalUrl(text: string): string | undefined {
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i.test(text) || !URL.canParse(text)) return undefined;
  const { origin, pathname, username, password } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  return origin + pathname.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
  });
}

/** Seconds for which a nonce is given out; it is good for as long again. */
const NONCE_WINDOW = 60;

/** Nothing is kept of nonces but the key that makes them, so a restart costs nobody a retry. T058 */
function checkNonce(nonce: unknown, engine: Engine): void {
  const nowSeconds = engine.now();
  const isOurs = typeof nonce === 'string' && nonce.length <= 128 &&
    [nowSeconds, nowSeconds - NONCE_WINDOW].some((seconds) =>
      engine.keys.isMac('dpop nonce', windowOf(seconds), nonce)
    );
  if (!isOurs) throw new OAuthError('use_dpop_nonce', 'DPoP proof must hold the nonce given here');
}

function windowOf(seconds: number): string {
  return String(Math.floor(seconds / NONCE_WINDOW));
}

function checkAge(iat: unknown, nowSeconds: number): number {
  if (typeof iat !== 'number' || !Number.isFinite(iat)) throw invalidProof('must have an iat');
  if (iat < nowSeconds - MAX_AGE) throw invalidProof(`must not be over ${MAX_AGE} seconds old`);
  if (iat > nowSeconds + MAX_AHEAD) throw invalidProof('must not have its iat in the future');
  return iat;
}

/** No proof needs them; one that has them is no better than it says. RFC 7519 §4.1.4, §4.1.5 */
function checkValidity({ exp, nbf }: JWTPayload, nowSeconds: number): void {
  if ([exp, nbf].some((time) => time !== undefined && typeof time !== 'number')) {
    throw invalidProof('must have numbers as its exp and nbf, if it has them');
  }
  if (exp !== undefined && exp <= nowSeconds) throw invalidProof('has expired by its exp');
  if (nbf !== undefined && nbf > nowSeconds + MAX_AHEAD) {
    throw invalidProof('must not have its nbf in the future');
  }
}

function checkJti(jti: unknown): string {
  if (typeof jti === 'string' && jti !== '' && jti.length <= MAX_JTI_LENGTH) return jti;
  throw invalidProof(`must have a jti of 1 to ${MAX_JTI_LENGTH} characters`);
}

function invalidProof(problem: string): OAuthError {
  return new OAuthError('invalid_dpop_proof', `DPoP proof ${problem}`);
}
