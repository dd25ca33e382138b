import type { DigestPurpose } from './peppers.ts';
import type { Vault } from './vault.ts';

/** What one issuer keeps of other people's secrets. */
export interface SecretsAtRest {
  /** A salted digest, keyed with a pepper, of a credential with 128 bits or more of entropy. */
  digestSecret(secret: string): string;
  matchesSecret(secret: string, digest: string): boolean;
  /** Whether a digest is to be made anew when the secret is next at hand. */
  isOutdated(digest: string): boolean;
  /** Keyed, for this issuer and one purpose: of random values, found by it or made from it. */
  digest(purpose: DigestPurpose, text: string): string;
  /** For secrets that must be had back, as HMAC needs them: sealed with the storage key. */
  sealSecret(secret: string): string;
  /** Undefined for what `sealSecret` did not make for this issuer. */
  openSecret(registered: string): string | undefined;
  /** For what proves who a person is, whatever the issuer: sealed with the storage key, to that person. */
  sealFactor(secret: string, user: string): string;
  openFactor(sealed: string, user: string): string | undefined;
  /** For what a client is told of a request of its own: sealed with the storage key. */
  sealNotification(text: string): string;
  openNotification(sealed: string): string | undefined;
}

/** Secrets that are sealed, not digested. */
export const SEALED_SECRET_PREFIX = '$sealed$';

const SECRETS = 'client secrets at rest';
const FACTORS = 'second factors at rest';
const NOTIFICATIONS = 'notifications at rest';

export function secretsAtRest(vault: Vault, issuer: string): SecretsAtRest {
  return {
    digestSecret: vault.digestSecret,
    matchesSecret: vault.matchesSecret,
    isOutdated: vault.isOutdated,
    digest: (purpose, text) => vault.digest(purpose, `${issuer} ${text}`),
    sealSecret: (secret) => SEALED_SECRET_PREFIX + vault.seal(SECRETS, secret, issuer),
    openSecret: (registered) =>
      registered.startsWith(SEALED_SECRET_PREFIX)
        ? vault.open(SECRETS, registered.slice(SEALED_SECRET_PREFIX.length), issuer)
        : undefined,
    sealFactor: (secret, user) => vault.seal(FACTORS, secret, user),
    openFactor: (sealed, user) => vault.open(FACTORS, sealed, user),
    sealNotification: (text) => vault.seal(NOTIFICATIONS, text, issuer),
    openNotification: (sealed) => vault.open(NOTIFICATIONS, sealed, issuer),
  };
}
