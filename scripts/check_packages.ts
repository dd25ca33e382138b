/** Holds the dependencies to their budget: few, pinned, without install scripts. `npm run check` runs it. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';

const MOST_PACKAGES = 12;

interface Locked {
  readonly dev?: boolean;
  /** Only another package's optional peer (valibot may use typescript): users do not get it. */
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The paths of what a user of the published package installs. */
export function productionPackages({ packages }: Lockfile): readonly string[] {
  return Object.entries(packages)
    .filter(([path, locked]) =>
      path !== '' && !locked.dev && !locked.devOptional && !locked.optional
    )
    .map(([path]) => path);
}

export function packageProblems(manifest: Manifest, lock: Lockfile): readonly string[] {
  const production = productionPackages(lock);
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  return [
    ...all.filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range)).map(([name]) =>
      `${name} is not pinned`
    ),
    ...production.filter((path) => lock.packages[path]?.hasInstallScript).map((path) =>
      `${path} has an install script`
    ),
    ...(production.length > MOST_PACKAGES
      ? [`more than ${MOST_PACKAGES} production packages`]
      : []),
    ...Object.entries(lock.packages).filter(([, locked]) => locked.resolved !== undefined)
      .map(([path]) => `the lockfile names a download address for ${path}`),
  ];
}

if (import.meta.main) {
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lockfile;
  const problems = packageProblems(
    JSON.parse(await readFile('package.json', 'utf8')) as Manifest,
    lock,
  );
  for (const problem of problems) console.error(problem);
  console.log(
    `production packages: ${productionPackages(lock).length} of at most ${MOST_PACKAGES}`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
