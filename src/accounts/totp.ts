import { Secret, TOTP } from 'otpauth';

/** RFC 6238 as every authenticator app knows it: SHA-1, six digits, 30 seconds. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;

/** RFC 4226 §4, R6. */
const SECRET_BYTES = 20;

/** Steps of drift that are allowed each way. RFC 6238 §5.2 */
const WINDOW = 1;

export function newTotpSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return new Secret({ buffer: bytes.buffer }).base32;
}

/** What a QR code tells an app. */
export function totpUri(
  secret: string,
  { issuer, username }: { readonly issuer: string; readonly username: string },
): string {
  return new TOTP({ ...PARAMETERS, issuer, label: username, secret }).toString();
}

/** The time step that a code is of, if it is of this one or of one beside it. In constant time. */
export function totpStep(secret: string, code: string, nowSeconds: number): number | undefined {
  const token = code.replaceAll(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const totp = new TOTP({ ...PARAMETERS, secret });
  const delta = totp.validate({ token, timestamp: nowSeconds * 1000, window: WINDOW });
  return delta === null ? undefined : Math.floor(nowSeconds / PARAMETERS.period) + delta;
}
