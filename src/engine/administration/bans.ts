import type { BanChoice } from '../../accounts/regulation.ts';
import { storedAccount } from '../../accounts/regulation_memory.ts';
import { canonicalUsername } from '../../accounts/username.ts';
import type { Actor } from '../../store/records.ts';
import { audit } from '../audit.ts';
import type { Engine } from '../engine.ts';
import { listClients } from './clients.ts';
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
  const clients = bans.some(({ account }) => isOfClient(account)) ? await listClients(engine) : [];
  // What was typed is known by its digest only; what it may have been is known.
  const clientNames = new Map(
    clients.map(({ client_id }) => [storedAccount(`client:${client_id}`), client_id]),
  );
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
    if (canonical === undefined) return refused('--user is no name that anybody can have');
    const user = await engine.directory.findByUsername(canonical);
    choices.push({ account: `name:${canonical}`, source });
    for (const kind of ['user', 'factor']) {
      if (user !== undefined) choices.push({ account: `${kind}:${user.id}`, source });
    }
  } else if (client_id !== undefined) {
    choices.push({ account: `client:${client_id}`, source });
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

function view(
  kind: BanView['kind'],
  name: string | undefined,
  ban: Omit<BanView, 'kind' | 'name'>,
): BanView {
  return { kind, ...name !== undefined && { name }, ...ban };
}
