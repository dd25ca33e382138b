import { OAuthError } from '../../spec/oauth_error.ts';
import { parseScope } from '../../spec/scopes.ts';
import type { UserRecord } from '../../store/records.ts';
import type { JsonValue } from '../../store/store.ts';
import { done, type Outcome, refused } from '../administration/outcome.ts';
import { parseClaimsParameter } from '../authorize/claims_parameter.ts';
import { parseLocales } from '../authorize/request.ts';
import { findClient } from '../clients.ts';
import type { Engine } from '../engine.ts';
import { type Asked, type Ground, namesOf, type Place, visitAsked } from './select.ts';
import { type Source, sourceOf, valueOf } from './sources.ts';

/** A request as it might come. */
export interface ClaimsQuestion {
  readonly client_id: string;
  readonly username: string;
  readonly scope: string;
  /** The `claims` parameter. Core §5.5 */
  readonly claims?: string;
  readonly claims_locales?: string;
  /** By default `code`. */
  readonly response_type?: string;
}

/** One claim at one place. */
export interface ExplainedClaim {
  readonly claim: string;
  readonly place: Place;
  /** What grants it, and what sends it there. */
  readonly because: string;
  /** Where its value is from. */
  readonly from?: string;
  readonly value?: JsonValue;
  /** Why it is not there, though it was asked for. */
  readonly absent?: string;
}

export interface ClaimsExplanation {
  readonly client_id: string;
  readonly username: string;
  readonly claims_policy?: string;
  /** Claims for access tokens show only in the jwt format. */
  readonly access_token_format: string;
  readonly claims: readonly ExplainedClaim[];
}

const PLACES: readonly Place[] = ['id_token', 'userinfo', 'access_token'];

/** Which claims would go where and why, found by what finds them when tokens are issued. */
export async function explainClaims(
  question: ClaimsQuestion,
  engine: Engine,
): Promise<Outcome<ClaimsExplanation>> {
  const { client_id, username } = question;
  const client = await findClient(client_id, engine);
  if (client === undefined) {
    return refused(`there is no client ${JSON.stringify(client_id)}`, 'missing');
  }
  const user = await engine.directory.findByUsername(username);
  if (user === undefined) {
    return refused(`there is no user ${JSON.stringify(username)}`, 'missing');
  }
  const authorization = authorizationOf(question, client.scope);
  if (authorization.kind === 'refused') return authorization;
  const parts = (question.response_type ?? 'code').split(' ');
  const hasUserinfo = parts.includes('code') || parts.includes('token');
  const asked: Asked = { authorization: authorization.value, client, engine, hasUserinfo };
  const places = hasUserinfo ? PLACES : PLACES.slice(0, 1);
  return done({
    client_id,
    username: user.username,
    ...client.claims_policy !== undefined && { claims_policy: client.claims_policy },
    access_token_format: client.access_token_format,
    claims: places.flatMap((place) => explainPlace(place, asked, user)),
  });
}

function authorizationOf(
  { scope, claims, claims_locales }: ClaimsQuestion,
  registered: string,
): Outcome<Asked['authorization']> {
  const scopes = parseScope(scope);
  if (scopes === undefined) return refused('the scope is not one (RFC 6749 §3.3)');
  const allowed = parseScope(registered) ?? [];
  const beyond = scopes.filter((name) => !allowed.includes(name));
  if (beyond.length > 0) return refused(`the client is not registered for ${beyond.join(' ')}`);
  try {
    const { userinfo, id_token } = parseClaimsParameter(claims);
    const locales = parseLocales(claims_locales);
    return done({
      scope: scopes,
      claims: { userinfo, id_token },
      ...locales !== undefined && { claims_locales: locales },
    });
  } catch (error) {
    if (error instanceof OAuthError) return refused(error.hint);
    throw error;
  }
}

function explainPlace(place: Place, asked: Asked, user: UserRecord): readonly ExplainedClaim[] {
  const explained = new Map<string, ExplainedClaim>();
  visitAsked(place, asked, (claim, ground, scope) => {
    // The subject is no claim that anybody chooses.
    if (claim === 'sub') return;
    for (const name of namesOf(claim, user, asked.authorization.claims_locales)) {
      if (explained.has(name)) continue;
      explained.set(name, { claim: name, place, ...explain(name, ground, scope, asked, user) });
    }
  });
  return [...explained.values()];
}

function explain(
  claim: string,
  ground: Ground,
  scope: string | undefined,
  { client, engine }: Asked,
  user: UserRecord,
): Omit<ExplainedClaim, 'claim' | 'place'> {
  const because = BECAUSE[ground](scope, client.claims_policy);
  const source = sourceOf(claim, client, engine.settings);
  if (source === undefined) {
    return { because, absent: 'nothing in the configuration gives this client such a claim' };
  }
  const value = valueOf(source, user, engine);
  const from = fromOf(claim, source);
  return value === undefined
    ? { because, from, absent: absenceOf(source, user) }
    : { because, from, value };
}

const BECAUSE: Readonly<
  Record<Ground, (scope: string | undefined, policy: string | undefined) => string>
> = {
  scope: (scope) => `scope ${scope}`,
  no_userinfo: (scope) => `scope ${scope}, as there is no access token for UserInfo`,
  claims_in_id_token: (scope) => `scope ${scope}, by claims_in_id_token`,
  claims_parameter: () => 'claims parameter',
  policy: (scope, policy) =>
    `${scope === undefined ? 'claims parameter' : `scope ${scope}`}, by claims policy ${policy}`,
};

function fromOf(claim: string, { kind, name }: Source): string {
  if (kind === 'standard' && name === claim) return 'standard claim';
  return `${claim === name ? 'attribute' : 'custom claim from attribute'} ${name}${
    kind === 'computed' ? ', computed' : ''
  }`;
}

function absenceOf({ kind, name }: Source, user: UserRecord): string {
  switch (kind) {
    case 'standard':
    case 'stored':
      return `the person has no ${name}`;
    case 'declared':
      return Object.hasOwn(user.attributes, name)
        ? `the person’s ${name} is empty, or not of the kind that is declared`
        : `the person has no ${name}`;
    case 'computed':
      return `the expression of ${name} gives nothing for the person, or fails; the log says how`;
  }
}
