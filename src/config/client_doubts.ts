import { type Mistake, mistake } from '../spec/mistake.ts';
import type { Draft } from './rules.ts';

/** A client that an option names, and where. */
export interface NamedClient {
  readonly path: Mistake['path'];
  readonly client_id: string;
}

/** Those that the file does not define; `prefix` is what stands before their names there. */
export function clientDoubts(
  named: readonly NamedClient[],
  { clients }: Draft,
  prefix = '',
): readonly Mistake[] {
  const known = new Set(clients.map(({ value }) => value.client_id));
  const problem = 'names a client that this file does not define; it must then be in the store';
  return named.filter(({ client_id }) => !known.has(client_id))
    .map(({ path, client_id }) => ({
      ...mistake(path, problem, prefix + client_id),
      isOfFileAlone: true,
    }));
}
