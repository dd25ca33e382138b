import type { Site } from '../endpoints/site.ts';
import { requiredLevel } from '../engine/authorization_policy.ts';
import { needsSecondFactor } from '../engine/authorize/decide.ts';
import { wishedAcr } from '../engine/authorize/request.ts';
import { findWaitingRequest, type WaitingRequest } from '../engine/ciba/answer.ts';
import { type DevicePassage, isRecentEnough } from '../engine/device/passage.ts';
import type { Engine } from '../engine/engine.ts';
import { canShowSecondFactor } from '../engine/factors/factors.ts';
import { missingProof } from '../engine/fresh.ts';
import { findSession, type Session } from '../engine/session.ts';
import type { Client } from '../spec/client.ts';
import type { BrowserCookies } from './cookies.ts';

/** What stands between a person and an answer. */
export type Standing =
  | { readonly kind: 'login' }
  | { readonly kind: 'second_factor'; readonly session: Session }
  | { readonly kind: 'denied' }
  | { readonly kind: 'ready'; readonly session: Session };

/** A device's request, and by whom it came. */
export interface DeviceQuestion {
  readonly passage: DevicePassage;
  readonly client: Client;
  readonly scope: readonly string[];
}

export async function deviceStanding(
  { passage, client, scope }: DeviceQuestion,
  { session: cookie, place }: BrowserCookies,
  { engine }: Site,
): Promise<Standing> {
  const session = await findSession(cookie, engine);
  if (session === undefined || !isRecentEnough(session.record, passage, client, engine.now())) {
    return { kind: 'login' };
  }
  // A device sends no acr_values.
  return await levelStanding(session, { client, scope, acr_values: [], place }, engine);
}

/** Whoever is asked must have proven lately who they are, and as much as the client's policy and the request want. T072 */
export async function requestStanding(
  { client, entry: { value } }: WaitingRequest,
  { session: cookie, place }: BrowserCookies,
  { engine }: Site,
): Promise<Standing> {
  const session = await findSession(cookie, engine);
  if (session === undefined || session.user.id !== value.user) return { kind: 'login' };
  const { created_at, scope, acr_values } = value;
  if (!isRecentEnough(session.record, { at: created_at }, client, engine.now())) {
    return { kind: 'login' };
  }
  switch (await missingProof(session, engine)) {
    case 'password':
      return { kind: 'login' };
    case 'second_factor':
      return { kind: 'second_factor', session };
    case undefined:
      return await levelStanding(session, { client, scope, acr_values, place }, engine);
  }
}

/** The same on the way there; a request that is over leads to the page, which says so. */
export async function standingOfRequest(
  id: string,
  cookies: BrowserCookies,
  site: Site,
): Promise<Standing> {
  const waiting = await findWaitingRequest(id, site.engine);
  if (waiting !== undefined) return await requestStanding(waiting, cookies, site);
  const session = await findSession(cookies.session, site.engine);
  return session === undefined ? { kind: 'login' } : { kind: 'ready', session };
}

interface LevelQuestion {
  readonly client: Client;
  readonly scope: readonly string[];
  readonly acr_values: readonly string[];
  readonly place: BrowserCookies['place'];
}

async function levelStanding(
  session: Session,
  { client, scope, acr_values, place }: LevelQuestion,
  engine: Engine,
): Promise<Standing> {
  const level = requiredLevel(client, session.user, { ...place, scope }, engine);
  if (level === 'deny') return { kind: 'denied' };
  const { record } = session;
  const acr = wishedAcr(acr_values, client);
  const isWeak = needsSecondFactor(acr, {
    record,
    level,
    // Read only where it may count.
    hasSecondFactor: acr !== undefined && record.acr === 'one_factor' &&
      await canShowSecondFactor(record.user, engine),
  });
  return { kind: isWeak ? 'second_factor' : 'ready', session };
}
