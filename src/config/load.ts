import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { isMap } from '../spec/is_map.ts';
import type { Mistake } from '../spec/mistake.ts';
import { readPlainJson } from '../spec/plain_json.ts';
import type { BootstrapSettings } from './bootstrap_options.ts';
import { readBranding } from './branding_files.ts';
import type { Config, IssuerConfig } from './config.ts';
import { fileValueOf, issuerInputs } from './issuers.ts';
import { NOTHING_STORED, type StoredConfiguration } from './stored.ts';
import { type ConfigResult, loadLibraries, parseConfig } from './parse.ts';

/** What is looked for in the working directory when no file is named; the first that exists. */
const CONFIG_FILES = ['ostiary.yaml', 'ostiary.yml', 'ostiary.json'] as const;

export interface ConfigSource {
  /** The working directory, absolute. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Flags of the command line, which come before environment and file. */
  readonly flags?: {
    readonly config?: string;
    readonly data?: string;
    readonly host?: string;
    readonly port?: number;
  };
}

/** The files of which the first that exists is read. */
export function configFiles(source: ConfigSource): readonly string[] {
  const named = source.flags?.config ?? (source.environment['OSTIARY_CONFIG'] || undefined);
  return (named === undefined ? CONFIG_FILES : [named]).map((name) =>
    resolve(source.directory, name)
  );
}

/** File, environment and flags into a Config with absolute paths, or every mistake with its file and line. */
export async function loadConfig(source: ConfigSource): Promise<ConfigResult> {
  const files = configFiles(source);
  const found = await firstFile(files);
  if (found === undefined && files.length === 1) return noFile(source, files);
  if (found !== undefined && !found.ok) return fileMistakes(source, found.file, [found.mistake]);
  if (found === undefined) return finish(source, undefined, {}, () => undefined);
  const json = readPlainJson(found.text);
  if (json !== undefined) {
    const result = await finish(source, found.file, json, () => undefined);
    if (result.ok && result.warnings.length === 0) return result;
    // Lines are to be told.
  }
  const { readYaml } = await import('../spec/yaml.ts');
  const read = readYaml(found.text);
  if (!read.ok) return fileMistakes(source, found.file, read.mistakes);
  return finish(source, found.file, read.value, read.lineOf);
}

/** What the file says of one issuer, as it stands there and as if there were no other; nothing if it does not hold. */
export async function readIssuerInput(
  source: ConfigSource,
  issuer: string,
  { isFirst }: { readonly isFirst: boolean },
): Promise<unknown> {
  const found = await firstFile(configFiles(source));
  if (found === undefined || !found.ok) return {};
  const { readYaml } = await import('../spec/yaml.ts');
  const read = readYaml(found.text);
  const value = read.ok ? read.value : {};
  // A file that names no issuer is of the one that follows from where the server listens.
  const isUnnamed = isMap(value) && value['issuer'] === undefined && value['issuers'] === undefined;
  return isUnnamed && isFirst ? value : fileValueOf(value, issuer);
}

/** Bytes; a configuration of a hundred thousand clients is smaller. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

type FoundFile =
  | { readonly ok: true; readonly file: string; readonly text: string }
  | { readonly ok: false; readonly file: string; readonly mistake: Mistake };

async function firstFile(files: readonly string[]): Promise<FoundFile | undefined> {
  for (const file of files) {
    try {
      const bytes = await readFile(file);
      if (bytes.length > MAX_FILE_BYTES) return unreadable(file, 'must be at most 64 MiB');
      return { ok: true, file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'ENOENT') continue;
      if (error instanceof TypeError) return unreadable(file, 'must be UTF-8 text');
      return unreadable(file, `cannot be read (${code})`);
    }
  }
  return undefined;
}

function unreadable(file: string, problem: string): FoundFile {
  return { ok: false, file, mistake: { path: [], problem } };
}

function noFile(source: ConfigSource, files: readonly string[]): ConfigResult {
  return fileMistakes(source, files[0] ?? '', [{ path: [], problem: 'does not exist' }]);
}

function fileMistakes(
  source: ConfigSource,
  file: string,
  mistakes: readonly Mistake[],
): ConfigResult {
  const name = shownFile(file, source.directory);
  return { ok: false, mistakes: mistakes.map((each) => ({ ...each, source: name })) };
}

/** As someone in the working directory would write it. */
function shownFile(file: string, directory: string): string {
  const near = relative(directory, file);
  return near.startsWith('..') ? file : near;
}

interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly source: string;
}

async function finish(
  source: ConfigSource,
  file: string | undefined,
  value: unknown,
  lineOf: (path: Mistake['path']) => number | undefined,
): Promise<ConfigResult> {
  const overrides = overridesOf(source);
  const whole = overrides.reduce(withOverride, value);
  await loadLibraries(whole);
  const result = parseConfig(whole);
  const place = (mistake: Mistake): Mistake => {
    const from = overrides.find(({ path }) => path.join('.') === mistake.path.join('.'));
    if (from !== undefined) return { ...mistake, source: from.source };
    const line = lineOf(mistake.path);
    return {
      ...mistake,
      ...file !== undefined && { source: shownFile(file, source.directory) },
      ...line !== undefined && { line },
    };
  };
  if (!result.ok) return { ok: false, mistakes: result.mistakes.map(place).sort(byLine) };
  const located = withPaths(result.config, file, source.directory);
  const base = file === undefined ? source.directory : dirname(file);
  const { config, mistakes } = await withFiles({ ...located, base });
  const unreadable = [...await tlsMistakes(located), ...mistakes];
  const wrongPeople = await usersMistakes(located.users_file, source.directory);
  if (unreadable.length + wrongPeople.length > 0) {
    return { ok: false, mistakes: [...unreadable.map(place).sort(byLine), ...wrongPeople] };
  }
  return {
    ok: true,
    config,
    warnings: result.warnings.map(place),
  };
}

/** With the place in the users file itself. */
async function usersMistakes(
  file: string | undefined,
  directory: string,
): Promise<readonly Mistake[]> {
  if (file === undefined) return [];
  const { readUsers } = await import('../accounts/users_file/read.ts');
  const read = await readUsers(file);
  const name = shownFile(file, directory);
  return read.ok ? [] : read.mistakes.map((each) => ({ ...each, source: name }));
}

/** What environment and flags say, as paths into the file's shape; of two for one path the first counts. */
function overridesOf({ flags = {}, environment, directory }: ConfigSource): readonly Override[] {
  const data = flags.data ?? (environment['OSTIARY_DATA'] || undefined);
  const dataSource = flags.data === undefined ? 'OSTIARY_DATA' : '--data';
  return [
    ...data === undefined
      ? []
      : [{ path: ['data'], value: resolve(directory, data), source: dataSource }],
    ...flags.host === undefined
      ? []
      : [{ path: ['listen', 'host'], value: flags.host, source: '--host' }],
    ...flags.port === undefined
      ? []
      : [{ path: ['listen', 'port'], value: flags.port, source: '--port' }],
  ];
}

function withOverride(value: unknown, { path, value: replacement }: Override): unknown {
  const [key, ...rest] = path;
  // What is no map where one belongs stays, and is reported.
  if (key === undefined || !isMap(value)) return value;
  const inner = rest.length === 0
    ? replacement
    : withOverride(value[key] ?? {}, { path: rest, value: replacement, source: '' });
  return { ...value, [key]: inner };
}

function withPaths(config: Config, file: string | undefined, directory: string): Config {
  const base = file === undefined ? directory : dirname(file);
  const { tls, ...listen } = config.listen;
  const absolute = tls && { ...tls, cert: resolve(base, tls.cert), key: resolve(base, tls.key) };
  return {
    ...config,
    ...file !== undefined && { file },
    ...config.notifier?.kind === 'file' && {
      notifier: { ...config.notifier, path: resolve(base, config.notifier.path) },
    },
    data: resolve(base, config.data),
    ...config.users_file !== undefined && { users_file: resolve(base, config.users_file) },
    listen: absolute === undefined ? listen : { ...listen, tls: absolute },
  };
}

async function tlsMistakes(config: Config): Promise<readonly Mistake[]> {
  const { tls } = config.listen;
  if (tls === undefined) return [];
  const read = await Promise.all([
    readPem(tls.cert, 'CERTIFICATE', ['listen', 'tls', 'cert']),
    readPem(tls.key, 'PRIVATE KEY', ['listen', 'tls', 'key']),
  ]);
  return read.flatMap((each) => 'mistake' in each ? [each.mistake] : []);
}

/** Names of files give way to what is in them. */
export async function withFiles(
  config: Config,
  stored: StoredConfiguration = NOTHING_STORED,
): Promise<{ readonly config: Config; readonly mistakes: readonly Mistake[] }> {
  const { input, base } = config;
  const [server, ...issuers] = await Promise.all([
    withServerCertificates(config, base),
    ...config.issuers.map((issuer) => withIssuerFiles(issuer, base)),
  ]);
  const { inputs } = issuerInputs(input, stored);
  const [first, ...others] = issuers.map(({ issuer }) => issuer);
  if (first === undefined) throw new TypeError('Cannot load a configuration without an issuer');
  return {
    config: { ...server.config, issuers: [first, ...others] },
    mistakes: [
      ...server.mistakes,
      ...issuers.flatMap(({ mistakes }, index) =>
        mistakes.map((each) => inputs[index]?.place(each) ?? each)
      ),
    ],
  };
}

async function withIssuerFiles(
  issuer: IssuerConfig,
  base: string,
): Promise<{ readonly issuer: IssuerConfig; readonly mistakes: readonly Mistake[] }> {
  const { settings } = issuer;
  const authorities = await Promise.all(
    settings.client_certificate_authorities.map((text, index) =>
      pemOf(text, base, ['client_certificate_authorities', index])
    ),
  );
  const { branding, mistakes } = await readBranding(issuer.branding, base);
  const { bootstrap } = issuer;
  return {
    issuer: {
      ...issuer,
      branding,
      ...bootstrap !== undefined && { bootstrap: absoluteBootstrap(bootstrap, base) },
      settings: { ...settings, client_certificate_authorities: textsOf(authorities) },
    },
    mistakes: [...mistakesOf(authorities), ...mistakes],
  };
}

function absoluteBootstrap(bootstrap: BootstrapSettings, base: string): BootstrapSettings {
  const { file, users } = bootstrap;
  return {
    ...bootstrap,
    file: resolve(base, file),
    ...users !== undefined && { users: resolve(base, users) },
  };
}

async function withServerCertificates(
  config: Config,
  base: string,
): Promise<{ readonly config: Config; readonly mistakes: readonly Mistake[] }> {
  const { outbound: { ca, ...outbound } } = config;
  const own = ca === undefined ? [] : [await pemOf(ca, base, ['outbound', 'ca_file'])];
  const smtp = config.notifier?.kind === 'smtp' ? config.notifier : undefined;
  const ofSmtp = smtp?.ca === undefined
    ? []
    : [await pemOf(smtp.ca, base, ['notifier', 'smtp', 'ca'])];
  const [trusted] = textsOf(own);
  const [smtpCa] = textsOf(ofSmtp);
  return {
    config: {
      ...config,
      ...smtp !== undefined && smtpCa !== undefined && { notifier: { ...smtp, ca: smtpCa } },
      outbound: trusted === undefined ? outbound : { ...outbound, ca: trusted },
    },
    mistakes: mistakesOf([...own, ...ofSmtp]),
  };
}

/** A PEM text as it is, anything else as the name of a file. */
async function pemOf(text: string, base: string, path: Mistake['path']): Promise<Pem> {
  return text.startsWith('-----BEGIN ')
    ? { text }
    : await readPem(resolve(base, text), 'CERTIFICATE', path);
}

type Pem = { readonly text: string } | { readonly mistake: Mistake };

function mistakesOf(all: readonly Pem[]): readonly Mistake[] {
  return all.flatMap((each) => 'mistake' in each ? [each.mistake] : []);
}

function textsOf(all: readonly Pem[]): readonly string[] {
  return all.flatMap((each) => 'text' in each ? [each.text] : []);
}

async function readPem(file: string, mark: string, path: Mistake['path']): Promise<Pem> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return { mistake: { path, problem: 'must be a file that can be read', value: file } };
  }
  return new RegExp(`-----BEGIN [A-Z ]*${mark}-----`).test(text) ? { text } : {
    mistake: { path, problem: `must be a PEM file with a ${mark.toLowerCase()}`, value: file },
  };
}

function byLine(left: Mistake, right: Mistake): number {
  return (left.line ?? 0) - (right.line ?? 0);
}
