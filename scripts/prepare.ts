/** After `npm ci` in a clone: builds `dist`, and makes `npx ostiary` find it, as it would in a project that installed it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';

const LINK = 'node_modules/.bin/ostiary';

execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
chmodSync('dist/main.js', 0o755);
rmSync(LINK, { force: true });
symlinkSync('../../dist/main.js', LINK);
