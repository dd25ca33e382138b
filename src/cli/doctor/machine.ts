import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { Config } from '../../config/config.ts';
import { SOON } from '../../engine/doctor/clients.ts';
import { days, type Finding, time } from '../../engine/doctor/finding.ts';
import { type Certificate, certificatesOfPem } from '../../keys/certificate.ts';
import { STORAGE_KEY_FILE } from '../../keys/storage_key.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const MEBIBYTE = 1024 * 1024;
/** Of a disk: below the one soon nothing can be written, below the other it is time to look. */
const LITTLE_ROOM = 512 * MEBIBYTE;
const HARDLY_ROOM = 64 * MEBIBYTE;

/** What this machine has beside the records: files, who may read them, the disk, certificates. */
export async function machineFindings(
  config: Config,
  environment: Environment,
): Promise<readonly Finding[]> {
  const { tls } = config.listen;
  return [
    ...config.storage.engine === 'file' ? await directoryFindings(config.data, environment) : [],
    ...await looseFiles([
      ...config.file !== undefined && hasSecrets(config)
        ? [{ path: config.file, what: 'holds secrets in plain text' }]
        : [],
      ...config.users_file === undefined
        ? []
        : [{ path: config.users_file, what: 'holds digests of passwords' }],
      ...tls === undefined ? [] : [{ path: tls.key, what: 'holds the private key of TLS' }],
    ], 0o007),
    ...tls === undefined ? [] : await certificateFindings(tls.cert),
  ];
}

/** Of the data directory, whether or not a server has it open. */
export async function directoryFindings(
  data: string,
  environment: Environment,
): Promise<readonly Finding[]> {
  const key = join(data, STORAGE_KEY_FILE);
  return [
    ...await looseFiles([
      { path: data, what: 'holds all data' },
      { path: key, what: 'opens everything that is sealed in the store' },
      { path: join(data, 'control.json'), what: 'lets whoever reads it command the server' },
    ], 0o077),
    ...await missingKey(data, key, environment),
    ...await diskFindings(data),
  ];
}

interface PrivateFile {
  readonly path: string;
  readonly what: string;
}

/** Files that others may read or write, by the bits of their mode. T138 */
async function looseFiles(
  files: readonly PrivateFile[],
  bits: number,
): Promise<readonly Finding[]> {
  // There, modes say nothing.
  if (process.platform === 'win32') return [];
  const found = await Promise.all(files.map(async ({ path, what }): Promise<Finding[]> => {
    const status = await stat(path).catch(() => undefined);
    if (status === undefined || (status.mode & bits) === 0) return [];
    const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
    return [{
      check: 'permissions',
      severity: 'warning',
      about: path,
      found: `it ${what}, and its mode ${mode} lets others at it`,
      change: `chmod ${status.isDirectory() ? '700' : bits === 0o007 ? 'o=' : '600'} ${path}`,
    }];
  }));
  return found.flat();
}

function hasSecrets({ notifier, issuers }: Config): boolean {
  if (notifier?.kind === 'webhook' || notifier?.kind === 'smtp' && notifier.credentials) {
    return true;
  }
  return issuers.some(({ settings }) =>
    [...settings.clients.values()].some(({ client_secret }) =>
      client_secret?.startsWith('$plaintext$') === true
    )
  );
}

/** A running server has it in memory: only the next start would fail. */
async function missingKey(
  data: string,
  key: string,
  environment: Environment,
): Promise<readonly Finding[]> {
  if (environment['OSTIARY_STORAGE_KEY']) return [];
  const hasStore = await stat(join(data, 'store.json')).then(() => true, () => false);
  const isMissing = await stat(key).then(
    () => false,
    (error: { code?: string }) => error.code === 'ENOENT',
  );
  return !hasStore || !isMissing ? [] : [{
    check: 'storage_key',
    severity: 'error',
    about: key,
    found:
      'there is a store without the key that opens what is sealed in it, so no server can start',
    change: 'put secret.key back from the backup, or hand it over as OSTIARY_STORAGE_KEY',
  }];
}

async function diskFindings(data: string): Promise<readonly Finding[]> {
  const disk = await statfs(data).catch(() => undefined);
  if (disk === undefined) return [];
  const free = disk.bavail * disk.bsize;
  return free >= LITTLE_ROOM ? [] : [roomFinding(data, free)];
}

export function roomFinding(data: string, freeBytes: number): Finding {
  return {
    check: 'disk',
    severity: freeBytes < HARDLY_ROOM ? 'error' : 'warning',
    about: data,
    found: `its disk has ${Math.floor(freeBytes / MEBIBYTE)} MiB left`,
    change:
      'make room: when the disk is full, nobody can sign in; ostiary store compact gives some back',
  };
}

async function certificateFindings(file: string): Promise<readonly Finding[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const nowSeconds = Date.now() / 1000;
  return certificatesOfPem(text).flatMap((certificate, index) =>
    certificate === undefined ? [] : validity(certificate, index, file, nowSeconds)
  );
}

function validity(
  { notBefore, notAfter }: Certificate,
  index: number,
  file: string,
  nowSeconds: number,
): readonly Finding[] {
  const isEarly = notBefore > nowSeconds;
  if (!isEarly && notAfter > nowSeconds + SOON) return [];
  const isOver = notAfter <= nowSeconds;
  const which = index === 0 ? 'the certificate' : `certificate ${index + 1} of the chain`;
  return [{
    check: 'tls_certificate',
    severity: isEarly || isOver ? 'error' : 'warning',
    about: file,
    found: isEarly
      ? `${which} is valid from ${time(notBefore)} only, and the clock says ${time(nowSeconds)}`
      : isOver
      ? `${which} expired at ${time(notAfter)}`
      : `${which} expires at ${time(notAfter)}, in ${days(notAfter - nowSeconds)}`,
    change: isEarly
      ? 'set the clock of this machine, or take another certificate'
      : 'have it renewed, put it there, and restart the server: listen.tls is read at the start',
  }];
}
