import { randomToken, sha256 } from '../../keys/digest.ts';
import { codes, pushedRequests, sessions } from '../../store/collections.ts';
import type { Authorization, CodeRecord, ConsentAnswer, GrantRecord } from '../../store/records.ts';
import type { Change } from '../../store/store.ts';
import { keptAddress } from '../authorization_policy.ts';
import { subjectOf } from '../claims/subject.ts';
import { lifespansOf } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { grantedSince } from '../grants/new_grant.ts';
import { checkUnused, withUses } from '../one_time.ts';
import { keepUsed } from '../registration/first_use.ts';
import { grantPuts } from '../revoke.ts';
import { putSession, type Session } from '../session.ts';
import { noteUse, type SessionUse } from '../session_clients.ts';
import { issueAccessToken } from '../tokens/access_token.ts';
import { issueIdToken } from '../tokens/id_token.ts';
import { answerOf, type Approval, type Granted } from '../consent.ts';
import { type RecalledConsent, savedConsent } from '../consent_memory.ts';
import type { Pending } from './pending.ts';
import { answeredBefore, findPushed } from './pushed.ts';
import type { ResponseFields } from './respond.ts';
import { yieldOf } from './response_type.ts';

/**
 * Makes what the response type asks for, and writes it with the client's part in the session and all that the answer
 * uses up, in one commit. Undefined when the session has changed since it was read: the caller decides anew.
 * RFC 6749 §4.1.2, §4.2.2; Core §3.2.2.5, §3.3.2.5. @throws {OAuthError} when the request was answered before
 */
export async function issueAuthorization(
  { pending, session, granted, address, approval, memory }: Issuance,
  engine: Engine,
): Promise<ResponseFields | undefined> {
  const { address: { client }, request, uses } = pending;
  const { sid, auth_time, amr, acr } = session.record;
  const authorization: Authorization = {
    client_id: client.client_id,
    user: session.record.user,
    granted_at: engine.now(),
    ...keptAddress(address, client, engine),
    ...granted,
    authentication: { sid, auth_time, amr, acr },
  };
  const yields = yieldOf(request.response_type);
  const isFrontChannel = yields.token || yields.id_token;
  const front = isFrontChannel
    ? await frontChannelGrant(authorization, pending, engine)
    : undefined;
  const grant = yields.token ? front : undefined;
  const code = yields.code ? newCode(authorization, grant, pending, engine) : undefined;
  const pushed = await answeredPush(pending, engine);
  const answer = approval && answerOf(request, granted, authorization.granted_at);
  const consent = answer &&
    savedConsent({ session, client, request, answer, remember: approval.remember }, engine);
  const change: Change = {
    check: [sessions.check(session.entry), ...memory.checks, ...pushed.check],
    put: [
      ...(code === undefined ? [] : [code.put]),
      ...(grant === undefined ? [] : grantPuts(grant, engine)),
      ...sessionPut(session, { client, ...authorization }, answer, engine),
      ...consent?.put ?? [],
    ],
    remove: [...pushed.remove, ...consent?.remove ?? []],
  };
  if (client.unused_until !== undefined) await keepUsed(client, engine);
  const outcome = await engine.store.commit(withUses(change, uses, engine));
  if (outcome === 'conflict') {
    await checkUnused(uses, engine);
    return undefined;
  }
  const fields = code === undefined ? [] : [['code', code.code] as const];
  if (front === undefined) return fields;
  return [...fields, ...await frontChannelFields(pending, session, front, code?.code, engine)];
}

/** What is issued, to whom, and from where it was asked for. */
export interface Issuance {
  readonly pending: Pending;
  readonly session: Session;
  readonly granted: Granted;
  readonly address: string | undefined;
  /** What the person said just now, if they were asked. */
  readonly approval: Approval | undefined;
  readonly memory: RecalledConsent;
}

/** A pushed request ends with its answer, whichever that is: RFC 9126 §4, T016. */
export async function endPushedRequest({ via }: Pending, engine: Engine): Promise<void> {
  if (typeof via.pushed !== 'string') return;
  const key = pushedRequests.key(engine.settings.issuer, via.pushed);
  await engine.store.commit({ remove: [key] });
}

async function answeredPush(
  { via }: Pending,
  engine: Engine,
): Promise<Required<Pick<Change, 'check' | 'remove'>>> {
  // Of two tabs with one request, whose commit comes second finds it gone when it decides anew.
  if (typeof via.pushed !== 'string') return { check: [], remove: [] };
  const entry = await findPushed(via.pushed, engine);
  if (entry === undefined) throw answeredBefore();
  return { check: [pushedRequests.check(entry)], remove: [entry.key] };
}

interface NewCode {
  readonly code: string;
  readonly put: ReturnType<typeof codes.put>;
}

function newCode(
  authorization: Authorization,
  grant: GrantRecord | undefined,
  { address, request }: Pending,
  engine: Engine,
): NewCode {
  const { client, redirect_uri, redirect_uri_sent } = address;
  const { code_challenge, code_challenge_method, nonce, dpop_jkt } = request;
  const expires_at = Math.floor(engine.now()) + lifespansOf(client, engine).authorization_code;
  const record: CodeRecord = {
    ...authorization,
    redirect_uri,
    redirect_uri_sent,
    ...(code_challenge === undefined ? {} : { code_challenge }),
    ...(code_challenge_method === undefined ? {} : { code_challenge_method }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(dpop_jkt === undefined ? {} : { dpop_jkt }),
    ...(grant === undefined ? {} : { grant: grant.id }),
    expires_at,
  };
  const code = randomToken(32);
  return { code, put: codes.put([engine.settings.issuer, sha256(code)], record, expires_at) };
}

/** What tokens from the authorization endpoint live under; stored when there is an access token to end with it. */
async function frontChannelGrant(
  authorization: Authorization,
  { address: { client }, request }: Pending,
  engine: Engine,
): Promise<GrantRecord> {
  const nowSeconds = engine.now();
  const { access_token, authorization_code } = lifespansOf(client, engine, 'implicit');
  const { code } = yieldOf(request.response_type);
  return {
    ...authorization,
    id: randomToken(16),
    sub: await subjectOf(authorization.user, client, engine),
    ...(code ? {} : { grant_type: 'implicit' }),
    created_at: grantedSince(authorization.authentication, nowSeconds),
    // A code redeems into the same grant, which must be there still.
    expires_at: Math.ceil(nowSeconds) + Math.max(access_token, code ? authorization_code : 0),
  };
}

async function frontChannelFields(
  { address: { client, state }, request }: Pending,
  { user }: Session,
  grant: GrantRecord,
  code: string | undefined,
  engine: Engine,
): Promise<ResponseFields> {
  const yields = yieldOf(request.response_type);
  const { scope, resource, authorization_details } = grant;
  const token = yields.token
    ? await issueAccessToken(
      { grant, user, client, scope, resource, authorization_details, grant_type: 'implicit' },
      engine,
    )
    : undefined;
  const fields: (readonly [string, string])[] = token === undefined ? [] : [
    ['access_token', token.access_token],
    ['token_type', 'Bearer'],
    ['expires_in', String(token.expires_in)],
    ['scope', scope.join(' ')],
  ];
  if (!yields.id_token) return fields;
  const id_token = await issueIdToken({
    grant,
    client,
    user,
    nonce: request.nonce,
    state,
    code,
    access_token: token?.access_token,
    ...(token === undefined ? {} : { audience: token.audience }),
    hasUserinfo: yields.token || yields.code,
    grant_type: 'implicit',
  }, engine);
  return [...fields, ['id_token', id_token]];
}

/** The write that notes the client's part in the session, unless it was noted just now. */
function sessionPut(
  { record }: Session,
  use: SessionUse,
  answer: ConsentAnswer | undefined,
  engine: Engine,
): ReturnType<typeof putSession> {
  const used = noteUse(record, use, answer, engine);
  return used === undefined ? [] : putSession(used, engine);
}
