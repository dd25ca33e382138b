import * as v from 'valibot';
import { isPasswordDigest, PLAINTEXT_PREFIX } from '../accounts/password_digest.ts';
import { isClientId } from '../spec/client_id.ts';
import { DURATION, parseDuration } from '../spec/duration.ts';
import { parseNetworks } from '../spec/networks.ts';
import { isScopeToken, parseScope } from '../spec/scopes.ts';

/** A duration within bounds, which are durations themselves; its output is seconds. */
export function duration(least: string, most: string) {
  const [minimum, maximum] = [parseDuration(least) ?? 0, parseDuration(most) ?? Infinity];
  const form = 'must be a duration with its unit, such as 90s, 10m, 1h or 7d';
  return v.pipe(
    v.string(form),
    v.regex(DURATION, form),
    v.transform((text) => parseDuration(text) ?? NaN),
    v.check(
      // What did not match the form is reported as that only.
      (seconds) => Number.isNaN(seconds) || (seconds >= minimum && seconds <= maximum),
      `must be from ${least} to ${most}`,
    ),
  );
}

export function text(maxLength: number) {
  return v.pipe(
    v.string(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(maxLength, `must be at most ${maxLength} characters`),
  );
}

export function oneOf<const T extends readonly string[]>(values: T): v.PicklistSchema<T, string> {
  return v.picklist(values, `must be one of ${values.join(', ')}`);
}

/** A name that other options refer to. */
export const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be a name of letters, digits and . _ -'),
);

export const port = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be from 1 to 65535'),
  v.maxValue(65_535, 'must be from 1 to 65535'),
);

/** Characters. */
export const minimumLength = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(0, 'must be from 0 to 128'),
  v.maxValue(128, 'must be from 0 to 128'),
);

export const host = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9._:-]{1,255}$/, 'must be an IP address or a host name, without a port'),
);

export const network = v.pipe(
  v.string(),
  v.check(isNetwork, 'must be an IP address or a CIDR block such as 10.0.0.0/8'),
);

export const origin = v.pipe(
  v.string(),
  v.check(isOrigin, 'must be an origin such as https://app.example.com, without a path'),
);

export const colour = v.pipe(
  v.string(),
  v.regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour of the form "#0d5c4a"'),
  v.toLowerCase(),
);

/** What a page may link to. */
export const linkUrl = v.pipe(
  text(2048),
  v.check(isLinkUrl, 'must be a URL with https, http or mailto, without a password in it'),
);

/** RFC 8707 §2: an absolute URI without fragment. */
export const resourceUri = v.pipe(
  text(512),
  v.check(isResourceUri, 'must be an absolute URI in printable ASCII, without a fragment'),
);

export const acrValue = v.pipe(
  text(128),
  v.regex(
    /^[\x21\x23-\x5b\x5d-\x7e]+$/,
    'must be printable ASCII without spaces, quotes or backslashes',
  ),
);

export const scopeToken = v.pipe(
  v.string(),
  v.check(isScopeToken, 'must be a scope: printable ASCII without spaces, quotes or backslashes'),
);

/** Scopes separated by spaces; its output is the list. */
export const scopeList = v.pipe(
  v.string(),
  v.check((value) => parseScope(value) !== undefined, 'must be scopes separated by spaces'),
  v.transform((value) => parseScope(value) ?? []),
);

const policySubject = text(256);
const SUBJECTS = 'must be a subject such as group:admins, a list of them, or a list of such lists';

/** Of the outer list one, of an inner one all. */
export const policySubjects = v.union([
  policySubject,
  v.pipe(
    v.array(
      v.union([
        policySubject,
        v.pipe(v.array(policySubject), v.minLength(1, 'must not be empty')),
      ], SUBJECTS),
    ),
    v.minLength(1, 'must not be empty'),
  ),
], SUBJECTS);

/** One text, or a list of them. */
export const policyNetworks = v.union([
  text(64),
  v.pipe(v.array(text(64)), v.minLength(1, 'must not be empty')),
], 'must be a network, or a list of them');

export const clientId = v.pipe(
  v.string(),
  v.check(isClientId, 'must be 1 to 255 of the characters A-Z a-z 0-9 . _ ~ : / @ + = -'),
);

export const clientSecret = v.pipe(
  v.string(),
  v.check(
    isPasswordDigest,
    `must be a digest made by ostiary hash-secret, or start with ${PLAINTEXT_PREFIX} to be kept as it is`,
  ),
);

function isNetwork(value: string): boolean {
  try {
    return parseNetworks([value]).length === 1;
  } catch {
    return false;
  }
}

function isOrigin(value: string): boolean {
  return /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

function isLinkUrl(value: string): boolean {
  if (!/^(?:https?:\/\/|mailto:)[\x21-\x7e]+$/.test(value) || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

function isResourceUri(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value) && !value.includes('#') && URL.canParse(value);
}
