import { describe, it } from 'node:test';
import {
  decide,
  type Decision,
  type DecisionInput,
  type SessionState,
} from '../../../src/engine/authorize/decide.ts';
import type { AuthorizationRequest } from '../../../src/engine/authorize/request.ts';
import type { Client } from '../../../src/spec/client.ts';
import type { ConsentAnswer, SessionClient, SessionRecord } from '../../../src/store/records.ts';
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
  answers: [answerOf(['openid', 'email'])],
};

function answerOf(scope: readonly string[], leftOut: readonly string[] = []): ConsentAnswer {
  const left_out = { scope: leftOut, claims: [] };
  return { at: 1000, scope, claims: [], resource: [], left_out };
}

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
  readonly state?: Partial<SessionState>;
  readonly client?: Partial<Client>;
  readonly input?: Partial<DecisionInput>;
  /** `login:why`, `second_factor`, `select_account`, `consent`, `issue:scopes` or `refuse:code`. */
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
    expected: 'select_account',
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
    input: { approval: { scope: ['phone'], claims: [], remember: false } },
    expected: 'issue:openid phone',
  },
  {
    name: 'approved in part',
    request: { scope: ['openid', 'phone', 'email'] },
    input: { approval: { scope: ['email'], claims: [], remember: false } },
    expected: 'issue:openid email',
  },
  {
    name: 'T110: approved beyond the request',
    input: { approval: { scope: ['email', 'admin'], claims: [], remember: false } },
    expected: 'issue:openid email',
  },
  {
    name: 'approved nothing of a plain OAuth request',
    request: { scope: ['email'] },
    input: { approval: { scope: [], claims: [], remember: false } },
    expected: 'issue:',
  },
  {
    name: 'approved, but not signed in any more',
    session: null,
    input: { approval: { scope: ['email'], claims: [], remember: false } },
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
    expected: 'refuse:consent_required',
  },
  {
    name: 'T036: offline_access of a client that never asks',
    client: { consent_mode: 'implicit' },
    session: { clients: [] },
    request: { scope: ['openid', 'offline_access'] },
    expected: 'issue:openid',
  },
  {
    name: 'the same, of a client that asks for it after all',
    client: { consent_mode: 'implicit', implicit_offline_access: 'force_consent' },
    session: { clients: [] },
    request: { scope: ['openid', 'offline_access'] },
    expected: 'consent',
  },
  {
    name: 'what was left out is left out again, without asking',
    session: { clients: [{ ...CONSENTED, answers: [answerOf(['openid'], ['email'])] }] },
    expected: 'issue:openid',
  },
  {
    name: 'an earlier answer of a native public client proves nothing (RFC 8252 §8.6)',
    client: { application_type: 'native', token_endpoint_auth_method: 'none' },
    expected: 'consent',
  },
  {
    name: 'T110: a policy that denies',
    state: { level: 'deny' },
    expected: 'refuse:access_denied',
  },
  {
    name: 'a policy that denies, but another sign-in is due first',
    request: { prompt: ['login'] },
    state: { level: 'deny' },
    expected: 'login:prompt',
  },
  {
    name: 'a policy that wants two factors',
    state: { level: 'two_factor' },
    expected: 'second_factor',
  },
  {
    name: 'a policy that wants two factors, silently',
    request: { prompt: ['none'] },
    state: { level: 'two_factor' },
    expected: 'refuse:interaction_required',
  },
  {
    name: 'a policy that wants two factors, which were shown',
    session: { acr: 'two_factor' },
    state: { level: 'two_factor' },
    expected: 'issue:openid email',
  },
  {
    name: 'acr that is only wished for, of somebody without a second factor',
    request: { acr: { values: ['two_factor'], essential: false } },
    expected: 'issue:openid email',
  },
  {
    name: 'acr that is only wished for, of somebody with a second factor',
    request: { acr: { values: ['two_factor'], essential: false } },
    state: { hasSecondFactor: true },
    expected: 'second_factor',
  },
  {
    name: 'acr that is essential, of somebody without a second factor: enrolment follows',
    request: { acr: { values: ['two_factor'], essential: true } },
    expected: 'second_factor',
  },
  {
    name: 'acr of which one level is met',
    request: { acr: { values: ['two_factor', 'one_factor'], essential: true } },
    state: { hasSecondFactor: true },
    expected: 'issue:openid email',
  },
  {
    name: 'an account that was chosen for this request',
    request: { prompt: ['select_account'] },
    state: { isSelected: true },
    expected: 'issue:openid email',
  },
  {
    name: 'several accounts, silently',
    request: { prompt: ['none'] },
    input: { isAmbiguous: true },
    expected: 'refuse:account_selection_required',
  },
  {
    name: 'several accounts, with a page: the one in use',
    input: { isAmbiguous: true },
    expected: 'issue:openid email',
  },
];

describe('Core §3.1.2.3, §3.1.2.4: what comes next for an authorization request', () => {
  for (const { name, request, session, state, client, input, expected } of CASES) {
    it(`${name}: ${expected}`, () => {
      const decision = decide({
        request: { ...REQUEST, ...request },
        client: {
          client_id: 'app',
          consent_mode: 'explicit',
          required_scope: '',
          ...client,
        } as Client,
        isAmbiguous: false,
        ...session === null ? {} : {
          session: {
            record: sessionOf(session),
            sub: 'sub-alice',
            isSelected: false,
            level: 'one_factor',
            hasSecondFactor: false,
            memory: {},
            ...state,
          },
        },
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
    case 'second_factor':
    case 'select_account':
      return decision.kind;
    case 'issue':
      return `issue:${decision.granted.scope.join(' ')}`;
    case 'refuse':
      return `refuse:${decision.error.code}`;
  }
}
