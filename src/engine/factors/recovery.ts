import { constantTimeEquals, sha256 } from '../../keys/digest.ts';
import { recoveries } from '../../store/collections.ts';
import type { Engine } from '../engine.ts';

const CODES = 10;
const CHARACTERS = 16;

/** Without letters and digits that look like others; 79 bits in a code. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Below it every letter is as likely as any other. */
const FAIR = 256 - 256 % ALPHABET.length;

/** How often a record that changes under us is read again. */
const MAX_ATTEMPTS = 8;

/** Codes to be shown once; those from before no longer count. */
export async function newRecoveryCodes(user: string, engine: Engine): Promise<readonly string[]> {
  const codes = Array.from({ length: CODES }, newCode);
  const record = { digests: codes.map((code) => digestOf(code, user)), created_at: engine.now() };
  await engine.store.commit({ put: [recoveries.put([user], record)] });
  engine.log('info', 'recovery_codes.made', { user });
  return codes;
}

/** Uses a code up; false when it is none, or was used before. */
export async function checkRecoveryCode(
  user: string,
  code: string,
  engine: Engine,
): Promise<boolean> {
  const digest = digestOf(code, user);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const entry = await recoveries.get(engine.store, user);
    if (entry === undefined) return false;
    const digests = entry.value.digests.filter((each) => !constantTimeEquals(each, digest));
    if (digests.length === entry.value.digests.length) return false;
    const outcome = await engine.store.commit({
      check: [recoveries.check(entry)],
      put: [recoveries.put([user], { ...entry.value, digests })],
    });
    if (outcome === 'committed') return true;
  }
  return false;
}

export async function remainingRecoveryCodes(user: string, engine: Engine): Promise<number> {
  return (await recoveries.get(engine.store, user))?.value.digests.length ?? 0;
}

function newCode(): string {
  let letters = '';
  while (letters.length < CHARACTERS) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < FAIR) letters += ALPHABET[byte % ALPHABET.length];
  }
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** As typed, in any case and however grouped. A fast digest is enough: nobody guesses 79 random bits. */
function digestOf(code: string, user: string): string {
  const letters = code.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return sha256(`recovery ${user} ${letters}`);
}
