import type { UserRecord } from '../store/records.ts';
import type { Engine } from './engine.ts';

const PAGE = 500;

/** The one person with this address, of all people: nothing leads from an address to whoever has it. */
export async function personByEmail(
  email: string,
  { directory }: Engine,
): Promise<UserRecord | undefined> {
  const wanted = folded(email);
  const found: UserRecord[] = [];
  let after: string | undefined;
  do {
    const page = await directory.list({ limit: PAGE, ...after !== undefined && { after } });
    found.push(...page.filter((user) => isAt(user, wanted)));
    after = page.length < PAGE ? undefined : page.at(-1)?.username;
  } while (after !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

/** Whoever says that an address is theirs has to have shown it. */
function isAt({ claims: { email, email_verified } }: UserRecord, wanted: string): boolean {
  return typeof email === 'string' && folded(email) === wanted && email_verified === true;
}

/** Letters of ASCII alone: elsewhere two addresses would become one. RFC 6531 §3.3, Kelvin’s K */
function folded(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
