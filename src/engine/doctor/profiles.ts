import type { Client } from '../../spec/client.ts';
import { profileProblems } from '../../spec/profile_problems.ts';
import { clientName, type Patient, type Remark, shownAll } from './finding.ts';

/** Clients of the store that were registered before the issuer had its profile: it holds for them, whatever they say. */
export function clientProfiles({ engine }: Patient): (client: Client) => readonly Remark[] {
  const { profile } = engine.settings;
  return (client) => {
    const problems = profileProblems(client, profile);
    return problems.length === 0 ? [] : [{
      severity: 'warning',
      about: clientName(client),
      found: `is registered for what profile ${profile} does not let it do: ${
        shownAll(problems.map(({ field, problem }) => `${field} ${problem}`))
      }`,
      change:
        `ostiary client update ${client.client_id} --metadata-file F.json, with these fields in F.json`,
    }];
  };
}
