import type { PasswordHasher } from '../../accounts/password.ts';
import { constantTimeEquals } from '../../keys/digest.ts';
import { type Keys, SECRET_DIGEST_PREFIX } from '../../keys/keys.ts';
import { OAuthError } from '../../spec/oauth_error.ts';

/** Tells whether a presented client secret is the registered one. */
export interface SecretVerifier {
  /** @throws {OAuthError} `temporarily_unavailable` when too many slow digests are being checked */
  matches(secret: string, registered: string): Promise<boolean>;
}

const PLAINTEXT_PREFIX = '$plaintext$';

/** How many slow digests have their fast twin in memory. */
const MAX_REMEMBERED = 10_000;

/**
 * Our own digests take microseconds. Imported slow ones are checked once, off the main loop, and remembered under a
 * keyed digest that belongs to just that registered value: when it changes, the memory no longer applies.
 */
export function createSecretVerifier(keys: Keys, hasher: PasswordHasher): SecretVerifier {
  const remembered = new Map<string, string>();
  return {
    async matches(secret, registered) {
      if (registered.startsWith(SECRET_DIGEST_PREFIX)) {
        return keys.matchesSecret(secret, registered);
      }
      if (registered.startsWith(PLAINTEXT_PREFIX)) {
        return constantTimeEquals(secret, registered.slice(PLAINTEXT_PREFIX.length));
      }
      const known = remembered.get(registered);
      if (known !== undefined && keys.matchesSecret(secret, known)) return true;
      const verdict = await hasher.verify(secret, registered);
      if (verdict === 'busy') {
        throw new OAuthError('temporarily_unavailable', 'too many sign-ins at once', {
          retryAfterSeconds: 1,
        });
      }
      if (verdict) remember(registered, keys.digestSecret(secret));
      return verdict;
    },
  };

  function remember(registered: string, digest: string): void {
    const [oldest] = remembered.keys();
    if (remembered.size >= MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    remembered.set(registered, digest);
  }
}
