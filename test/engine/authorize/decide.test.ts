import { describe, it } from 'node:test';
import { decide, type Decision, type DecisionInput } from '../../../src/engine/authorize/decide.ts';
import type { AuthorizationRequest } from '../../../src/engine/authorize/request.ts';
import type { Client } from '../../../src/spec/client.ts';
import type { SessionClient, SessionRecord } from '../../../src/store/records.ts';
import { assertEquals } from '../../support/assert.ts';

const REQUEST: AuthorizationRequest = {
  response_type: 'code',
  scope: ['openid', 'email'],
  resource: [],
  claims: { userinfo: [], id_token: [] },
  prompt: [],
};

const CONSENTED: SessionClient = {
  client_id: 'app',
  scope: ['openid', 'email'],
  resource: [],
  claims: [],
};

function sessionOf(changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    sid: 'sid',
    user: 'alice',
    secret_digest: '',
    auth_time: 1000,
    amr: ['pwd'],
    acr: 'one_factor',
    remember: false,
    created_at: 1000,
    last_used_at: 1000,
    clients: [CONSENTED],
    ...changes,
  };
}

interface Case {
  readonly name: string;
  readonly request?: Partial<AuthorizationRequest>;
  readonly session?: Partial<SessionRecord> | null;
  readonly client?: Partial<Client>;
  readonly input?: Partial<DecisionInput>;
  /** `login:why`, `consent`, `issue:scopes` or `refuse:code`. */
  readonly expected: string;
}

const CASES: readonly Case[] = [
  { name: 'nobody signed in', session: null, expected: 'login:no_session' },
  {
    name: 'nobody, silently',
    session: null,
    request: { prompt: ['none'] },
    expected: 'refuse:login_required',
  },
  { name: 'signed in and consented', expected: 'issue:openid email' },
  { name: 'less than consented', request: { scope: ['openid'] }, expected: 'issue:openid' },
  {
    name: 'more than consented',
    request: { scope: ['openid', 'email', 'phone'] },
    expected: 'consent',
  },
  {
    name: 'more, silently',
    request: { scope: ['openid', 'phone'], prompt: ['none'] },
    expected: 'refuse:consent_required',
  },
  {
    name: 'a resource not consented',
    request: { resource: ['https://api.example/'] },
    expected: 'consent',
  },
  {
    name: 'a claim not consented',
    request: { claims: { userinfo: ['name'], id_token: [] } },
    expected: 'consent',
  },
  {
    name: 'consented to another client',
    session: { clients: [{ ...CONSENTED, client_id: 'other' }] },
    expected: 'consent',
  },
  { name: 'prompt login', request: { prompt: ['login'] }, expected: 'login:prompt' },
  {
    name: 'prompt login, signed in since',
    request: { prompt: ['login'] },
    session: { auth_time: 5000 },
    expected: 'issue:openid email',
  },
  {
    name: 'prompt select_account',
    request: { prompt: ['select_account'] },
    expected: 'login:prompt',
  },
  { name: 'prompt consent', request: { prompt: ['consent'] }, expected: 'consent' },
  {
    name: 'prompt login and consent, signed in since',
    request: { prompt: ['login', 'consent'] },
    session: { auth_time: 5000 },
    expected: 'consent',
  },
  { name: 'max_age just kept', request: { max_age: 4000 }, expected: 'issue:openid email' },
  { name: 'max_age exceeded', request: { max_age: 3999 }, expected: 'login:max_age' },
  {
    name: 'max_age 0, signed in since',
    request: { max_age: 0 },
    session: { auth_time: 5000 },
    expected: 'issue:openid email',
  },
  {
    name: 'max_age, silently',
    request: { max_age: 1, prompt: ['none'] },
    expected: 'refuse:login_required',
  },
  { name: 'the hinted person', request: { subs: ['sub-alice'] }, expected: 'issue:openid email' },
  { name: 'another person than hinted', request: { subs: ['sub-bob'] }, expected: 'login:hint' },
  {
    name: 'another than hinted, though signed in since',
    request: { subs: ['sub-bob'] },
    session: { auth_time: 6000 },
    expected: 'login:hint',
  },
  {
    name: 'acr that is met',
    request: { acr: { values: ['one_factor'], essential: true } },
    expected: 'issue:openid email',
  },
  {
    name: 'acr that nothing reaches, only wished for',
    request: { acr: { values: ['urn:example:gold'], essential: false } },
    expected: 'issue:openid email',
  },
  {
    name: 'acr that nothing reaches, essential',
    request: { acr: { values: ['urn:example:gold'], essential: true } },
    expected: 'refuse:unmet_authentication_requirements',
  },
  {
    name: 'acr that a new sign-in reaches: step-up',
    request: { acr: { values: ['one_factor'], essential: false } },
    session: { acr: 'guest' },
    expected: 'login:acr',
  },
  {
    name: 'acr that a new sign-in reaches, silently',
    request: { acr: { values: ['one_factor'], essential: false }, prompt: ['none'] },
    session: { acr: 'guest' },
    expected: 'refuse:interaction_required',
  },
  {
    name: 'acr that was wished for and missed by the sign-in for this very request',
    request: { acr: { values: ['one_factor'], essential: false } },
    session: { acr: 'guest', auth_time: 6000 },
    expected: 'issue:openid email',
  },
  {
    name: 'acr that is essential and missed by the sign-in for this very request',
    request: { acr: { values: ['one_factor'], essential: true } },
    session: { acr: 'guest', auth_time: 6000 },
    expected: 'login:acr',
  },
  {
    name: 'a new account',
    request: { prompt: ['create'] },
    expected: 'login:create',
  },
  {
    name: 'a new account, made for this request',
    request: { prompt: ['create'] },
    session: { auth_time: 6000 },
    expected: 'issue:openid email',
  },
  {
    name: 'authorization_details that were not consented to',
    request: { authorization_details: [{ type: 'payment', amount: '1' }] },
    expected: 'consent',
  },
  {
    name: 'approved just now',
    request: { scope: ['openid', 'phone'], prompt: ['consent'] },
    input: { approval: { scope: ['phone'] } },
    expected: 'issue:openid phone',
  },
  {
    name: 'approved in part',
    request: { scope: ['openid', 'phone', 'email'] },
    input: { approval: { scope: ['email'] } },
    expected: 'issue:openid email',
  },
  {
    name: 'T110: approved beyond the request',
    input: { approval: { scope: ['email', 'admin'] } },
    expected: 'issue:openid email',
  },
  {
    name: 'approved nothing of a plain OAuth request',
    request: { scope: ['email'] },
    input: { approval: { scope: [] } },
    expected: 'issue:',
  },
  {
    name: 'approved, but not signed in any more',
    session: null,
    input: { approval: { scope: ['email'] } },
    expected: 'login:no_session',
  },
  {
    name: 'a client that never asks',
    client: { consent_mode: 'implicit' },
    session: { clients: [] },
    expected: 'issue:openid email',
  },
  {
    name: 'a client that never asks, with prompt consent',
    client: { consent_mode: 'implicit' },
    request: { prompt: ['consent'] },
    expected: 'consent',
  },
  {
    name: 'T036: offline_access of a client that never asks',
    client: { consent_mode: 'implicit' },
    session: { clients: [] },
    request: { scope: ['openid', 'offline_access'] },
    expected: 'issue:openid',
  },
  {
    name: 'the same, consented before',
    client: { consent_mode: 'implicit' },
    session: { clients: [{ ...CONSENTED, scope: ['openid', 'offline_access'] }] },
    request: { scope: ['openid', 'offline_access'] },
    expected: 'issue:openid offline_access',
  },
];

describe('Core §3.1.2.3, §3.1.2.4: what comes next for an authorization request', () => {
  for (const { name, request, session, client, input, expected } of CASES) {
    it(`${name}: ${expected}`, () => {
      const decision = decide({
        request: { ...REQUEST, ...request },
        client: { client_id: 'app', consent_mode: 'explicit', ...client } as Client,
        ...session === null ? {} : { session: { record: sessionOf(session), sub: 'sub-alice' } },
        receivedAtSeconds: 5000,
        nowSeconds: 5000,
        ...input,
      });
      assertEquals(shown(decision), expected);
    });
  }
});

function shown(decision: Decision): string {
  switch (decision.kind) {
    case 'login':
      return `login:${decision.reason}`;
    case 'consent':
      return 'consent';
    case 'issue':
      return `issue:${decision.granted.scope.join(' ')}`;
    case 'refuse':
      return `refuse:${decision.error.code}`;
  }
}
