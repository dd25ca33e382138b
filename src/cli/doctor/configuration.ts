import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/config.ts';
import { configFiles, type ConfigSource } from '../../config/load.ts';
import type { Finding } from '../../engine/doctor/finding.ts';
import { isMap } from '../../spec/is_map.ts';
import type { Settings } from '../../spec/settings.ts';
import { describeMistake, type Mistake } from '../../spec/mistake.ts';
import { isLoopbackHost } from '../../spec/redirect_uri.ts';

export function mistakeFindings(mistakes: readonly Mistake[]): readonly Finding[] {
  return mistakes.map((mistake) => ({
    check: 'configuration',
    severity: 'error',
    about: mistake.source ?? 'configuration',
    found: describeMistake(mistake),
    change: 'correct it there; ostiary config schema describes every option',
  }));
}

/** What is allowed, and hardly meant. */
export function configurationFindings(
  config: Config,
  warnings: readonly Mistake[],
): readonly Finding[] {
  const about = config.file ?? 'configuration';
  return [
    ...warnings.map((warning): Finding => ({
      check: 'configuration',
      severity: 'warning',
      about: warning.source ?? about,
      found: describeMistake(warning),
      change: 'see whether it is meant so',
    })),
    ...config.issuers.flatMap(({ settings }) => issuerFindings(settings, config, about)),
  ];
}

function issuerFindings(
  { issuer, password_reset }: Settings,
  config: Config,
  about: string,
): readonly Finding[] {
  const { hostname, protocol } = new URL(issuer);
  const findings: Finding[] = [];
  if (config.development && !isLoopbackHost(hostname)) {
    findings.push({
      check: 'development',
      severity: protocol === 'http:' ? 'error' : 'warning',
      about,
      found:
        `development is on, and ${issuer} is not on loopback: passwords and codes may travel ` +
        'without encryption',
      change: protocol === 'http:'
        ? 'set issuer to an https address, and take development: true away'
        : 'take development: true away',
    });
  }
  if (protocol === 'https:' && config.listen.tls === undefined && isWithoutProxies(config)) {
    findings.push({
      check: 'trusted_proxies',
      severity: 'warning',
      about,
      found:
        'the issuer is https and listen has no tls, so that a proxy stands before this server, ' +
        'and trusted_proxies is empty: all people seem to come from the proxy',
      change:
        'set trusted_proxies to the proxy’s address: [ 127.0.0.1/32 ] if it is on this machine',
    });
  }
  if (password_reset.enabled && isFileNotifier(config)) {
    findings.push({
      check: 'notifier',
      severity: 'note',
      about,
      found: 'people may ask for a new password, and the links go to a file that only you can read',
      change: 'set notifier: { smtp: … } or { webhook: … }, or password_reset: { enabled: false }',
    });
  }
  return findings;
}

function isWithoutProxies({ trusted_proxies }: Config): boolean {
  return trusted_proxies.length === 0;
}

function isFileNotifier({ notifier }: Config): boolean {
  return notifier === undefined || notifier.kind === 'file';
}

/** As far as it can be told from a configuration with mistakes. */
export async function dataDirectoryOf(source: ConfigSource): Promise<string> {
  const { directory, environment, flags } = source;
  const told = flags?.data ?? (environment['OSTIARY_DATA'] || undefined);
  if (told !== undefined) return resolve(directory, told);
  for (const file of configFiles(source)) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { readYaml } = await import('../../spec/yaml.ts');
    const read = readYaml(text);
    const data = read.ok && isMap(read.value) ? read.value['data'] : undefined;
    return resolve(dirname(file), typeof data === 'string' ? data : 'data');
  }
  return resolve(directory, 'data');
}
