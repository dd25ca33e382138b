import type { Client } from '../../spec/client.ts';
import type { Authorization, PolledRecord } from '../../store/records.ts';
import type { Put } from '../../store/store.ts';
import { keptAddress } from '../authorization_policy.ts';
import { allowedBy, type Approval } from '../consent.ts';
import type { Engine } from '../engine.ts';
import { putSession, type Session } from '../session.ts';
import { noteUse } from '../session_clients.ts';

/** Who answers, and from where. */
export interface Answerer {
  readonly session: Session;
  readonly address: string | undefined;
}

/** The record with what the person said. An approval grants at most what was asked for, whatever else it names (T110). */
export function answered<R extends PolledRecord>(
  record: R,
  client: Client,
  approval: Approval | 'denied',
  answerer: Answerer,
  engine: Engine,
): R {
  const answer = approval === 'denied'
    ? approval
    : authorizationOf(record, client, approval, answerer, engine);
  return { ...record, answer };
}

/** The client takes part in the session that its ID tokens name. Back-Channel Logout §2.3 */
export function partPuts(
  { answer }: PolledRecord,
  client: Client,
  { session: { record } }: Answerer,
  engine: Engine,
): readonly Put[] {
  if (typeof answer !== 'object') return [];
  const { scope, resource } = answer;
  const used = noteUse(record, { client, scope, resource }, undefined, engine);
  return used === undefined ? [] : putSession(used, engine);
}

function authorizationOf(
  { client_id, scope, resource, authorization_details }: PolledRecord,
  client: Client,
  approval: Approval,
  { session: { record: { user, sid, auth_time, amr, acr } }, address }: Answerer,
  engine: Engine,
): Authorization {
  const claims = { userinfo: [], id_token: [] };
  return {
    client_id,
    user,
    granted_at: engine.now(),
    ...keptAddress(address, client, engine),
    scope: allowedBy(approval, { scope, claims }, client).scope,
    resource,
    claims,
    ...(authorization_details === undefined ? {} : { authorization_details }),
    authentication: { sid, auth_time, amr, acr },
  };
}
