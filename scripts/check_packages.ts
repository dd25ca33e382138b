/** Holds the production tree within its budget of packages, none of them with an install script. `npm run check` runs it. */
import { readFile } from 'node:fs/promises';

const MOST_PACKAGES = 12;

interface Locked {
  readonly dev?: boolean;
  /** Only another package's optional peer (valibot may use typescript): users do not get it. */
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};
const production = Object.entries(lock.packages).filter(
  ([path, { dev, devOptional, optional }]) => {
    return path !== '' && dev !== true && devOptional !== true && optional !== true;
  },
);
const problems = production.filter(([, { hasInstallScript }]) => hasInstallScript === true)
  .map(([path]) => `${path} has an install script`);
if (production.length > MOST_PACKAGES) problems.push(`more than ${MOST_PACKAGES} packages`);
if (/"resolved"/.test(JSON.stringify(lock))) problems.push('the lockfile names download addresses');
for (const problem of problems) console.error(problem);
console.log(`production packages: ${production.length} of at most ${MOST_PACKAGES}`);
process.exitCode = problems.length === 0 ? 0 : 1;
