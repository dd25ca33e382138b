import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SCRATCH } from './workspace.ts';

const PACKAGE = 'oidc-provider';
const VERSION = '9.13.3';

export const PEER = `node-${PACKAGE} ${VERSION}`;

/** Where node-oidc-provider is, beside the project and never in it. @throws {Error} when npm cannot bring it */
export async function installPeer(): Promise<string> {
  const directory = join(SCRATCH, `peer-${VERSION}`);
  const library = join(directory, 'node_modules', PACKAGE);
  if (existsSync(join(library, 'package.json'))) return library;
  mkdirSync(directory, { recursive: true });
  // Without one of its own, npm would take the project for the place to install into.
  writeFileSync(join(directory, 'package.json'), '{"private":true}\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`];
  await promisify(execFile)('npm', args, { cwd: directory });
  return library;
}
