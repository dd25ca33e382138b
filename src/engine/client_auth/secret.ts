import type { PasswordHasher } from '../../accounts/password.ts';
import { constantTimeEquals } from '../../keys/digest.ts';
import type { Keys } from '../../keys/keys.ts';
import { SECRET_DIGEST_PREFIX } from '../../keys/peppers.ts';
import type { Client } from '../../spec/client.ts';
import { OAuthError } from '../../spec/oauth_error.ts';
import { clients } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';
import { type Credentials, type Presented, type Proof, unproven } from './client_auth.ts';

/** Tells whether a presented client secret is the registered one. */
export interface SecretVerifier {
  /** @throws {OAuthError} `temporarily_unavailable` when too many slow digests are being checked */
  matches(secret: string, registered: string): Promise<boolean>;
}

const PLAINTEXT_PREFIX = '$plaintext$';
const SEALED_PREFIX = '$sealed$';

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
      if (isRaw(registered)) {
        const raw = openRaw(registered, keys);
        return raw !== undefined && constantTimeEquals(secret, raw);
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

/** Is what basic and post show the client's secret? */
export async function proveSecret(
  client: Client,
  { shown }: Credentials,
  _presented: Presented,
  engine: Engine,
): Promise<Proof> {
  const { client_secret } = client;
  if (shown === undefined || client_secret === undefined) return unproven('no secret');
  if (isExpired(client, engine)) return unproven('the secret has expired');
  if (!await engine.secrets.matches(shown, client_secret)) return unproven('wrong secret');
  if (engine.keys.isOutdated(client_secret)) await renewDigest(client, shown, engine);
  return { ok: true };
}

/** The secret is at hand only now. Who changes the client meanwhile wins; another try comes with the next request. */
async function renewDigest(client: Client, secret: string, engine: Engine): Promise<void> {
  const { store, keys, log, settings: { issuer } } = engine;
  const { client_id, client_secret } = client;
  try {
    const entry = await clients.get(store, issuer, client_id);
    if (entry === undefined || entry.value.client_secret !== client_secret) return;
    const renewed = { ...entry.value, client_secret: keys.digestSecret(secret) };
    await store.commit({
      check: [clients.check(entry)],
      put: [clients.put([issuer, client_id], renewed, entry.expiresAtSeconds)],
    });
  } catch (cause) {
    log('warn', 'client_secret.not_renewed', { client_id, cause });
  }
}

/** RFC 7591 §3.2.1: 0 or absent means never. */
export function isExpired({ client_secret_expires_at = 0 }: Client, engine: Engine): boolean {
  return client_secret_expires_at !== 0 && client_secret_expires_at <= engine.now();
}

/** The secret itself, for algorithms that use it as a key; undefined when only a digest is kept. Core §10.1, §10.2 */
export function rawSecret({ client_secret }: Client, { keys }: Engine): string | undefined {
  return client_secret !== undefined && isRaw(client_secret)
    ? openRaw(client_secret, keys)
    : undefined;
}

function isRaw(registered: string): boolean {
  return registered.startsWith(PLAINTEXT_PREFIX) || registered.startsWith(SEALED_PREFIX);
}

function openRaw(registered: string, keys: Keys): string | undefined {
  return registered.startsWith(SEALED_PREFIX)
    ? keys.openSecret(registered)
    : registered.slice(PLAINTEXT_PREFIX.length);
}
