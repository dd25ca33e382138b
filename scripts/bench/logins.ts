/** What 50 password sign-ins at once cost everybody else: the tails of the token endpoint, idle and meanwhile. */
import { openBrowser } from '../../test/support/browser.ts';
import { type Contestant, startOstiary } from './contestants.ts';
import { formHeaders, PERSON } from './fixture.ts';
import { load } from './load.ts';
import { MACHINE } from './machine_clients.ts';
import { type BudgetForm, budgetText, count, table } from './report.ts';
import type { LoadResult } from './window.ts';
import type { Workspace } from './workspace.ts';

const SIGN_INS_AT_ONCE = 50;
const SECONDS = 8;

/** One client asks, one request after another: how long each takes is what the others cost. */
const CLIENTS = 1;

const BUDGET: BudgetForm = { atMost: 3, digits: 2, unit: ' ×' };

/** @throws {Error} when a sign-in or an answer is wrong */
export async function loginsText(workspace: Workspace): Promise<string> {
  const ostiary = await startOstiary(workspace);
  const idle = await tokens(ostiary);
  let isOver = false;
  let done = 0;
  const people = Array.from({ length: SIGN_INS_AT_ONCE }, async () => {
    while (!isOver) {
      await signIn(ostiary);
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
    concurrency: CLIENTS,
    seconds: SECONDS,
    pid: child.pid,
  });
  if (result.failures > 0) throw new Error(`the token endpoint failed: ${result.firstFailure}`);
  return result;
}

async function signIn({ endpoints: { issuer } }: Contestant): Promise<void> {
  const browser = openBrowser((request) => fetch(request), issuer);
  const page = await browser.get(`${issuer}/login`);
  const { username, password } = PERSON;
  await browser.submit(page, { username, password }, {}, 'id="username"');
  const isSignedIn = [...browser.cookies.keys()].some((name) => name.endsWith('ostiary_session'));
  if (!isSignedIn) throw new Error('a sign-in was refused');
}

function cells(name: string, { perSecond, p50, p99 }: LoadResult): string[] {
  return [name, count(perSecond), p50.toFixed(2), p99.toFixed(2)];
}
