import type { Client } from '../../spec/client.ts';
import { isSigning } from '../../spec/identifiers.ts';
import { keyIdProblems, signingAlgsOf } from '../client_algorithms.ts';
import { clientName, days, type Patient, type Remark, setOption, shown, time } from './finding.ts';

/** What ends within so many seconds is told of. */
export const SOON = 21 * 86_400;

/** RFC 7591 §3.2.1; T045. Those of the file have no end. */
export function clientSecrets({ nowSeconds }: Patient): (client: Client) => readonly Remark[] {
  return (client) => {
    const { client_secret, client_secret_expires_at: end = 0 } = client;
    if (client_secret === undefined || end === 0 || end > nowSeconds + SOON) return [];
    const isOver = end <= nowSeconds;
    return [{
      severity: isOver ? 'error' as const : 'warning' as const,
      about: clientName(client),
      found: isOver
        ? `its secret expired at ${time(end)}, so it is refused`
        : `its secret expires at ${time(end)}, in ${days(end - nowSeconds)}`,
      change:
        `ostiary client secret ${client.client_id}, and bring the new secret to the application`,
    }];
  };
}

/** What is registered to be signed, and nothing can sign. */
export function clientAlgorithms({ engine }: Patient): (client: Client) => readonly Remark[] {
  const algs = new Set(
    engine.keys.describe().filter(({ use }) => use === 'sig').map(({ alg }) => alg),
  );
  return (client) => {
    const without = [...new Set(signingAlgsOf(client))]
      .filter((alg) => isSigning(alg) && !algs.has(alg));
    return [
      ...without.map((alg) => ({
        severity: 'error' as const,
        about: clientName(client),
        found: `is registered for ${alg}, and this server has no such key`,
        change:
          'look into the log for keys.not_made, or bring a key of your own: ostiary key import FILE',
      })),
      ...keyIdProblems(client, engine).map((problem) => keyIdRemark(client, problem)),
    ];
  };
}

function keyIdRemark(
  client: Client,
  { field, problem }: { readonly field: string; readonly problem: string },
): Remark {
  return {
    severity: 'error',
    about: clientName(client),
    found: `${field} ${shown(problem)}`,
    change: `take a kid of ostiary key list, and ${setOption(client, field, 'KID')}`,
  };
}
