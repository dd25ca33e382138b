import { fetchingForPosts, type PostAnswer, statusProblem } from '../../net/outbound.ts';
import type { Client } from '../../spec/client.ts';
import { deliveries } from '../../store/collections.ts';
import type { DeliveryAttempt, DeliveryRecord, EndedDeliveryRecord } from '../../store/records.ts';
import type { Entry } from '../../store/store.ts';
import { findClient, wasThere } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { observe } from '../observations.ts';
import { type DeliveryKind, KINDS } from './kinds.ts';
import { endedPut, waitingPut } from './new_delivery.ts';
import type { Attempted } from './turns.ts';

/** What is to be sent, and where the client wants it now. */
export interface Outgoing {
  readonly kind: DeliveryKind;
  readonly client: Client;
  readonly address: string;
}

/**
 * Longer than an attempt takes, fetching the client's keys included: from then on another process may make one. A
 * process that was halted for longer sends what another has sent, too.
 */
const CLAIM_SECONDS = 150;
/** Characters. */
const MAX_PROBLEM_LENGTH = 200;

/** The message, if it can still be sent; one that cannot ends here. */
export async function outgoing(
  entry: Entry<DeliveryRecord>,
  engine: Engine,
): Promise<Outgoing | undefined> {
  const { kind: name, client_id, created_at, expires_at = Infinity } = entry.value;
  const kind = KINDS.get(name);
  if (kind === undefined) return undefined;
  const found = await findClient(client_id, engine);
  const client = found && wasThere(found, created_at) ? found : undefined;
  const address = client && kind.addressOf(client);
  if (expires_at <= engine.now()) return await abandon(entry, 'it is too late', engine);
  if (client === undefined) return await abandon(entry, 'there is no such client', engine);
  if (address === undefined) {
    return await abandon(entry, 'the client has registered no URL for it', engine);
  }
  return { kind, client, address };
}

/** One attempt, whose end is written before this resolves; who had to wait for it may find another address, or none. */
export async function attempt(
  waiting: Entry<DeliveryRecord>,
  engine: Engine,
): Promise<Attempted> {
  const message = await outgoing(waiting, engine);
  const entry = message && await claim(waiting, engine);
  if (message === undefined || entry === undefined) return undefined;
  const { kind, client, address } = message;
  let answer: PostAnswer;
  try {
    const apart = { ...engine, outbound: fetchingForPosts(engine.outbound) };
    const request = await kind.requestOf(entry.value, client, apart);
    if (request === undefined) return await abandon(entry, 'there is nothing left to tell', engine);
    answer = await engine.outbound.post(address, request);
  } catch (cause) {
    // Such as a client's keys that cannot be had now.
    engine.log('warn', 'delivery.not_made', { ...told(entry.value), cause });
    const problem = cause instanceof Error ? cause.message : 'it cannot be made';
    answer = { ok: false, problem: problem.slice(0, MAX_PROBLEM_LENGTH).toWellFormed() };
  }
  await conclude(entry, kind, answer, engine);
  return answer.ok && answer.status < 500 ? 'answered' : 'silent';
}

/** So that no other process makes the same attempt. */
async function claim(
  { key, version, value }: Entry<DeliveryRecord>,
  engine: Engine,
): Promise<Entry<DeliveryRecord> | undefined> {
  const { store, now, settings: { issuer } } = engine;
  const claimed: DeliveryRecord = {
    ...value,
    attempts: value.attempts + 1,
    due_at: now() + CLAIM_SECONDS,
    claimed: true,
  };
  const outcome = await store.commit({
    check: [{ key, version }],
    put: [waitingPut(claimed, issuer)],
  });
  if (outcome === 'conflict') return undefined;
  const entry = await deliveries.get(store, issuer, value.id);
  return entry?.value.due_at === claimed.due_at ? entry : undefined;
}

async function conclude(
  entry: Entry<DeliveryRecord>,
  kind: DeliveryKind,
  answer: PostAnswer,
  engine: Engine,
): Promise<void> {
  const { claimed: _, ...record } = entry.value;
  const at = engine.now();
  const problem = answer.ok ? problemOf(answer.status, answer.body) : answer.problem;
  const last: DeliveryAttempt = {
    at,
    ...answer.ok && { status: answer.status },
    ...problem !== undefined && { problem },
  };
  if (problem === undefined) return await end(entry, last, 'delivered', engine);
  const { client_id } = record;
  observe({ kind: 'delivery', client_id, value: problem, endpoint: record.kind }, engine);
  const pause = answer.ok && !isTemporary(answer.status)
    ? undefined
    : kind.retrySeconds[record.attempts - 1];
  const due_at = pause === undefined ? Infinity : at + pause * jitter();
  if (due_at >= (record.expires_at ?? Infinity)) return await end(entry, last, 'given_up', engine);
  const outcome = await engine.store.commit({
    check: [deliveries.check(entry)],
    put: [waitingPut({ ...record, due_at, last }, engine.settings.issuer)],
  });
  if (outcome === 'conflict') return;
  engine.log('warn', 'delivery.failed', {
    ...told(record),
    ...outcomeOf(last),
    next_at: new Date(due_at * 1000).toISOString(),
  });
}

async function end(
  entry: Entry<DeliveryRecord>,
  last: DeliveryAttempt,
  outcome: EndedDeliveryRecord['outcome'],
  engine: Engine,
): Promise<void> {
  const { store, settings: { issuer } } = engine;
  const { due_at: _due, claimed: _claimed, ...record } = entry.value;
  // What was given up may be tried again by hand.
  const content = outcome === 'delivered' ? {} : record.content;
  const written = await store.commit({
    check: [deliveries.check(entry)],
    put: [endedPut({ ...record, content, last, outcome, ended_at: last.at }, issuer)],
    remove: [entry.key],
  });
  if (written === 'conflict') return;
  engine.log(outcome === 'delivered' ? 'info' : 'warn', `delivery.${outcome}`, {
    ...told(record),
    ...outcomeOf(last),
  });
}

/** For the log, whose lines have a time of their own. */
function outcomeOf({ at: _, ...outcome }: DeliveryAttempt): Omit<DeliveryAttempt, 'at'> {
  return outcome;
}

async function abandon(
  entry: Entry<DeliveryRecord>,
  problem: string,
  engine: Engine,
): Promise<undefined> {
  await end(entry, { at: engine.now(), problem }, 'given_up', engine);
}

/** Whether the same message may be taken another time: RFC 9110 §15.6, §15.5.9; RFC 6585 §4. */
function isTemporary(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/** With the error code, where the answer has one: Back-Channel Logout §2.8. */
function problemOf(status: number, body: string): string | undefined {
  const problem = statusProblem(status);
  const code = problem === undefined ? undefined : errorOf(body);
  return code === undefined ? problem : `${problem}: ${code}`;
}

function errorOf(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { readonly error?: unknown };
    // RFC 6749 §5.2
    const isCode = typeof error === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(error);
    return isCode ? error.slice(0, MAX_PROBLEM_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}

/** Between four fifths and six: those that failed together do not come back together. */
function jitter(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return 0.8 + 0.4 * random / 2 ** 32;
}

function told(record: Omit<DeliveryRecord, 'due_at'>): Readonly<Record<string, unknown>> {
  const { id, kind, client_id, sid, attempts } = record;
  return { id, kind, client_id, ...sid !== undefined && { sid }, attempts };
}
