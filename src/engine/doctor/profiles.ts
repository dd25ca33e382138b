import type { Client } from '../../spec/client.ts';
import { profileProblems } from '../../spec/profile_problems.ts';
import { clientName, type Patient, type Remark } from './finding.ts';

/** Clients of the store that were registered before the issuer had its profile: it holds for them, whatever they say. */
export function clientProfiles({ engine }: Patient): (client: Client) => readonly Remark[] {
  const { profile } = engine.settings;
  return (client) => {
    const problems = profileProblems(client, profile);
    return problems.length === 0 ? [] : [{
      severity: 'warning',
      about: clientName(client),
      // All of them, since all must change at once.
      found: `is registered for what profile ${profile} does not let it do: ${
        problems.map(({ field, problem }) =>
          `${field} ${problem.replace(` under profile ${profile}`, '')}`
        ).join('; ')
      }`,
      change:
        `ostiary client update ${client.client_id} --metadata-file F.json, with jwks_uri or whatever else it asks for in ` +
        'F.json; fields that stand at their default follow the profile by themselves',
    }];
  };
}
