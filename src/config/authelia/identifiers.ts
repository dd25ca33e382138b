import type { SubjectRow } from '../../engine/administration/subjects.ts';
import { sectorOf } from '../../engine/sector.ts';
import { isMap } from '../../spec/is_map.ts';
import { readYaml } from '../../spec/yaml.ts';

/**
 * What `authelia storage user identifiers export` wrote, as lines that `importSubjects` reads; undefined for any other
 * text. What is not of OpenID Connect is left out.
 */
export function readIdentifiers(text: string, issuer: string): string | undefined {
  if (!/^\s*(?:#.*\s+|---\s+)*["']?identifiers["']?:/.test(text)) return undefined;
  const read = readYaml(text);
  const list = read.ok && isMap(read.value) ? read.value['identifiers'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.filter(isMap)
    .filter(({ service }) => service === 'openid')
    .map(({ sector_id, username, identifier }) => {
      const row = { issuer, sector: sectorFrom(sector_id), username, sub: identifier };
      return `${JSON.stringify(row satisfies Record<keyof SubjectRow, unknown>)}\n`;
    }).join('');
}

/** Empty for public clients; else the sector_identifier_uri, which was once a host alone. */
function sectorFrom(sector_id: unknown): string {
  const text = typeof sector_id === 'string' ? sector_id : '';
  const uri = /^https?:\/\//.test(text) ? text : `https://${text}/`;
  const isSector = text !== '' && URL.canParse(uri);
  return sectorOf({
    client_id: '',
    redirect_uris: [],
    ...isSector
      ? { subject_type: 'pairwise', sector_identifier_uri: uri } as const
      : { subject_type: 'public' } as const,
  });
}
