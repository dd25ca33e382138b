/** `npm run bench`: Ostiary beside a bare server and node-oidc-provider on this machine, and the budgets of design.md §7. */
import { loadavg } from 'node:os';
import process from 'node:process';
import { clients } from './clients.ts';
import { compare } from './compare.ts';
import { type Contestant, startBare, startOstiary, startPeer } from './contestants.ts';
import { installPeer, PEER } from './install_peer.ts';
import {
  type BenchOptions,
  CLIENTS,
  LOGINS,
  parseOptions,
  SCALE,
  START_UP,
  USAGE,
} from './options.ts';
import { loginsText } from './logins.ts';
import { profileText } from './profile.ts';
import { comparisonText } from './report.ts';
import { ALL_ROWS } from './all_rows.ts';
import { scale } from './scale.ts';
import { startUpText } from './start_up.ts';
import { GUARDING } from './proxied_rows.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

// Children that still run would hold the process.
process.exit(await main(process.argv.slice(2)));

async function main(words: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(words);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  const workspace = openWorkspace(options.runtime);
  process.once('exit', () => workspace.close());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(130));
  }
  const load = loadavg()[0] ?? 0;
  if (load > 1) {
    console.log(`load average ${load.toFixed(1)}: others are at work here, take figures as rough`);
  }
  try {
    let isValid = await rows(options, workspace);
    if (options.wanted.has(START_UP)) console.log(`\n${await startUpText(workspace)}`);
    if (options.wanted.has(LOGINS)) console.log(`\n${await loginsText(workspace)}`);
    if (options.wanted.has(CLIENTS)) isValid = await clients(workspace) && isValid;
    if (options.wanted.has(SCALE)) isValid = await scale(workspace) && isValid;
    return isValid ? 0 : 1;
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
}

/** Prints each row as it is done; false when the figures of one are worth nothing. */
async function rows(options: BenchOptions, workspace: Workspace): Promise<boolean> {
  const wanted = ALL_ROWS.filter(({ name }) => options.wanted.has(name));
  if (wanted.length === 0) return true;
  console.log(`on ${options.runtime}, ${options.rounds} rounds of ${options.seconds} s`);
  const profiles = workspace.directory('profile');
  const flags = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const usual = wanted.some(({ isGuarding }) => isGuarding === undefined)
    ? await startOstiary(workspace, { flags })
    : undefined;
  const guarding = wanted.some(({ isGuarding }) => isGuarding === true)
    ? await startOstiary(workspace, { flags }, GUARDING)
    : undefined;
  const bare = await startBare(workspace);
  const peers = {
    people: wanted.some(({ peer }) => peer === undefined)
      ? await peerOrNone(workspace, 'people')
      : [],
    machine: wanted.some(({ peer }) => peer === 'machine')
      ? await peerOrNone(workspace, 'machine')
      : [],
    none: [],
  };
  let isValid = true;
  for (const row of wanted) {
    const ceiling = row.bare === 'none' ? [] : [bare[row.bare]];
    const ostiary = row.isGuarding === true ? guarding : usual;
    const comparison = await compare(row, [
      ...ostiary === undefined ? [] : [ostiary],
      ...ceiling,
      ...peers[row.peer ?? 'people'],
    ], options);
    console.log(`\n${comparisonText(comparison)}`);
    isValid &&= comparison.problems.length === 0;
  }
  for (const each of [usual, guarding]) await each?.child.stop();
  if (options.profile) console.log(`\n${profileText(profiles)}`);
  return isValid;
}

async function peerOrNone(
  workspace: Workspace,
  role: 'people' | 'machine',
): Promise<readonly Contestant[]> {
  try {
    const peer = await startPeer(workspace, await installPeer(), role);
    console.log(`peer: ${PEER}, set up for ${role}`);
    return [peer];
  } catch (error) {
    console.log(`without ${PEER}: ${messageOf(error)}`);
    return [];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
