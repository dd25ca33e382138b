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

/** The functions with the most time of their own, of the one profile in the directory. */
export function profileText(directory: string, limit = 30): string {
  const [file] = readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) return `no profile in ${directory}`;
  const profile: CpuProfile = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const own = new Map<string, number>();
  profile.samples.forEach((id, i) => {
    const name = names.get(id) ?? '?';
    own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas[i] ?? 0));
  });
  const idle = own.get('(idle)') ?? 0;
  own.delete('(idle)');
  const busy = [...own.values()].reduce((sum, each) => sum + each, 0);
  const top = [...own].sort((left, right) => right[1] - left[1]).slice(0, limit);
  return [
    `profile (busy ${seconds(busy)}, idle ${seconds(idle)})`,
    table(top.map(([name, time]) => [name, `${(100 * time / busy).toFixed(1)} %`])),
  ].join('\n');
}

function nameOf(
  { functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame'],
): string {
  const path = url.replace(/^file:\/\//, '').replace(`${ROOT}/`, '');
  return path === '' ? functionName : `${functionName || '(anonymous)'} ${path}:${lineNumber + 1}`;
}

function seconds(microseconds: number): string {
  return `${(microseconds / 1e6).toFixed(1)} s`;
}
