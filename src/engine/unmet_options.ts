import { idleAccess } from '../policy/access.ts';
import type { PolicyRule } from '../spec/authorization_policy.ts';
import type { Settings } from '../spec/settings.ts';
import { findClient } from './clients.ts';
import type { Engine } from './engine.ts';

/** An option that does nothing as things stand, wherever it is kept. */
export interface UnmetOption {
  /** Its path. */
  readonly about: string;
  /** A sentence that the path begins. */
  readonly problem: string;
}

/** What the file alone cannot tell: clients may be in the store, and so may options that name them. */
export async function unmetOptions(
  engine: Engine,
  hasProxies: boolean,
): Promise<readonly UnmetOption[]> {
  const { settings } = engine;
  const unmet: UnmetOption[] = idleAccess(settings.access_control, hasProxies)
    .map(({ path, problem }) => ({ about: path.join('.'), problem }));
  for (const { about, client_id } of namedClients(settings)) {
    if (await findClient(client_id, engine) !== undefined) continue;
    const problem =
      `names the client ${client_id}, which neither the configuration file nor the store defines`;
    unmet.push({ about, problem });
  }
  return unmet;
}

interface NamedClient {
  readonly about: string;
  readonly client_id: string;
}

function namedClients(settings: Settings): readonly NamedClient[] {
  const { access_control, authorization_policies, token_exchange_policies, resources } = settings;
  const named = (about: string, ids: readonly string[]): readonly NamedClient[] =>
    [...new Set(ids)].map((client_id) => ({ about, client_id }));
  return [
    ...access_control.rules.flatMap((rule, index) =>
      named(`access_control.rules[${index}].subject`, clientsOf(rule))
    ),
    ...[...authorization_policies].flatMap(([name, { rules }]) =>
      rules.flatMap((rule, index) =>
        named(`authorization_policies.${name}.rules[${index}].subject`, clientsOf(rule))
      )
    ),
    ...[...token_exchange_policies].flatMap(([name, { subject_clients = [] }]) =>
      named(`token_exchange_policies.${name}.subject_clients`, subject_clients)
    ),
    ...[...resources.values()].flatMap(({ resource, introspection_clients }) =>
      named(`introspection_clients of the resource ${resource}`, introspection_clients)
    ),
  ];
}

function clientsOf({ subject = [] }: Pick<PolicyRule, 'subject'>): readonly string[] {
  return subject.flat().flatMap(({ kind, name }) => kind === 'client' ? [name] : []);
}
