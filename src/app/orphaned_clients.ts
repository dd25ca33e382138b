import { referenceProblems } from '../engine/administration/client_options.ts';
import type { Engine } from '../engine/engine.ts';
import type { Settings } from '../spec/settings.ts';
import { clients } from '../store/collections.ts';
import type { OptionPlan } from './plan_options.ts';

/** Options whose names clients rest on. */
const NAMED: ReadonlySet<string | undefined> = new Set([
  'authorization_policies',
  'claims_policies',
  'token_exchange_policies',
  'lifespans',
  'scopes',
  'resources',
]);

const MAX_TOLD = 5;

/** Why clients of the store would name what is not there any more; undefined when none would. */
export async function orphanedClients(
  plan: OptionPlan,
  settings: Settings,
  engine: Engine,
): Promise<string | undefined> {
  // What is set adds names, or gives one another meaning; a resource may lose scopes.
  const mayTakeAway = [...plan.unset, ...plan.set.filter(({ before }) => before !== undefined)];
  if (!mayTakeAway.some(({ path }) => NAMED.has(path[0]))) return undefined;
  const told: string[] = [];
  for await (const { value } of clients.list(engine.store, [settings.issuer])) {
    const before = new Set(referenceProblems(value, engine.settings).map(({ problem }) => problem));
    const [problem] = referenceProblems(value, settings).filter((each) =>
      !before.has(each.problem)
    );
    if (problem === undefined) continue;
    told.push(`client ${value.client_id}: ${problem.field} ${problem.problem}`);
    if (told.length === MAX_TOLD) break;
  }
  return told.length === 0 ? undefined : told.join('; ');
}
