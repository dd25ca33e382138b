import type { Client } from '../spec/client.ts';
import { consents, withdrawals } from '../store/collections.ts';
import type { ConsentAnswer, ConsentRecord } from '../store/records.ts';
import type { Change } from '../store/store.ts';
import type { AuthorizationRequest } from './authorize/request.ts';
import { type ConsentMemory, questionDigest, savedForSeconds } from './consent.ts';
import type { Engine } from './engine.ts';
import type { Session } from './session.ts';

/** What is known, and what a commit that relies on it must find unchanged. */
export interface RecalledConsent extends ConsentMemory {
  readonly checks: Required<Change>['check'];
}

/** A request of a client, and who is to answer it. */
export interface ConsentQuestion {
  readonly session: Session;
  readonly client: Client;
  readonly request: AuthorizationRequest;
}

/** What the person has said of the client before, beside the session itself; nothing is read where nothing can count. */
export async function recallConsent(
  { session: { record, user }, client, request }: ConsentQuestion,
  engine: Engine,
): Promise<RecalledConsent> {
  const { store, settings: { issuer } } = engine;
  const { client_id } = client;
  const savedSeconds = savedForSeconds(client);
  const isKnown = record.clients.some((each) => each.client_id === client_id && each.answers);
  if (!isKnown && savedSeconds === undefined) return { checks: [] };
  const owner = [issuer, user.id, client_id] as const;
  const withdrawn = await withdrawals.get(store, ...owner);
  const withdrawal = {
    checks: [
      withdrawn === undefined ? withdrawals.absent(...owner) : withdrawals.check(withdrawn),
    ],
    ...(withdrawn === undefined ? {} : { withdrawn_at: withdrawn.value.at }),
  };
  if (savedSeconds === undefined) return withdrawal;
  const key = [...owner, questionDigest(request)] as const;
  const entry = await consents.get(store, ...key);
  if (entry === undefined) {
    return { ...withdrawal, checks: [...withdrawal.checks, consents.absent(...key)] };
  }
  const checks = [...withdrawal.checks, consents.check(entry)];
  const { at, expires_at } = entry.value;
  // The client's duration may have been shortened since.
  const isLive = Math.min(expires_at, at + savedSeconds) > engine.now();
  return { ...withdrawal, checks, ...(isLive ? { saved: entry.value } : {}) };
}

/** The writes that save an answer, or take back an earlier one that it replaces; none where answers are not saved. */
export function savedConsent(
  { session: { user }, client, request, answer, remember }: ConsentQuestion & {
    readonly answer: ConsentAnswer;
    /** Whether the person wanted that. */
    readonly remember: boolean;
  },
  engine: Engine,
): Pick<Change, 'put' | 'remove'> {
  const savedSeconds = savedForSeconds(client);
  if (savedSeconds === undefined) return {};
  const { client_id } = client;
  const digest = questionDigest(request);
  const key = [engine.settings.issuer, user.id, client_id, digest] as const;
  if (!remember) return { remove: [consents.key(...key)] };
  const expires_at = Math.floor(answer.at) + savedSeconds;
  const record: ConsentRecord = { ...answer, user: user.id, client_id, digest, expires_at };
  return { put: [consents.put(key, record, expires_at)] };
}
