import type { Actor, Provenance } from '../../store/records.ts';

/** What a record that somebody brings into the store says of where it comes from. */
export function provenanceOf({ kind }: Actor): Provenance {
  return PROVENANCE[kind];
}

const PROVENANCE = {
  cli: 'cli',
  api: 'api',
  console: 'api',
  dcr: 'dcr',
  import: 'import',
  // What the configuration brings in, be it at start.
  file: 'import',
  system: 'import',
} as const satisfies Record<Actor['kind'], Provenance>;
