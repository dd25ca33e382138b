/** Reads what `node --cpu-prof` wrote: where the time went, by function. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from './report.ts';
import { ROOT } from './workspace.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** The time that places and functions took for themselves, of the one profile in the directory. */
export function profileText(directory: string): string {
  const [file] = readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) return `no profile in ${directory}`;
  const profile: CpuProfile = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const functions = ownTime(profile, nameOf);
  const idle = functions.get(IDLE) ?? 0;
  functions.delete(IDLE);
  const busy = [...functions.values()].reduce((sum, each) => sum + each, 0);
  const places = ownTime(profile, placeOf);
  places.delete(IDLE);
  return [
    `profile (busy ${seconds(busy)}, idle ${seconds(idle)})`,
    shares(places, busy, 20),
    '',
    shares(functions, busy, 30),
  ].join('\n');
}

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

const IDLE = '(idle)';

/** Microseconds under each name. */
function ownTime(
  { nodes, samples, timeDeltas }: CpuProfile,
  nameOf: (frame: CallFrame) => string,
): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const own = new Map<string, number>();
  samples.forEach((id, i) => {
    const name = names.get(id) ?? '?';
    own.set(name, (own.get(name) ?? 0) + (timeDeltas[i] ?? 0));
  });
  return own;
}

function shares(times: ReadonlyMap<string, number>, busy: number, limit: number): string {
  const top = [...times].sort((left, right) => right[1] - left[1]).slice(0, limit);
  return table(top.map(([name, time]) => [name, `${(100 * time / busy).toFixed(1)} %`]));
}

/** The folder of ours, the package, or the part of Node. */
function placeOf({ functionName, url }: CallFrame): string {
  const path = pathOf(url);
  const [, place] = /(src\/[^/]+|node_modules\/[^/]+|node:internal\/[^/]+|node:\w+)/.exec(path) ??
    [];
  return place ?? (path === '' ? functionName : path);
}

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const path = pathOf(url);
  return path === '' ? functionName : `${functionName || '(anonymous)'} ${path}:${lineNumber + 1}`;
}

function pathOf(url: string): string {
  return url.replace(/^file:\/\//, '').replace(`${ROOT}/`, '');
}

function seconds(microseconds: number): string {
  return `${(microseconds / 1e6).toFixed(1)} s`;
}
