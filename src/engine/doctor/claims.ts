import type { Client } from '../../spec/client.ts';
import type { ClientUse } from '../../store/records.ts';
import { visitAsked } from '../claims/select.ts';
import { clientName, type Patient, type Remark, setOption, shownAll, time } from './finding.ts';

/** ID tokens after which a client that never asked UserInfo is taken for one that does not know of it. */
const ENOUGH_TOKENS = 3;

/** Core §5.4: what scopes grant is at UserInfo. A client that reads the ID token alone misses it. */
export function missedClaims(patient: Patient): readonly Remark[] {
  return [...patient.seen].flatMap(([client_id, { use, userinfo_at }]) => {
    const client = patient.clients.get(client_id);
    if (client === undefined || use === undefined || use.at < (client.created_at ?? 0)) return [];
    if (use.tokens < ENOUGH_TOKENS || userinfo_at !== undefined) return [];
    const missed = onlyAtUserinfo(client, use, patient);
    return missed.length === 0 ? [] : [remark(client, use, missed)];
  });
}

function onlyAtUserinfo(
  client: Client,
  { scope }: ClientUse,
  { engine }: Patient,
): readonly string[] {
  const authorization = { scope, claims: { userinfo: [], id_token: [] } };
  const asked = { authorization, client, engine, hasUserinfo: true };
  const atUserinfo = new Set<string>();
  // Core §2: it is in every one.
  const inIdToken = new Set(['sub']);
  visitAsked('userinfo', asked, (claim) => atUserinfo.add(claim));
  visitAsked('id_token', asked, (claim) => inIdToken.add(claim));
  return [...atUserinfo].filter((claim) => !inIdToken.has(claim));
}

function remark(client: Client, use: ClientUse, missed: readonly string[]): Remark {
  return {
    severity: 'warning',
    about: clientName(client),
    found: `got ${use.tokens} or more ID tokens for ${shownAll(use.scope)} since ${
      time(use.first_at)
    } and never asked UserInfo, where alone it finds ${shownAll(missed)}`,
    change: `have the application call the userinfo_endpoint, or ${intoIdToken(client, missed)}`,
  };
}

function intoIdToken(client: Client, missed: readonly string[]): string {
  const { claims_policy } = client;
  return claims_policy === undefined
    ? setOption(client, 'claims_in_id_token', true)
    : `add what it needs to claims_policies.${claims_policy}.id_token in the configuration file: ${
      missed.slice(0, 3).join(', ')
    }`;
}
