import * as v from 'valibot';
import { JWT_BEARER_GRANT, TOKEN_EXCHANGE_GRANT } from '../spec/identifiers.ts';
import { meant, type Mistake, mistake } from '../spec/mistake.ts';
import { mapOf, section } from '../spec/section.ts';
import {
  EXCHANGE_KINDS,
  REQUESTED_TOKEN_KINDS,
  SUBJECT_TOKEN_KINDS,
  type TokenExchangePolicy,
} from '../spec/token_exchange.ts';
import { clientDoubts } from './client_doubts.ts';
import { parseSubject } from './policy_parts.ts';
import type { Draft } from './rules.ts';
import { clientId, duration, name, oneOf, scopeList, text } from './values.ts';

/** What clients may make of tokens that were given before, by name. */
export const tokenExchangeSchema = mapOf(
  name,
  section({
    allow: described(
      v.optional(v.array(oneOf(EXCHANGE_KINDS)), []),
      'delegation makes tokens that name who acts for whom, impersonation such that do not (RFC 8693 §1.1).',
    ),
    subject_clients: described(
      v.optional(v.pipe(v.array(clientId), v.minLength(1, 'must not be empty'))),
      'Whose tokens may be exchanged.',
    ),
    subject_audience: described(
      v.optional(v.pipe(v.array(text(512)), v.minLength(1, 'must not be empty'))),
      'For whom these must be meant: for one of them.',
    ),
    subject_token_types: described(
      v.optional(v.array(oneOf(SUBJECT_TOKEN_KINDS)), ['access_token']),
      'What they may be.',
    ),
    checks_proofs: described(
      v.optional(v.boolean(), false),
      'Whether the client checks the proofs that come with tokens, so that these may be bound to keys of others; what is made is bound to its own.',
    ),
    assertion_issuers: described(
      v.optional(v.pipe(v.array(name), v.minLength(1, 'must not be empty'))),
      'Names under trusted_issuers: whose assertions may be shown (RFC 7523).',
    ),
    actors: described(
      v.optional(v.pipe(v.array(text(256)), v.minLength(1, 'must not be empty'))),
      'Who may act, by a token of theirs: client:ID, user:NAME or group:NAME; by default the client itself.',
    ),
    scope: described(v.optional(scopeList), 'The scopes of what is made, at most.'),
    audience: described(
      v.optional(v.array(text(512))),
      'Whom it may be meant for, at most; the issuer stands for UserInfo.',
    ),
    requested_token_types: described(
      v.optional(v.array(oneOf(REQUESTED_TOKEN_KINDS)), ['access_token', 'jwt']),
      'What it may be.',
    ),
    lifetime: described(
      v.optional(duration('1s', '1h'), '10m'),
      'How long it is good for, at most; never longer than what it is made from.',
    ),
  }),
);

export type TokenExchangeOptions = v.InferOutput<typeof tokenExchangeSchema>;

/** What the engine works with, once no rule is broken. */
export function tokenExchangePolicies(
  options: TokenExchangeOptions,
): ReadonlyMap<string, TokenExchangePolicy> {
  return new Map(
    Object.entries(options).map(([name, { actors, ...policy }]) => [
      name,
      {
        ...policy as Omit<TokenExchangePolicy, 'actors'>,
        ...actors !== undefined && {
          actors: actors.map(parseSubject).flatMap((each) => 'part' in each ? [each.part] : []),
        },
      },
    ]),
  );
}

/** `scopes` and `issuers` are undefined where a place that defines some did not parse. */
export function tokenExchangeRules(
  options: TokenExchangeOptions | undefined,
  scopes: ReadonlySet<string> | undefined,
  issuers: readonly string[] | undefined,
): readonly Mistake[] {
  return Object.entries(options ?? {}).flatMap(([name, policy]) => {
    const path = ['token_exchange_policies', name];
    const { allow, subject_clients, subject_audience, actors = [], scope = [] } = policy;
    const mistakes: Mistake[] = [];
    const { assertion_issuers } = policy;
    const isOfTokens = subject_clients !== undefined || subject_audience !== undefined;
    if (!isOfTokens && assertion_issuers === undefined) {
      mistakes.push(
        mistake(
          path,
          'must say what may be shown: by subject_clients, subject_audience, or assertion_issuers',
        ),
      );
    }
    for (const [index, each] of (assertion_issuers ?? []).entries()) {
      if (issuers?.includes(each) === false) {
        const problem = `must be a name under trusted_issuers${meant(each, issuers)}`;
        mistakes.push(mistake([...path, 'assertion_issuers', index], problem, each));
      }
    }
    if (isOfTokens && allow.length === 0) {
      mistakes.push(mistake([...path, 'allow'], `must hold ${EXCHANGE_KINDS.join(', ')}, or both`));
    }
    if (policy.checks_proofs && subject_audience === undefined) {
      const problem = 'needs subject_audience: only whom a token is meant for is shown its proof';
      mistakes.push(mistake([...path, 'checks_proofs'], problem));
    }
    if (actors.length > 0 && !allow.includes('delegation')) {
      mistakes.push(mistake([...path, 'actors'], 'need delegation under allow'));
    }
    for (const [index, actor] of actors.entries()) {
      const parsed = parseSubject(actor);
      if ('problem' in parsed) {
        mistakes.push(mistake([...path, 'actors', index], parsed.problem, actor));
      }
    }
    for (const each of scope) {
      if (scopes?.has(each) === false) {
        const hint = meant(each, [...scopes]);
        mistakes.push(mistake([...path, 'scope'], `names an unknown scope${hint}`, each));
      }
    }
    return mistakes;
  });
}

/** Clients may be in the store; and one that may exchange nothing need not say that it does. */
export function exchangeDoubts(draft: Draft): readonly Mistake[] {
  const { token_exchange_policies = {}, clients } = draft;
  const named = Object.entries(token_exchange_policies).flatMap((
    [name, { subject_clients = [] }],
  ) =>
    subject_clients.map((client_id, index) => ({
      path: ['token_exchange_policies', name, 'subject_clients', index],
      client_id,
    }))
  );
  return [...clientDoubts(named, draft), ...policyless(clients)];
}

function policyless(clients: Draft['clients']): readonly Mistake[] {
  return clients.flatMap(({ value: { grant_types = [], token_exchange_policy } }, index) => {
    const grant = grant_types.find((each) =>
      each === TOKEN_EXCHANGE_GRANT || each === JWT_BEARER_GRANT
    );
    if (grant === undefined || token_exchange_policy !== undefined) return [];
    const path = ['clients', index, 'grant_types'];
    return [mistake(path, 'is of no use without token_exchange_policy: all is refused', grant)];
  });
}

function described<const S extends v.GenericSchema>(schema: S, help: string) {
  return v.pipe(schema, v.description(help));
}
