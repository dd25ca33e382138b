/**
 * Makes live grants through the engine, as redeeming codes would, and leaves tokens of some of them in a file. In a process
 * of its own: `scale_fill.ts CONFIG FROM TO SAMPLE FILE`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { openInstance } from '../../src/app.ts';
import type { FileStore } from '../../src/store/file/file_store.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { subjectOf } from '../../src/engine/claims/subject.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { issueAccessToken } from '../../src/engine/tokens/access_token.ts';
import { findLiveGrant } from '../../src/engine/tokens/live.ts';
import { issueRefreshToken } from '../../src/engine/tokens/refresh_token.ts';
import { sha256 } from '../../src/keys/digest.ts';
import { grants } from '../../src/store/collections.ts';
import type { GrantRecord } from '../../src/store/records.ts';
import { KEEPER } from './fixture.ts';
import type { Variables } from './flow.ts';

const PEOPLE = 1000;
const PER_COMMIT = 50;
const COMMITS_AT_ONCE = 16;

const [config = '', from = '0', to = '0', sample = '0', file = ''] = process.argv.slice(2);
await main(Number(from), Number(to), Number(sample));

async function main(first: number, end: number, sampleSize: number): Promise<void> {
  const parsed = parseConfig(JSON.parse(readFileSync(config, 'utf8')));
  if (!parsed.ok) throw new Error(`${config}: ${JSON.stringify(parsed.mistakes)}`);
  const instance = await openInstance(parsed.config, { log: () => {} });
  const engine = instance.engine();
  const people = await peopleOf(engine);
  let next = first;
  async function fill(): Promise<void> {
    while (next < end) {
      const start = next;
      next = Math.min(start + PER_COMMIT, end);
      const put = Array.from({ length: next - start }, (_, i) => {
        const grant = grantOf(start + i, people, engine);
        return grants.put([engine.settings.issuer, grant.id], grant, grant.expires_at);
      });
      await engine.store.commit({ put });
    }
  }
  await Promise.all(Array.from({ length: COMMITS_AT_ONCE }, fill));
  const tokens: Variables[] = [];
  for (const index of distinct(sampleSize, end)) tokens.push(await tokensOf(idOf(index), engine));
  writeFileSync(file, JSON.stringify(tokens), { mode: 0o600 });
  // What a server does in the background while it runs.
  if ('compact' in instance.store) await (instance.store as FileStore).compact();
  await instance.close();
}

/** So many different numbers below the limit, in no order: a grant that came twice would look like a stolen token. */
function distinct(size: number, limit: number): ReadonlySet<number> {
  const numbers = new Set<number>();
  while (numbers.size < size) numbers.add(Math.floor(Math.random() * limit));
  return numbers;
}

interface BulkPerson {
  readonly user: string;
  readonly sub: string;
}

/** The same ones in each run over the same store. */
async function peopleOf(engine: Engine): Promise<readonly BulkPerson[]> {
  const people: BulkPerson[] = [];
  const keeper = engine.settings.clients.get(KEEPER.client_id);
  if (keeper === undefined) throw new Error(`there is no client ${KEEPER.client_id}`);
  for (let i = 0; i < PEOPLE; i++) {
    const username = `person-${i}`;
    const created = await engine.directory.create({
      username,
      claims: { name: `Person ${i}`, email: `person-${i}@people.example` },
      groups: ['people'],
      provenance: 'import',
    });
    const user = created.kind === 'created'
      ? created.user
      : await engine.directory.findByUsername(username);
    if (user === undefined) throw new Error(`cannot make ${username}: ${created.kind}`);
    people.push({ user: user.id, sub: await subjectOf(user.id, keeper, engine) });
  }
  return people;
}

/** The shape of `engine/grants/authorization_code.ts`; for offline access, so that no session has to be there. */
function grantOf(index: number, people: readonly BulkPerson[], engine: Engine): GrantRecord {
  const person = people[index % people.length];
  if (person === undefined) throw new Error('there are no people');
  const nowSeconds = engine.now();
  return {
    id: idOf(index),
    client_id: KEEPER.client_id,
    ...person,
    scope: KEEPER.scope.split(' '),
    resource: [],
    claims: { userinfo: [], id_token: [] },
    authentication: {
      sid: sha256(`session ${index}`).slice(0, 22),
      auth_time: nowSeconds,
      amr: ['pwd'],
      acr: 'one_factor',
    },
    granted_at: nowSeconds,
    created_at: nowSeconds,
    expires_at: Math.floor(nowSeconds) + engine.settings.lifespans.refresh_token,
    refresh: { n: 0, moved_at: nowSeconds },
  };
}

/** Looks as random as an id that is, and can be found again. */
function idOf(index: number): string {
  return sha256(`grant ${index}`).slice(0, 22);
}

async function tokensOf(id: string, engine: Engine): Promise<Variables> {
  const live = await findLiveGrant(id, engine);
  if (live === undefined) throw new Error(`grant ${id} is not alive`);
  const { grant, client, user } = live;
  const { scope, resource } = grant;
  const { access_token } = await issueAccessToken(
    { grant, user, client, scope, resource, grant_type: 'authorization_code' },
    engine,
  );
  return { access_token, refresh_token: issueRefreshToken(grant, grant.refresh?.n ?? 0, engine) };
}
