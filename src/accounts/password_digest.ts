/** A stored password or client secret, taken apart. `tag` is what the right password leads to. */
export type PasswordDigest =
  | {
    readonly kind: 'argon2';
    readonly variant: 'argon2id' | 'argon2i' | 'argon2d';
    readonly memoryKiB: number;
    readonly passes: number;
    readonly parallelism: number;
    readonly salt: Uint8Array;
    readonly tag: Uint8Array;
  }
  | {
    readonly kind: 'pbkdf2';
    readonly hash: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
    readonly iterations: number;
    readonly salt: Uint8Array;
    readonly tag: Uint8Array;
  }
  | {
    readonly kind: 'scrypt';
    readonly log2N: number;
    readonly r: number;
    readonly p: number;
    readonly salt: Uint8Array;
    readonly tag: Uint8Array;
  }
  | {
    readonly kind: 'bcrypt';
    readonly cost: number;
    readonly salt: Uint8Array;
    readonly tag: Uint8Array;
  }
  | {
    readonly kind: 'sha_crypt';
    readonly hash: 'sha256' | 'sha512';
    readonly rounds: number;
    readonly salt: Uint8Array;
    /** The checksum as crypt(3) writes it, in its own base 64. */
    readonly tag: Uint8Array;
  }
  | { readonly kind: 'plaintext'; readonly tag: Uint8Array };

/** One that takes time to check. */
export type SlowDigest = Exclude<PasswordDigest, { readonly kind: 'plaintext' }>;

/** Only so much of a password counts in bcrypt; what comes after was never part of the digest. */
export const BCRYPT_PASSWORD_BYTES = 72;

/**
 * What a digest may ask for. The largest of each takes some seconds, so that neither a hostile nor a mistyped digest
 * stops the server.
 */
const COST_LIMITS = {
  argon2: { memoryKiB: 1024 * 1024, memoryTimesPasses: 2 * 1024 * 1024, parallelism: 16 },
  pbkdf2: { iterations: 5_000_000 },
  scrypt: { bytes: 1024 ** 3, bytesTimesP: 2 * 1024 ** 3 },
  bcrypt: { cost: 16 },
  sha_crypt: { rounds: 2_000_000 },
} as const;

export const PLAINTEXT_PREFIX = '$plaintext$';

const MAX_DIGEST_CHARACTERS = 1024;
const SALT_BYTES = [4, 128] as const;
const TAG_BYTES = [16, 128] as const;

interface Format {
  readonly pattern: RegExp;
  readonly read: (groups: Readonly<Record<string, string>>) => PasswordDigest | undefined;
}

const FORMATS: readonly Format[] = [
  {
    pattern:
      /^\$(?<variant>argon2(?:id|i|d))\$v=19\$m=(?<m>\d{1,8}),t=(?<t>\d{1,8}),p=(?<p>\d{1,8})\$(?<salt>[^$]+)\$(?<tag>[^$]+)$/,
    read: readArgon2,
  },
  {
    pattern:
      /^\$pbkdf2(?:-(?<hash>sha1|sha224|sha256|sha384|sha512))?\$(?<iterations>\d{1,8})\$(?<salt>[^$]+)\$(?<tag>[^$]+)$/,
    read: readPbkdf2,
  },
  {
    pattern:
      /^\$scrypt\$ln=(?<ln>\d{1,2}),r=(?<r>\d{1,8}),p=(?<p>\d{1,8})\$(?<salt>[^$]+)\$(?<tag>[^$]+)$/,
    read: readScrypt,
  },
  {
    pattern: /^\$2[aby]\$(?<cost>\d\d)\$(?<salt>[./A-Za-z0-9]{22})(?<tag>[./A-Za-z0-9]{31})$/,
    read: readBcrypt,
  },
  {
    pattern:
      /^\$5\$(?:rounds=(?<rounds>\d{4,9})\$)?(?<salt>[^$\n]{0,16})\$(?<tag>[./A-Za-z0-9]{43})$/,
    read: (groups) => readShaCrypt('sha256', groups),
  },
  {
    pattern:
      /^\$6\$(?:rounds=(?<rounds>\d{4,9})\$)?(?<salt>[^$\n]{0,16})\$(?<tag>[./A-Za-z0-9]{86})$/,
    read: (groups) => readShaCrypt('sha512', groups),
  },
  {
    pattern: /^\$plaintext\$(?<text>.+)$/s,
    read: ({ text = '' }) => ({ kind: 'plaintext', tag: utf8(text) }),
  },
];

/**
 * Reads `$argon2id$…`, `$argon2i$…`, `$argon2d$…`, `$pbkdf2$…` with its hashes, `$scrypt$…`, `$2a$…`, `$2b$…`,
 * `$2y$…`, `$5$…`, `$6$…` and `$plaintext$…` as Authelia, passlib and crypt(3) write them; undefined when the text is
 * none of these or asks for more than `COST_LIMITS`.
 */
export function parseDigest(text: string): PasswordDigest | undefined {
  if (text.length > MAX_DIGEST_CHARACTERS) return undefined;
  for (const { pattern, read } of FORMATS) {
    const groups = pattern.exec(text)?.groups;
    if (groups !== undefined) return read(groups);
  }
  return undefined;
}

/** Whether `parseDigest` can read it. */
export function isPasswordDigest(text: string): boolean {
  return parseDigest(text) !== undefined;
}

/** An argon2 digest in the PHC string format. */
export function formatArgon2(digest: PasswordDigest & { readonly kind: 'argon2' }): string {
  const { variant, memoryKiB, passes, parallelism, salt, tag } = digest;
  return `$${variant}$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${unpadded(salt)}$${
    unpadded(tag)
  }`;
}

function readArgon2(groups: Readonly<Record<string, string>>): PasswordDigest | undefined {
  const variant = groups['variant'] as 'argon2id' | 'argon2i' | 'argon2d';
  const [memoryKiB, passes, parallelism] = [
    Number(groups['m']),
    Number(groups['t']),
    Number(groups['p']),
  ];
  const salt = base64(groups['salt'], SALT_BYTES);
  const tag = base64(groups['tag'], TAG_BYTES);
  // RFC 9106 §3.1: a salt of 8 bytes at least, 8 KiB of memory for each lane.
  if (salt === undefined || salt.length < 8 || tag === undefined) return undefined;
  const limits = COST_LIMITS.argon2;
  if (parallelism < 1 || parallelism > limits.parallelism || passes < 1) return undefined;
  if (memoryKiB < 8 * parallelism || memoryKiB > limits.memoryKiB) return undefined;
  if (memoryKiB * passes > limits.memoryTimesPasses) return undefined;
  return { kind: 'argon2', variant, memoryKiB, passes, parallelism, salt, tag };
}

function readPbkdf2(groups: Readonly<Record<string, string>>): PasswordDigest | undefined {
  // Without a name it is SHA-1, as passlib writes it.
  const hash = (groups['hash'] ?? 'sha1') as 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
  const iterations = Number(groups['iterations']);
  const salt = base64(groups['salt'], SALT_BYTES);
  const tag = base64(groups['tag'], TAG_BYTES);
  if (salt === undefined || tag === undefined) return undefined;
  if (iterations < 1 || iterations > COST_LIMITS.pbkdf2.iterations) return undefined;
  return { kind: 'pbkdf2', hash, iterations, salt, tag };
}

function readScrypt(groups: Readonly<Record<string, string>>): PasswordDigest | undefined {
  const [log2N, r, p] = [Number(groups['ln']), Number(groups['r']), Number(groups['p'])];
  const salt = base64(groups['salt'], SALT_BYTES);
  const tag = base64(groups['tag'], TAG_BYTES);
  if (salt === undefined || tag === undefined || log2N < 1 || r < 1 || p < 1) return undefined;
  const bytes = 128 * 2 ** log2N * r;
  if (bytes > COST_LIMITS.scrypt.bytes || bytes * p > COST_LIMITS.scrypt.bytesTimesP) {
    return undefined;
  }
  return { kind: 'scrypt', log2N, r, p, salt, tag };
}

function readBcrypt(groups: Readonly<Record<string, string>>): PasswordDigest | undefined {
  const cost = Number(groups['cost']);
  if (cost < 4 || cost > COST_LIMITS.bcrypt.cost) return undefined;
  const salt = decode(standardAlphabet(groups['salt'] ?? ''));
  const tag = decode(standardAlphabet(groups['tag'] ?? ''));
  return { kind: 'bcrypt', cost, salt, tag };
}

function readShaCrypt(
  hash: 'sha256' | 'sha512',
  groups: Readonly<Record<string, string>>,
): PasswordDigest | undefined {
  const rounds = Number(groups['rounds'] ?? 5000);
  if (rounds < 1000 || rounds > COST_LIMITS.sha_crypt.rounds) return undefined;
  const salt = utf8(groups['salt'] ?? '');
  const tag = utf8(groups['tag'] ?? '');
  return { kind: 'sha_crypt', hash, rounds, salt, tag };
}

/** Base 64 with or without padding; `.` for `+` as passlib writes it. */
function base64(
  text: string | undefined,
  [least, most]: readonly [number, number],
): Uint8Array | undefined {
  if (text === undefined || !/^[A-Za-z0-9+/.]+={0,2}$/.test(text)) return undefined;
  const digits = text.replace(/=+$/, '').replaceAll('.', '+');
  if (digits.length % 4 === 1) return undefined;
  const bytes = decode(digits);
  return bytes.length < least || bytes.length > most ? undefined : bytes;
}

function decode(digits: string): Uint8Array {
  return Uint8Array.from(atob(digits), (char) => char.charCodeAt(0));
}

function unpadded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const BCRYPT_ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const STANDARD_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** bcrypt packs bits like base 64 but counts its characters in another order. */
function standardAlphabet(text: string): string {
  return Array.from(text, (char) => STANDARD_ALPHABET[BCRYPT_ALPHABET.indexOf(char)]).join('');
}
