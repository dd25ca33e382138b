import type { BanChoice } from '../../accounts/regulation.ts';
import { storedAccount } from '../../accounts/regulation_memory.ts';
import { canonicalUsername } from '../../accounts/username.ts';
import type { Actor } from '../../store/records.ts';
import { audit } from '../audit.ts';
import { clientAccount } from '../client_auth/table.ts';
import { allClients } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { done, type Outcome, refused } from './outcome.ts';

/** A delay after failed attempts, and whose it is. */
export interface BanView {
  /** `source`: everybody who never signed in from there. */
  readonly kind: 'user' | 'client' | 'source';
  /** Username or client ID; absent: a name that nobody has, or of `source`. */
  readonly name?: string;
  readonly source: string;
  readonly failures: number;
  /** Unix seconds. */
  readonly until: number;
}

/** Whose bans: at most one of a person and a client. */
export interface BanOwner {
  readonly username?: string | undefined;
  readonly client_id?: string | undefined;
  readonly source?: string | undefined;
}

/** Those that last longest first. */
export async function listBans(engine: Engine): Promise<readonly BanView[]> {
  const bans = engine.regulation.bans();
  const isOfClient = (account: string | undefined) => account?.startsWith('client:') === true;
  const accounts = bans.flatMap(({ account = '' }) => isOfClient(account) ? [account] : []);
  const clientNames = await clientsBehind(new Set(accounts), engine);
  const views = await Promise.all(bans.map(async ({ account, ...ban }): Promise<BanView> => {
    if (account === undefined) return { kind: 'source', ...ban };
    if (isOfClient(account)) return view('client', clientNames.get(account), ban);
    const id = account.replace(/^[a-z_]+:/, '');
    return view('user', (await engine.directory.findById(id))?.username, ban);
  }));
  return views.sort((one, other) => other.until - one.until);
}

/** Lets those who were chosen try again at once; the change outlives a crash. @returns how many had to wait */
export async function liftBans(
  owner: BanOwner,
  by: Actor,
  engine: Engine,
): Promise<Outcome<{ readonly lifted: number }>> {
  const { username, client_id, source } = owner;
  const choices: BanChoice[] = [];
  if (username !== undefined) {
    const canonical = canonicalUsername(username);
    if (canonical === undefined) return refused('it is no name that anybody can have');
    const user = await engine.directory.findByUsername(canonical);
    choices.push({ account: `name:${canonical}`, source });
    for (const kind of ['user', 'factor']) {
      if (user !== undefined) choices.push({ account: `${kind}:${user.id}`, source });
    }
  } else if (client_id !== undefined) {
    for (const each of engine.engines()) {
      choices.push({ account: clientAccount(client_id, each), source });
    }
  } else {
    choices.push({ source });
  }
  const counts = choices.map((choice) => engine.regulation.lift(choice));
  const lifted = counts.reduce((sum, each) => sum + each, 0);
  const target = [username, client_id, source].filter((each) => each !== undefined).join(' ');
  const change = { action: 'bans.lifted', target, after: { lifted } };
  await engine.regulation.flush([audit(change, by, engine)]);
  engine.log('info', 'bans.lifted', { lifted });
  return done({ lifted });
}

/** What was typed is known by its digest only; what it may have been is known. */
async function clientsBehind(
  accounts: ReadonlySet<string>,
  engine: Engine,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const each of engine.engines()) {
    if (names.size === accounts.size) break;
    for await (const { client_id } of allClients(each)) {
      const account = storedAccount(clientAccount(client_id, each));
      if (accounts.has(account)) names.set(account, client_id);
      if (names.size === accounts.size) break;
    }
  }
  return names;
}

function view(
  kind: BanView['kind'],
  name: string | undefined,
  ban: Omit<BanView, 'kind' | 'name'>,
): BanView {
  return { kind, ...name !== undefined && { name }, ...ban };
}
