import type { ExportedClient } from '../engine/administration/export.ts';
import type { ExportedKey } from '../keys/export.ts';
import { isMap } from '../spec/is_map.ts';
import { printable } from '../spec/mistake.ts';
import { writeYaml } from '../spec/yaml.ts';
import { OF_THE_MACHINE } from './own_file.ts';

export interface ExportParts {
  readonly issuer: string;
  /** What the configuration says of the issuer, as it stands there. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly clients: readonly ExportedClient[];
  /** Absent: they stay here, and so do the secrets of the notifier. */
  readonly privateKeys?: readonly ExportedKey[];
}

/** What was left out, and why. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

export interface Exported {
  /** An `ostiary.yaml`; with private keys, a file for `ostiary import ostiary`. */
  readonly yaml: string;
  readonly left_out: readonly LeftOut[];
}

/** The provider as a file that makes another the same: what is left out stands in it as a comment. */
export function exportConfig({ issuer, options, clients, privateKeys }: ExportParts): Exported {
  const hasKeys = privateKeys !== undefined;
  const { issuer: _issuer, clients: _clients, ...rest } = options;
  const kept = Object.fromEntries(
    Object.entries(rest).filter(([name]) => whyNot(name, hasKeys) === undefined),
  );
  const whole = clients.filter(({ lacks }) => lacks === undefined);
  const lacking = clients.filter(({ lacks }) => lacks !== undefined);
  const left_out: readonly LeftOut[] = [
    ...Object.keys(rest).flatMap((name) => {
      const why = whyNot(name, hasKeys);
      return why === undefined ? [] : [{ what: name, why }];
    }),
    ...filesIn(kept).map((what) => ({ what, why: 'names a file: take it along' })),
    ...lacking.map(({ client_id, lacks = '' }) => ({ what: `client ${client_id}`, why: lacks })),
  ];
  const document = {
    issuer,
    ...kept,
    ...whole.length > 0 && { clients: whole.map(entryOf) },
    ...hasKeys && { private_keys: privateKeys },
  };
  const yaml = [
    hasKeys
      ? '# For ostiary import ostiary: private_keys is no option of a configuration file.\n'
      : '',
    ...left_out.map(({ what, why }) => `# ${printable(`${what}: ${why}`)}\n`),
    writeYaml(document),
    lacking.length === 0 ? '' : commented(lacking),
  ];
  return { yaml: yaml.join(''), left_out };
}

function whyNot(name: string, hasKeys: boolean): string | undefined {
  if (OF_THE_MACHINE.has(name)) return 'is of the machine, not of the provider';
  return name === 'notifier' && !hasKeys ? 'holds secrets: it comes with --with-keys' : undefined;
}

function entryOf(
  { client_id, metadata, client_secret }: ExportedClient,
): Readonly<Record<string, unknown>> {
  return { client_id, ...client_secret !== undefined && { client_secret }, ...metadata };
}

/** Clients that need a secret before anybody can use them. */
function commented(lacking: readonly ExportedClient[]): string {
  const text = writeYaml({ clients: lacking.map(entryOf) }).replace(/\n$/, '');
  const head = 'Clients that need a new client_secret before they can stand under clients:';
  return [head, ...text.split('\n')].map((line) => `# ${line}\n`).join('');
}

const FILES = [['branding', 'logo'], ['branding', 'style_sheet'], ['outbound', 'ca_file']] as const;

/** Options that name files, of those that are kept. */
function filesIn(options: Readonly<Record<string, unknown>>): readonly string[] {
  const authorities: readonly unknown[] = Array.isArray(options['client_certificate_authorities'])
    ? options['client_certificate_authorities']
    : [];
  return [
    ...FILES.filter(([section, name]) => {
      const map = options[section];
      return isMap(map) && map[name] !== undefined;
    }).map((path) => path.join('.')),
    ...authorities.flatMap((each, index) =>
      typeof each === 'string' && !each.startsWith('-----BEGIN ')
        ? [`client_certificate_authorities[${index}]`]
        : []
    ),
  ];
}
