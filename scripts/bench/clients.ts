/** What many clients cost: the start, one more of them, requests of theirs, a page of their list, and memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './compare.ts';
import {
  type Contestant,
  emptyInstallation,
  type Installation,
  provider,
  serveOstiary,
} from './contestants.ts';
import { formHeaders } from './fixture.ts';
import { load } from './load.ts';
import { budgetText, count, table } from './report.ts';
import { CONCURRENCY } from './rows.ts';
import type { LoadResult } from './window.ts';
import {
  residentMegabytes,
  type Runtime,
  RUNTIMES,
  untilReady,
  type Workspace,
} from './workspace.ts';

const FEW = 10;
const MANY = 100_000;

/** In the file, which is read, parsed and held whole. */
const IN_FILE = 10_000;

/** Clients whose requests are sent, in turn. */
const SAMPLE = 4000;

/** Of the rate of few: with as many in use, and with thousands, which take room in the store's cache. */
const BUDGETS = [0.9, 0.8] as const;

const STARTS = 3;
const ROUNDS = 4;
const LOAD = { seconds: 1.2, warmupSeconds: 0.5, concurrency: CONCURRENCY } as const;

export interface SampledClient {
  readonly client_id: string;
  readonly client_secret: string;
  readonly access_token: string;
}

/** What `clients_fill.ts` leaves. */
export interface ClientsReport {
  readonly fillSeconds: number;
  readonly addMilliseconds: readonly number[];
  /** Of a first page. */
  readonly listMilliseconds: readonly number[];
  readonly clients: readonly SampledClient[];
}

interface Stage {
  readonly clients: number;
  readonly installation: Installation;
  readonly report: ClientsReport;
}

/** Prints as it goes; false when an answer was wrong. */
export async function clients(workspace: Workspace): Promise<boolean> {
  const few = await filled(FEW, workspace);
  const many = await filled(MANY, workspace);
  console.log(
    `clients: ${count(FEW)} and ${count(MANY)} in the store (${
      many.report.fillSeconds.toFixed(1)
    } s to add)`,
  );
  console.log(writeText([few, many]));
  console.log(await startText([few, many], workspace));
  return await requests([few, many], workspace);
}

async function filled(size: number, workspace: Workspace): Promise<Stage> {
  const installation = await emptyInstallation(workspace, { clients: [] });
  const file = join(workspace.directory('clients'), 'report.json');
  const words = [installation.file, size, SAMPLE, file].map(String);
  await workspace.run('scripts/bench/clients_fill.ts', words);
  return { clients: size, installation, report: JSON.parse(readFileSync(file, 'utf8')) };
}

function writeText(stages: readonly Stage[]): string {
  const rows = stages.map(({ clients, report: { addMilliseconds, listMilliseconds } }) => [
    count(clients),
    ...[0.5, 0.99].map((part) => at(addMilliseconds, part).toFixed(2)),
    ...[0.5, 0.99].map((part) => at(listMilliseconds, part).toFixed(2)),
  ]);
  return table([
    ['', 'add p50 ms', 'add p99 ms', 'first page p50 ms', 'first page p99 ms'],
    ...rows,
  ]);
}

function at(values: readonly number[], part: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * part)] ?? NaN;
}

/** One after the other in turn, so that a drift of the machine meets them all. */
async function startText(stages: readonly Stage[], workspace: Workspace): Promise<string> {
  const inFile = await emptyInstallation(workspace, { clients: fileClients(IN_FILE) });
  const places = [...stages.map(({ installation }) => installation), inFile];
  const rows: string[][] = [];
  for (const runtime of RUNTIMES) {
    const starts = places.map((): Start[] => []);
    for (let round = 0; round < STARTS; round++) {
      for (const [place, installation] of places.entries()) {
        starts[place]?.push(await startOnce(installation, runtime, workspace));
      }
    }
    const medians = starts.map((of) => median(of.map(({ milliseconds }) => milliseconds)));
    const weights = starts.map((of) => median(of.map(({ megabytes }) => megabytes)));
    rows.push([runtime, ...medians.map(count), ...weights.map(count)]);
  }
  const names = [...stages.map(({ clients }) => count(clients)), `${count(IN_FILE)} in the file`];
  return table([
    ['', ...names.map((name) => `${name}: ms`), ...names.map((name) => `${name}: MiB`)],
    ...rows,
  ]);
}

interface Start {
  readonly milliseconds: number;
  readonly megabytes: number;
}

async function startOnce(
  installation: Installation,
  runtime: Runtime,
  workspace: Workspace,
): Promise<Start> {
  const child = serveOstiary(installation, workspace, { runtime });
  const milliseconds = await untilReady(child, `${installation.issuer}/readyz`);
  const megabytes = residentMegabytes(child);
  await child.stop();
  return { milliseconds, megabytes };
}

function fileClients(size: number): readonly object[] {
  return Array.from({ length: size }, (_, index) => ({
    client_id: `client-${index}`,
    client_name: `Application ${index}`,
    client_secret: `$plaintext$a-secret-of-client-${index}-0123456789abcdef`,
    redirect_uris: [`https://app-${index}.example/cb`],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile email offline_access',
  }));
}

/** Both servers run, and are asked in turn: that of many for the requests of a few of them, and of thousands. */
async function requests(
  [few, many]: readonly [Stage, Stage],
  workspace: Workspace,
): Promise<boolean> {
  const small = await served(few, workspace);
  const large = await served(many, workspace);
  const sides: readonly Side[] = [
    { name: `of ${count(few.clients)}`, server: small, clients: few.report.clients },
    {
      name: `of ${count(many.clients)}, as many in use`,
      server: large,
      clients: many.report.clients.slice(0, few.report.clients.length),
    },
    {
      name: `of ${count(many.clients)}, ${count(many.report.clients.length)} in use`,
      server: large,
      clients: many.report.clients,
    },
  ];
  let isValid = true;
  for (const kind of ['client_credentials', 'introspection'] as const) {
    const results = sides.map((): LoadResult[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [place, side] of sides.entries()) {
        results[place]?.push(await loadOf(kind, side));
      }
    }
    console.log(requestText(kind, sides, results));
    for (const { failures, firstFailure } of results.flat()) {
      if (failures === 0) continue;
      isValid = false;
      console.log(`  INVALID: ${failures} failed, the first: ${firstFailure}`);
    }
  }
  const [ofSmall, ofLarge] = [small, large].map(({ child }) => count(residentMegabytes(child)));
  console.log(`  RSS after the load ${ofSmall} and ${ofLarge} MiB`);
  await Promise.all([small, large].map(({ child }) => child.stop()));
  return isValid;
}

interface Side {
  readonly name: string;
  readonly server: Contestant;
  /** Whose requests are sent, in turn. */
  readonly clients: readonly SampledClient[];
}

async function served({ installation }: Stage, workspace: Workspace): Promise<Contestant> {
  const child = serveOstiary(installation, workspace);
  await untilReady(child, `${installation.issuer}/readyz`);
  return await provider('ostiary', installation.issuer, child);
}

function loadOf(
  kind: 'client_credentials' | 'introspection',
  { server: { child, endpoints }, clients }: Side,
): Promise<LoadResult> {
  const isToken = kind === 'client_credentials';
  return load({
    url: isToken ? endpoints.token_endpoint : endpoints.introspection_endpoint,
    method: 'POST',
    variants: clients.map((client) => ({
      headers: formHeaders(client),
      body: isToken ? 'grant_type=client_credentials' : `token=${client.access_token}`,
    })),
    check: { includes: isToken ? '"access_token"' : '"active":true' },
    pid: child.pid,
    ...LOAD,
  });
}

/** Others on the machine take the rate down more than the processor's time for each answer: both are told. */
function requestText(
  kind: string,
  sides: readonly Side[],
  results: readonly (readonly LoadResult[])[],
): string {
  const rateOf = ({ perSecond }: LoadResult): number => perSecond;
  const costOf = ({ cpu = NaN }: LoadResult): number => cpu;
  const rows = results.map((of, place) => [
    `${kind} ${sides[place]?.name}`,
    count(median(of.map(rateOf))),
    median(of.map(({ p99 }) => p99)).toFixed(2),
    count(median(of.map(costOf))),
  ]);
  const verdicts = results.slice(1).map((of, place) => {
    const ratio = (figure: (result: LoadResult) => number): number =>
      median(of.map((each, round) => figure(each) / figureOf(results[0]?.[round], figure)));
    const rate = budgetText(ratio(rateOf), { atLeast: BUDGETS[place] ?? 0, digits: 2, unit: '' });
    return `  ${sides[place + 1]?.name.padEnd(30)}  ${rate}, CPU × ${ratio(costOf).toFixed(2)}`;
  });
  return [table([['', 'per second', 'p99 ms', 'CPU µs each'], ...rows]), ...verdicts].join('\n');
}

function figureOf(
  result: LoadResult | undefined,
  figure: (result: LoadResult) => number,
): number {
  return result === undefined ? NaN : figure(result);
}
