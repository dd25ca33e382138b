/** An authenticator in software: real ceremonies with ES256 or RS256, and each kind of misbehaviour on demand. */
import { Buffer } from 'node:buffer';
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  type webcrypto,
} from 'node:crypto';

type Jwk = webcrypto.JsonWebKey;

/** What is different from how it should be. */
export interface Mischief {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: string;
  readonly rpId?: string;
  /** The flags of WebAuthn §6.1. */
  readonly flags?: number;
  readonly signCount?: number;
  readonly userHandle?: string | null;
  readonly id?: string;
  readonly alg?: number;
  readonly cose?: Buffer;
  readonly trailing?: Buffer;
  readonly signature?: (made: Buffer) => Buffer;
  readonly extensions?: Buffer;
}

export interface Authenticator {
  readonly id: string;
  create(options: unknown, mischief?: Mischief): Answer;
  get(options: unknown, mischief?: Mischief): Answer;
}

/** The JSON of WebAuthn §5.1.10. */
export interface Answer {
  readonly id: string;
  readonly rawId: string;
  readonly type: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly clientExtensionResults: Readonly<Record<string, never>>;
}

export const FLAGS = { up: 0x01, uv: 0x04, be: 0x08, bs: 0x10, at: 0x40, ed: 0x80 } as const;

interface CreateOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

interface GetOptions {
  readonly challenge: string;
  readonly rpId: string;
}

export interface AuthenticatorOptions {
  readonly origin: string;
  readonly alg?: -7 | -257;
  /** Whether its credentials are synced: BE and BS. */
  readonly isSynced?: boolean;
  readonly isVerifying?: boolean;
  /** Whether it counts; many do not. */
  readonly counts?: boolean;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { origin, alg = -7, isSynced = false, isVerifying = true, counts = false } = options;
  const idBytes = randomBytes(32);
  const id = idBytes.toString('base64url');
  const { privateKey, publicKey } = alg === -7
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  let count = 0;
  let userHandle: string | undefined;
  const flags = FLAGS.up | (isVerifying ? FLAGS.uv : 0) | (isSynced ? FLAGS.be | FLAGS.bs : 0);

  return {
    id,
    create(raw, mischief = {}) {
      const { challenge, rp, user } = raw as CreateOptions;
      userHandle = user.id;
      const cose = mischief.cose ?? coseOf(publicKey, mischief.alg ?? alg);
      const length = Buffer.from([idBytes.length >> 8, idBytes.length & 255]);
      const attested = Buffer.concat([Buffer.alloc(16), length, idBytes, cose]);
      const authData = dataOf(rp.id, (mischief.flags ?? flags) | FLAGS.at, attested, mischief);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        bytes(authData),
      ]);
      return answer(mischief, {
        clientDataJSON: clientData('webauthn.create', challenge, origin, mischief),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal', 'hybrid', 'telepathy'],
      });
    },
    get(raw, mischief = {}) {
      const { challenge, rpId } = raw as GetOptions;
      if (counts) count += 1;
      const authData = dataOf(rpId, mischief.flags ?? flags, Buffer.alloc(0), mischief);
      const clientDataJSON = clientData('webauthn.get', challenge, origin, mischief);
      const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
      const made = sign('sha256', Buffer.concat([authData, hash]), privateKey);
      const handle = mischief.userHandle === undefined ? userHandle : mischief.userHandle;
      return answer(mischief, {
        clientDataJSON,
        authenticatorData: authData.toString('base64url'),
        signature: (mischief.signature?.(made) ?? made).toString('base64url'),
        ...(handle === null || handle === undefined ? {} : { userHandle: handle }),
      });
    },
  };

  function dataOf(
    rpId: string,
    flagBits: number,
    attested: Buffer,
    { rpId: otherRpId, signCount = count, trailing, extensions }: Mischief,
  ): Buffer {
    const head = Buffer.alloc(37);
    createHash('sha256').update(otherRpId ?? rpId).digest().copy(head);
    head[32] = flagBits | (extensions === undefined ? 0 : FLAGS.ed);
    head.writeUInt32BE(signCount, 33);
    return Buffer.concat([
      head,
      attested,
      extensions ?? Buffer.alloc(0),
      trailing ?? Buffer.alloc(0),
    ]);
  }

  function answer(
    { id: otherId = id }: Mischief,
    response: Readonly<Record<string, unknown>>,
  ): Answer {
    return {
      id: otherId,
      rawId: otherId,
      type: 'public-key',
      response,
      clientExtensionResults: {},
    };
  }
}

function clientData(
  type: string,
  challenge: string,
  origin: string,
  mischief: Mischief,
): string {
  const { crossOrigin = false, topOrigin } = mischief;
  const data = {
    type: mischief.type ?? type,
    challenge: mischief.challenge ?? challenge,
    origin: mischief.origin ?? origin,
    crossOrigin,
    ...(topOrigin === undefined ? {} : { topOrigin }),
  };
  return Buffer.from(JSON.stringify(data)).toString('base64url');
}

/** RFC 9053 §7.1.1, RFC 8230 §4, in canonical CBOR. */
export function coseOf(publicKey: KeyObject, alg: number): Buffer {
  const jwk: Jwk = publicKey.export({ format: 'jwk' });
  const member = (label: number, value: Buffer): Buffer =>
    Buffer.concat([Buffer.from([0x20 + (-1 - label)]), bytes(value)]);
  const decoded = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
  const algorithm = alg === -7
    ? Buffer.from([0x26])
    : alg >= -24
    ? Buffer.from([0x20 + (-1 - alg)])
    : Buffer.from([0x39, (-1 - alg) >> 8, (-1 - alg) & 255]);
  if (jwk.kty === 'RSA') {
    return Buffer.concat([
      Buffer.from([0xa4, 0x01, 0x03, 0x03]),
      algorithm,
      member(-1, decoded(jwk.n)),
      member(-2, decoded(jwk.e)),
    ]);
  }
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03]),
    algorithm,
    Buffer.from([0x20, 0x01]),
    member(-2, decoded(jwk.x)),
    member(-3, decoded(jwk.y)),
  ]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  const head = value.length < 24
    ? [0x40 + value.length]
    : value.length < 256
    ? [0x58, value.length]
    : [0x59, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from(head), value]);
}
