/** Holds the arrows of the architecture: imports point the way a request passes, never back. `npm run check` runs it. */
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** From the outermost to the innermost; a folder may import its own rank and those after it. */
const RANKS: readonly (readonly string[])[] = [
  ['main.ts', 'server.ts'],
  ['cli'],
  ['app.ts', 'app'],
  ['config'],
  ['endpoints', 'interaction'],
  ['engine'],
  ['accounts', 'policy', 'net'],
  ['keys', 'store'],
  ['spec'],
];

/** They import nothing of ours save what the specifications fix, and may be imported by whoever speaks HTTP. */
const STANDALONE = new Set(['http', 'runtime']);
const SPEAKS_HTTP = new Set([
  'main.ts',
  'server.ts',
  'cli',
  'app.ts',
  'app',
  'config',
  'endpoints',
  'interaction',
]);

/** Folders that may use the platform beneath the web standards. */
const MAY_USE_NODE = [
  'server.ts',
  'main.ts',
  'runtime',
  'cli',
  'config',
  'net',
  'keys',
  'store/file',
  'accounts/password',
  'accounts/users_file',
];

/** Packages, and the folders each is for; `jose` alone reaches the engine. */
const PACKAGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['jose', ['keys', 'engine']],
  ['srvx', ['runtime', 'http']],
  ['yaml', ['spec/yaml', 'accounts/users_file']],
  ['valibot', ['config', 'spec', 'cli', 'engine/administration', 'accounts/users_file']],
  ['@valibot/to-json-schema', ['config', 'engine/administration']],
  ['hash-wasm', ['accounts/password']],
  ['@marcbachmann/cel-js', ['accounts']],
  ['otpauth', ['accounts/totp']],
  ['@passwordless-id/webauthn', ['accounts/passkey']],
  ['uqr', ['interaction']],
  ['nodemailer', ['net']],
]);

const problems: string[] = [];
for await (const file of glob('src/**/*.ts')) {
  const path = file.slice('src/'.length);
  for (const specifier of importsOf(await readFile(file, 'utf8'))) {
    const problem = judge(path, specifier);
    if (problem !== undefined) problems.push(`${file}: ${problem}`);
  }
}
for (const problem of problems) console.error(problem);
console.log(
  `import arrows: ${problems.length === 0 ? 'all point inward' : `${problems.length} wrong`}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

function judge(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) {
    return isWithin(path, MAY_USE_NODE) ? undefined : `must not import ${specifier}`;
  }
  if (specifier.startsWith('.')) return judgeOwn(path, normalize(join(dirname(path), specifier)));
  const folders = PACKAGES.get(specifier);
  if (folders === undefined) return `imports a package that has no row here: ${specifier}`;
  return isWithin(path, folders) ? undefined : `must not import ${specifier}`;
}

function judgeOwn(path: string, target: string): string | undefined {
  const from = folderOf(path);
  const to = folderOf(target);
  if (from === to) return undefined;
  if (STANDALONE.has(from)) {
    return to === 'spec' ? undefined : `stands alone and must not import ${target}`;
  }
  if (STANDALONE.has(to)) {
    return SPEAKS_HTTP.has(from) ? undefined : `must not know HTTP: ${target}`;
  }
  const [own, other] = [rankOf(from), rankOf(to)];
  if (own === undefined || other === undefined) return `has no rank: ${from} → ${to}`;
  return other >= own ? undefined : `points backwards: ${target}`;
}

function importsOf(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(/^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*'([^']+)'/gm);
  const expressions = code.matchAll(/\bimport\(\s*'([^']+)'/g);
  return Array.from([...statements, ...expressions], ([, specifier]) => specifier ?? '');
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? path;
}

function rankOf(folder: string): number | undefined {
  const rank = RANKS.findIndex((folders) => folders.includes(folder));
  return rank === -1 ? undefined : rank;
}

function isWithin(path: string, places: readonly string[]): boolean {
  return places.some((place) =>
    path === place || path === `${place}.ts` || path.startsWith(`${place}/`)
  );
}
