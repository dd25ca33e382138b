/** What 50 password sign-ins at once cost everybody else: the tails of the token endpoint, idle and meanwhile. */
import { openBrowser } from '../../test/support/browser.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPasswordHasher } from '../../src/accounts/password.ts';
import { type Contestant, emptyInstallation, provider, serveOstiary } from './contestants.ts';
import { formHeaders, PERSON } from './fixture.ts';
import { load } from './load.ts';
import { MACHINE } from './machine_clients.ts';
import { type BudgetForm, budgetText, count, table } from './report.ts';
import { CONCURRENCY } from './rows.ts';
import type { LoadResult } from './window.ts';
import { untilReady, type Workspace } from './workspace.ts';

const SIGN_INS_AT_ONCE = 50;
const SECONDS = 8;

const BUDGET: BudgetForm = { atMost: 3, digits: 2, unit: ' ×' };

/** @throws {Error} when a sign-in or an answer is wrong */
export async function loginsText(workspace: Workspace): Promise<string> {
  const ostiary = await startWithPeople(workspace);
  const idle = await tokens(ostiary);
  let isOver = false;
  let done = 0;
  const people = Array.from({ length: SIGN_INS_AT_ONCE }, async (_, index) => {
    while (!isOver) {
      await signIn(ostiary, usernameOf(index));
      done += 1;
    }
  });
  const busy = await tokens(ostiary);
  isOver = true;
  await Promise.all(people);
  await ostiary.child.stop();
  return [
    `logins (${SIGN_INS_AT_ONCE} at once, ${count(done / SECONDS)} a second)`,
    table([
      ['token endpoint', 'per second', 'p50 ms', 'p99 ms'],
      cells('idle', idle),
      cells('meanwhile', busy),
    ]),
    `  p99  ${budgetText(busy.p99 / idle.p99, BUDGET)}`,
  ].join('\n');
}

async function tokens({ endpoints, child }: Contestant): Promise<LoadResult> {
  const result = await load({
    url: endpoints.token_endpoint,
    method: 'POST',
    headers: formHeaders(MACHINE),
    body: 'grant_type=client_credentials',
    check: { includes: '"access_token":' },
    concurrency: CONCURRENCY,
    seconds: SECONDS,
    pid: child.pid,
  });
  if (result.failures > 0) throw new Error(`the token endpoint failed: ${result.firstFailure}`);
  return result;
}

/** As many people as sign in at once, in a file: more attempts at one account than a few would have to wait. */
async function startWithPeople(workspace: Workspace): Promise<Contestant> {
  const hasher = createPasswordHasher();
  const password = await hasher.hash(PERSON.password);
  await hasher.close();
  const people = Array.from(
    { length: SIGN_INS_AT_ONCE },
    (_, index) => [usernameOf(index), { displayname: PERSON.name, password }],
  );
  const users_file = join(workspace.directory('people'), 'users.yaml');
  writeFileSync(users_file, JSON.stringify({ users: Object.fromEntries(people) }), { mode: 0o600 });
  const installation = await emptyInstallation(workspace, { users_file });
  const child = serveOstiary(installation, workspace);
  await untilReady(child, `${installation.issuer}/readyz`);
  return await provider('ostiary', installation.issuer, child);
}

function usernameOf(index: number): string {
  return `person${index}`;
}

async function signIn({ endpoints: { issuer } }: Contestant, username: string): Promise<void> {
  const browser = openBrowser((request) => fetch(request), issuer);
  const page = await browser.get(`${issuer}/login`);
  const { password } = PERSON;
  await browser.submit(page, { username, password }, {}, 'id="username"');
  const isSignedIn = [...browser.cookies.keys()].some((name) => name.includes('ostiary_session'));
  if (!isSignedIn) throw new Error('a sign-in was refused');
}

function cells(name: string, { perSecond, p50, p99 }: LoadResult): string[] {
  return [name, count(perSecond), p50.toFixed(2), p99.toFixed(2)];
}
