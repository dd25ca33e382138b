import { isMap } from './is_map.ts';

/** A set is at most so long as JSON, and holds at most so many keys. T129 */
export const MAX_JWKS_LENGTH = 64 * 1024;
const MAX_KEYS = 50;

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
const MAX_EXPONENT_BYTES = 4;

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** Curve → its key type, what it may be used for (absent: both), and the bytes of each coordinate. RFC 7518 §6.2.1, RFC 8037 §2 */
const CURVES: ReadonlyMap<string, Curve> = new Map<string, Curve>([
  ['P-256', { kty: 'EC', bytes: 32 }],
  ['P-384', { kty: 'EC', bytes: 48 }],
  ['P-521', { kty: 'EC', bytes: 66 }],
  ['Ed25519', { kty: 'OKP', bytes: 32, use: 'sig' }],
  ['X25519', { kty: 'OKP', bytes: 32, use: 'enc' }],
]);

interface Curve {
  readonly kty: 'EC' | 'OKP';
  readonly bytes: number;
  readonly use?: 'sig' | 'enc';
}

/** The rule that a client's key set (RFC 7517 §5) breaks, if any: it holds public asymmetric keys of known strength only. T052 */
export function jwksProblem(value: unknown): string | undefined {
  if (!isMap(value) || !Object.hasOwn(value, 'keys') || !Array.isArray(value['keys'])) {
    return 'must be a JWK set: { "keys": [ … ] }';
  }
  const keys: readonly unknown[] = value['keys'];
  if (keys.length > MAX_KEYS) return `must hold at most ${MAX_KEYS} keys`;
  if (JSON.stringify(value).length > MAX_JWKS_LENGTH) {
    return `must be at most ${MAX_JWKS_LENGTH / 1024} KiB`;
  }
  for (const [index, key] of keys.entries()) {
    const problem = jwkProblem(key);
    if (problem !== undefined) return `key ${index + 1} ${problem}`;
  }
  return undefined;
}

/** The rule that one public key of somebody else breaks, if any. */
export function jwkProblem(value: unknown): string | undefined {
  if (!isMap(value)) return 'must be an object';
  const own = (member: string): unknown => Object.hasOwn(value, member) ? value[member] : undefined;
  const secret = PRIVATE_MEMBERS.find((member) => Object.hasOwn(value, member));
  if (secret !== undefined) return `must be public: it has the member ${secret}`;
  for (const member of ['kid', 'use', 'alg']) {
    const text = own(member);
    if (text !== undefined && (typeof text !== 'string' || text === '' || text.length > 256)) {
      return `must have a text of at most 256 characters as its ${member}`;
    }
  }
  const operations = own('key_ops');
  if (
    operations !== undefined &&
    !(Array.isArray(operations) && operations.every((each) => typeof each === 'string'))
  ) return 'must have a list of texts as its key_ops';
  switch (own('kty')) {
    case 'RSA':
      return rsaProblem(own('n'), own('e'));
    case 'EC':
    case 'OKP':
      return curveProblem(own);
    default:
      return 'must have the kty RSA, EC or OKP';
  }
}

function rsaProblem(n: unknown, e: unknown): string | undefined {
  const [modulus, exponent] = [integerBytes(n, MAX_RSA_BITS / 8), integerBytes(e, 8)];
  if (modulus === undefined || exponent === undefined) return RSA_RULE;
  const bits = (modulus.length - 1) * 8 + 32 - Math.clz32(modulus[0] ?? 0);
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return RSA_RULE;
  const last = exponent.at(-1) ?? 0;
  const isSound = exponent.length <= MAX_EXPONENT_BYTES && last % 2 === 1 &&
    (exponent.length > 1 || last > 1);
  return isSound ? undefined : 'must have an odd RSA exponent from 3 to 32 bits';
}

const RSA_RULE = `must have an RSA modulus of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`;

function curveProblem(own: (member: string) => unknown): string | undefined {
  const crv = own('crv');
  const curve = typeof crv === 'string' ? CURVES.get(crv) : undefined;
  if (curve === undefined || curve.kty !== own('kty')) {
    return `must be on one of the curves ${[...CURVES.keys()].join(', ')}`;
  }
  if (curve.use !== undefined && own('use') !== undefined && own('use') !== curve.use) {
    return `must have the use ${curve.use}, as ${crv} has no other`;
  }
  const coordinates = curve.kty === 'EC' ? ['x', 'y'] : ['x'];
  return coordinates.every((member) => bytesOf(own(member))?.length === curve.bytes)
    ? undefined
    : `must have ${curve.bytes} bytes in each coordinate`;
}

/** Big-endian, without leading zeros. */
function integerBytes(value: unknown, maxBytes: number): Uint8Array | undefined {
  const bytes = bytesOf(value);
  const first = bytes?.findIndex((byte) => byte !== 0) ?? -1;
  if (bytes === undefined || first === -1) return undefined;
  const significant = bytes.subarray(first);
  return significant.length <= maxBytes ? significant : undefined;
}

/** Base64url without padding, RFC 7515 §2. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value) || value.length % 4 === 1) {
    return undefined;
  }
  const binary = atob(value.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
